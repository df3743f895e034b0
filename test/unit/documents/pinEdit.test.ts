import assert from 'node:assert/strict';
import { findMentions } from '../../../src/documents/findMentions.ts';
import { applyEdit } from '../../../src/documents/lineMap.ts';
import type { DocumentKind, Mention } from '../../../src/documents/mention.ts';
import { pinEdit, unpinEdit } from '../../../src/documents/pinEdit.ts';
import { digestOf } from '../../../src/engine/oci/digest.ts';
import { canonicalReference } from '../../../src/engine/oci/reference.ts';
import { SeededRandom } from './seededRandom.ts';

const digest = digestOf('new');
const old = digestOf('old');

/** `NEW` and `OLD` stand for digests. */
const written = (text: string) => text.replaceAll('NEW', digest).replaceAll('OLD', old);

function pin(kind: DocumentKind, text: string, which = 0): string {
  const result = pinEdit(text, mentionAt(kind, text, which), digest);
  return result.kind === 'edit' ? applyEdit(text, result.edit) : `refused: ${result.why}`;
}

function unpin(kind: DocumentKind, text: string): string {
  const result = unpinEdit(text, mentionAt(kind, text, 0));
  return result.kind === 'edit' ? applyEdit(text, result.edit) : `refused: ${result.why}`;
}

function mentionAt(kind: DocumentKind, text: string, which: number): Mention {
  const mention = findMentions(kind, text)[which];
  assert.ok(mention, 'the text has that mention');
  return mention;
}

type Row = [before: string, after: string];

describe('Pinning a Dockerfile', () => {
  const rows: Row[] = [
    ['FROM alpine:3.19', 'FROM alpine:3.19@NEW'],
    ['FROM alpine', 'FROM alpine:latest@NEW'],
    ['from  docker.io/library/alpine:3  as x # y', 'from  docker.io/library/alpine:3@NEW  as x # y'],
    ['FROM localhost:5000/a', 'FROM localhost:5000/a:latest@NEW'],
    [
      'FROM --platform=$BUILDPLATFORM a:1 AS b\r\nRUN x\r\n',
      'FROM --platform=$BUILDPLATFORM a:1@NEW AS b\r\nRUN x\r\n',
    ],
    ['FROM a:1@OLD', 'FROM a:1@NEW'],
    ['FROM a@OLD', 'FROM a@NEW'],
    ['FROM a@NEW', 'FROM a@NEW'],
    ['FROM "a:1"', 'FROM "a:1@NEW"'],
    [`FROM 'a'`, `FROM 'a:latest@NEW'`],
    [`FROM a:"1"`, `FROM a:"1@NEW"`],
    ['FROM al\\\npine:3 \\\n AS x', 'FROM al\\\npine:3@NEW \\\n AS x'],
    ['\uFEFFFROM a:1', '\uFEFFFROM a:1@NEW'],
    ['COPY --from=a:1 x y', 'COPY --from=a:1@NEW x y'],
    ['COPY --from="a" x y', 'COPY --from="a:latest@NEW" x y'],
    ['RUN --mount=from=a,target=/x y', 'RUN --mount=from=a:latest@NEW,target=/x y'],
    [`RUN --mount='type=bind,from=a:1' y`, `RUN --mount='type=bind,from=a:1@NEW' y`],
    ['ONBUILD COPY --from=a:1 x y', 'ONBUILD COPY --from=a:1@NEW x y'],
    ['# syntax=docker/dockerfile:1\nFROM a', '# syntax=docker/dockerfile:1@NEW\nFROM a'],
    [`ARG V=3\nFROM a:\${V}`, `ARG V=3@NEW\nFROM a:\${V}`],
    ['ARG A=1 V="3" B=2\nFROM a:$V', 'ARG A=1 V="3@NEW" B=2\nFROM a:$V'],
    ['ARG I=a\nFROM $I', 'ARG I=a:latest@NEW\nFROM $I'],
    ['ARG I=a:1@OLD\nFROM $I', 'ARG I=a:1@NEW\nFROM $I'],
    ['ARG V=1\nARG I=a:$V\nFROM $I', 'ARG V=1@NEW\nARG I=a:$V\nFROM $I'],
    ['ARG D=OLD\nFROM a@$D', 'ARG D=NEW\nFROM a@$D'],
    [`ARG R=ghcr.io\nARG T=1\nFROM \${R}/x:\${T}`, `ARG R=ghcr.io\nARG T=1@NEW\nFROM \${R}/x:\${T}`],
    [`ARG R=ghcr.io\nFROM \${R}/x:1`, `ARG R=ghcr.io\nFROM \${R}/x:1@NEW`],
    ['ARG N=a\nFROM $N:1', 'ARG N=a\nFROM $N:1@NEW'],
    [`ARG V=9\nFROM a:3.\${V}`, `ARG V=9@NEW\nFROM a:3.\${V}`],
    ['ARG S=\nFROM a:1$S', 'ARG S=@NEW\nFROM a:1$S'],
    ['ARG S=""\nFROM a$S', 'ARG S=":latest@NEW"\nFROM a$S'],
    [`FROM a:\${V:-3}`, `FROM a:\${V:-3@NEW}`],
    [`ARG V\nFROM a:\${V:-3}`, `ARG V\nFROM a:\${V:-3@NEW}`],
    [`ARG V=4\nFROM a:\${V:-3}`, `ARG V=4@NEW\nFROM a:\${V:-3}`],
    [`FROM \${I:-a}`, `FROM \${I:-a:latest@NEW}`],
    [`ARG B=2\nFROM a:\${A:-$B}`, `ARG B=2@NEW\nFROM a:\${A:-$B}`],
    [`ARG V=v1\nFROM a:\${V#v}`, `ARG V=v1@NEW\nFROM a:\${V#v}`],
    ['ARG V=1\nFROM a:$V AS x\nFROM a:$V AS y', 'ARG V=1@NEW\nFROM a:$V AS x\nFROM a:$V AS y'],
    ['ARG V=1\nARG V=2\nFROM a:$V', 'ARG V=1\nARG V=2@NEW\nFROM a:$V'],
    ['ARG V=1\nFROM a:$V\nARG V=5', 'ARG V=1@NEW\nFROM a:$V\nARG V=5'],
    ['FROM scratch', 'refused: scratch is the empty image and has no digest'],
    ['ARG V\nFROM a:$V', 'refused: it holds a variable that has no value here'],
    ['FROM A:b:c', 'refused: it is not a valid image reference'],
    ['ARG V=1\nFROM a:$V\nFROM b:$V', 'refused: the value is also used in line 3, which would break'],
    ['ARG V=1\nFROM a:$V\nFROM b:$V-x', 'refused: the value is also used in line 3, which would break'],
    ['ARG V=1\nFROM a:$V\nARG V\nRUN x $V', 'refused: the value is also used by a stage, which would change'],
    ['ARG V=1\nARG W=$V\nFROM a:$V\nARG W', 'refused: the value is also used by a stage, which would change'],
    ['ARG P=1\nFROM --platform=$P a:$P', 'refused: the value is also used by a stage, which would change'],
    [
      'ARG A=1\nARG B=2\nFROM a:$A.$B',
      'refused: only a part of its tag comes from A, so no single place can hold the digest',
    ],
    [
      'ARG V=1\nFROM a:$V-slim',
      'refused: only a part of its tag comes from V, so no single place can hold the digest',
    ],
    [
      `FROM a:\${V:-1}-slim`,
      'refused: only a part of its tag comes from V, so no single place can hold the digest',
    ],
    [
      `ARG V=1-x\nFROM a:\${V%-x}`,
      'refused: its end is computed from a variable, so there is no place for the digest',
    ],
    [
      `ARG V=1-x\nFROM a:\${V%-x}.2`,
      'refused: only a part of its tag comes from a variable, so no single place can hold the digest',
    ],
    [`FROM a:1\${X:+x}`, 'refused: its end is computed from a variable, so there is no place for the digest'],
  ];
  for (const [before, after] of rows) {
    it(`${JSON.stringify(before)} gives ${JSON.stringify(after)}`, () => {
      assert.equal(pin('dockerfile', written(before)), written(after));
    });
  }

  it('is refused for a stage', () => {
    assert.equal(pin('dockerfile', 'FROM a AS b\nFROM b', 1), 'refused: it names a stage of this file');
  });

  it('is refused where the text is another one by now', () => {
    const stale = mentionAt('dockerfile', 'FROM alpine:3', 0);
    assert.deepEqual(pinEdit('\nFROM alpine:3', stale, digest), {
      kind: 'refused',
      why: 'the text has changed since',
    });
  });

  it('is one edit of exactly the reference, or of exactly the default that holds its end', () => {
    const text = 'ARG V="3"\nFROM a:$V\nFROM "b:1" AS x';
    const [first, second] = findMentions('dockerfile', text);
    assert.ok(first && second);
    const argument = pinEdit(text, first, digest);
    assert.deepEqual(argument.kind === 'edit' && argument.edit.range, first.definition?.range);
    const literal = pinEdit(text, second, digest);
    assert.deepEqual(literal.kind === 'edit' && literal.edit, {
      range: second.range,
      newText: `b:1@${digest}`,
    });
  });
});

describe('Unpinning', () => {
  const rows: Row[] = [
    ['FROM a:1@OLD AS x', 'FROM a:1 AS x'],
    ['FROM a@OLD', 'FROM a'],
    ['FROM "a:1@OLD"', 'FROM "a:1"'],
    ['ARG V=1@OLD\nFROM a:$V', 'ARG V=1\nFROM a:$V'],
    [`FROM a:\${V:-1@OLD}`, `FROM a:\${V:-1}`],
    ['FROM a:1', 'refused: it has no digest'],
    ['ARG D=OLD\nFROM a:1@$D', 'refused: its digest is put together from several places'],
    [`FROM a:1@sha256:\\\n${old.slice(7)}`, 'refused: its digest is put together from several places'],
  ];
  for (const [before, after] of rows) {
    it(`${JSON.stringify(before).slice(0, 60)} gives ${JSON.stringify(after)}`, () => {
      assert.equal(unpin('dockerfile', written(before)), written(after));
    });
  }
});

describe('Pinning other files', () => {
  const rows: [DocumentKind, ...Row][] = [
    ['compose', 'services:\n  a:\n    image: x # y\r\n', 'services:\n  a:\n    image: x:latest@NEW # y\r\n'],
    ['compose', 'services: {a: {image: "x:1"}}', 'services: {a: {image: "x:1@NEW"}}'],
    ['compose', `services:\n  a:\n    image: x:\${V:-1}`, `services:\n  a:\n    image: x:\${V:-1@NEW}`],
    [
      'compose',
      `services:\n  a:\n    image: \${R:-r.io}/x:1`,
      `services:\n  a:\n    image: \${R:-r.io}/x:1@NEW`,
    ],
    [
      'compose',
      `services:\n  a:\n    image: x:\${V:-1}.2`,
      'refused: only a part of its tag comes from V, so no single place can hold the digest',
    ],
    ['compose', 'i: &i x:1\nservices:\n  a:\n    image: *i', 'i: &i x:1@NEW\nservices:\n  a:\n    image: *i'],
    [
      'compose',
      'services:\n  a:\n    image: |-\n      x:1\n',
      'services:\n  a:\n    image: |-\n      x:1@NEW\n',
    ],
    [
      'compose',
      'services:\n  a:\n    image: x\n    build: .',
      'refused: it is the name that the image built here will get',
    ],
    [
      'kubernetes',
      'apiVersion: v1\nkind: Pod\nspec: {containers: [{image: x}]}',
      'apiVersion: v1\nkind: Pod\nspec: {containers: [{image: x:latest@NEW}]}',
    ],
    [
      'workflow',
      'jobs: {a: {steps: [{uses: "docker://x:1"}]}}',
      'jobs: {a: {steps: [{uses: "docker://x:1@NEW"}]}}',
    ],
    ['gitlab', 'image: x:1', 'image: x:1@NEW'],
    [
      'gitlab',
      'variables: {V: "1"}\nimage: x:$V',
      'refused: its end is computed from a variable, so there is no place for the digest',
    ],
    ['devcontainer', '{"image": "x:1@OLD" /* y */}', '{"image": "x:1@NEW" /* y */}'],
    ['devcontainer', `{"image": "x:\${localEnv:V:1}"}`, `{"image": "x:\${localEnv:V:1@NEW}"}`],
    [
      'bake',
      'target "a" { contexts = { x = "docker-image://y" } }',
      'target "a" { contexts = { x = "docker-image://y:latest@NEW" } }',
    ],
  ];
  for (const [kind, before, after] of rows) {
    it(`${kind}: ${JSON.stringify(before)} gives ${JSON.stringify(after)}`, () => {
      assert.equal(pin(kind, written(before)), written(after));
    });
  }
});

describe('A pin', () => {
  it('gives the same reference with the digest, and nothing else, in any Dockerfile', () => {
    let pinned = 0;
    for (let seed = 1; seed <= 2000; seed++) {
      const text = randomDockerfile(new SeededRandom(seed));
      for (const [which, mention] of findMentions('dockerfile', text).entries()) {
        if (assertPinned(text, mention, which)) pinned++;
      }
    }
    assert.ok(pinned > 1000, `only ${pinned} could be pinned`);
  }).timeout(20_000);
});

/** Whether the mention could be pinned; if so, that the pin is right and can be taken back. */
function assertPinned(text: string, mention: Mention, which: number): boolean {
  const result = pinEdit(text, mention, digest);
  if (result.kind === 'refused') return false;
  const after = applyEdit(text, result.edit);
  const before = findMentions('dockerfile', text);
  const mentions = findMentions('dockerfile', after);
  assert.ok(mention.reference);
  const wanted = canonicalReference({ ...mention.reference, digest });
  assert.equal(meaning(mentions[which]), wanted, text);
  for (const [index, other] of mentions.entries()) {
    const unchanged = meaning(before[index]);
    const isAllowed =
      meaning(other) === unchanged || (unchanged === meaning(mention) && meaning(other) === wanted);
    assert.ok(isAllowed, text);
  }
  const again = mentions[which];
  assert.ok(again);
  const back = unpinEdit(after, again);
  if (back.kind === 'edit') {
    const unpinned = findMentions('dockerfile', applyEdit(after, back.edit))[which]?.reference;
    assert.equal(unpinned?.digest, undefined, text);
    assert.equal(unpinned?.tag, mention.reference.tag ?? 'latest', text);
  }
  return true;
}

function meaning(mention: Mention | undefined): string | undefined {
  return mention?.reference ? canonicalReference(mention.reference) : mention?.reason;
}

function randomDockerfile(random: SeededRandom): string {
  const lineEnd = random.pick(['\n', '\r\n']);
  const quote = random.pick(['', '', '"']);
  const names = ['A', 'B', 'C'] as const;
  const values: readonly [string, ...string[]] = [
    '1',
    'a:2',
    'r.io/',
    '',
    `3@${old}`,
    `\${A}`,
    '$A-$B',
    `\${A:-9}`,
    old,
    'a',
  ];
  const words = [
    'a',
    'a:1',
    'r.io/$A',
    'a:$B',
    '$B',
    `\${A}\${B}`,
    `a:\${C:-7}`,
    `\${B:-a:1}`,
    `a:\${A#1}x`,
    `a:1@${old}`,
    'a@$C',
    'a:1.$A',
    'a:$A.$B',
    `\${A:-\${B:-q}}`,
    `a\${A:+:5}`,
    'x',
    'scratch',
    'a\\\n:1',
  ] as const;
  const lines = names.map((name) =>
    random.pick([
      `ARG ${name}=${quote}${random.pick(values)}${quote}`,
      `ARG ${name}`,
      '# none',
      `arg ${name}='${random.pick(values)}'`,
    ]),
  );
  for (let count = 1 + random.below(4); count > 0; count--) {
    const word = random.pick(words);
    lines.push(
      random.pick([
        `FROM ${word}`,
        `FROM "${word}" AS x`,
        `FROM --platform=$A ${word} AS y`,
        `COPY --from=${word} a b`,
        `RUN --mount=from=${word},target=/x y`,
        `ARG ${random.pick(names)}`,
      ]),
    );
  }
  return lines.join(lineEnd);
}
