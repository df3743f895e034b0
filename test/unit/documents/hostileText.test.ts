import assert from 'node:assert/strict';
import { findMentions } from '../../../src/documents/findMentions.ts';
import { applyEdit, LineMap } from '../../../src/documents/lineMap.ts';
import type { DocumentKind } from '../../../src/documents/mention.ts';
import { pinEdit, unpinEdit } from '../../../src/documents/pinEdit.ts';
import { digestOf } from '../../../src/engine/oci/digest.ts';
import { canonicalReference } from '../../../src/engine/oci/reference.ts';
import { SeededRandom } from './seededRandom.ts';

const digest = digestOf('x');

const samples: Record<DocumentKind, string> = {
  dockerfile: `# syntax=docker/dockerfile:1
# escape=\\
ARG V=3.19 I="a:\${V}"
FROM --platform=$BUILDPLATFORM alpine:\${V:-3} AS base
RUN --mount=type=bind,from=x:1,target=/x \\
  # y
  cat <<EOT
FROM z
EOT
COPY --from=base --chown=0 "a" b
FROM \${I} as two
ONBUILD COPY --from=0 a b
`,
  compose: `x-a: &a
  image: "redis:\${V:-7}"
services:
  a: {<<: *a, platform: linux/arm64}
  b:
    image: 'x:1' # y
    build: .
  c:
    image: |-
      y@${digest}
`,
  kubernetes: `apiVersion: v1
kind: List
items:
- apiVersion: v1
  kind: Pod
  spec:
    containers: [{image: "a:1"}, {image: b}]
---
apiVersion: apps/v1
kind: Deployment
spec: {template: {spec: {initContainers: [{image: 'c'}]}}}
`,
  workflow: `jobs:
  a:
    container: node:20
    services: {r: {image: "redis"}}
    steps:
    - uses: docker://alpine:3
  b: {container: {image: "x:\${{ matrix.v }}"}}
runs: {image: docker://debian:12}
`,
  gitlab: `variables: {V: "1"}
image: {name: a:$V}
default:
  services: [x, {name: 'y:1'}]
job:
  image: "z:\${V}"
`,
  devcontainer: `// c
{ "name": "x", "image": "mcr.microsoft.com/x:\${localEnv:V:3}", "y": [1, {"a": null}] }
`,
  bake: `variable "T" { default = "3" }
target "a" { # c
  contexts = { x = "docker-image://alpine:\${T}", y = "docker-image://b:1" }
}
`,
};

const kinds = Object.keys(samples) as DocumentKind[];
const scraps = [
  '"',
  "'",
  '\\',
  '\n',
  '\r\n',
  '\r',
  '\t',
  ' ',
  '$',
  '$' + '{',
  '}',
  '{',
  '[',
  ']',
  ':',
  '#',
  '@',
  '*',
  '&',
  '<<',
  '<<: ',
  '- ',
  '|',
  '>',
  '---\n',
  '\u0000',
  '\uFEFF',
  '\u2028',
  '\ud800',
  '😀',
  'FROM ',
  'ARG ',
  '--from=',
  '`',
  '!',
  '%',
  ',',
  '=',
  '\u00a0',
  'é',
] as const;

/** Some characters gone, doubled, swapped for others, or a scrap put between. */
function mutate(text: string, random: SeededRandom): string {
  let mutated = text;
  for (let count = 1 + random.below(4); count > 0; count--) {
    const at = random.below(mutated.length + 1);
    const length = random.below(8);
    const piece = random.pick<string>([...scraps, mutated.slice(at, at + length)] as [string, ...string[]]);
    mutated = mutated.slice(0, at) + piece + mutated.slice(at + random.below(length + 1));
  }
  return mutated;
}

/** What must hold for the mentions of any text. */
function assertSound(kind: DocumentKind, text: string): void {
  const lines = new LineMap(text);
  let last = -1;
  for (const mention of findMentions(kind, text)) {
    const [start, end] = [lines.offsetAt(mention.range.start), lines.offsetAt(mention.range.end)];
    assert.ok(start >= last && start <= end && end <= text.length, 'in order and inside');
    assert.equal(lines.slice(mention.range), mention.text, 'the text is what stands in the range');
    assert.equal(mention.kind, kind);
    assert.notEqual(mention.reference === undefined, mention.reason === undefined, 'reference or reason');
    if (mention.definition) {
      const definition = mention.definition.range;
      assert.deepEqual(lines.positionAt(lines.offsetAt(definition.end)), definition.end);
    }
    last = start;
  }
}

describe('Any text', function () {
  this.timeout(60_000);
  for (const kind of kinds) {
    it(`gives sound mentions as ${kind}, or none`, () => {
      assert.ok(findMentions(kind, samples[kind]).length >= 1);
      for (let seed = 1; seed <= 150; seed++) {
        const text = mutate(samples[kind], new SeededRandom(seed));
        try {
          assertSound(kind, text);
        } catch (error) {
          throw new Error(`seed ${seed}: ${JSON.stringify(text)}`, { cause: error });
        }
      }
    });

    it(`gives the same as ${kind} behind a byte order mark and with Windows line ends`, () => {
      const plain = findMentions(kind, samples[kind]);
      const windows = `\uFEFF${samples[kind].replaceAll('\n', '\r\n')}`;
      assertSound(kind, windows);
      assert.deepEqual(
        findMentions(kind, windows).map(({ reference, reason }) => reference ?? reason),
        plain.map(({ reference, reason }) => reference ?? reason),
      );
    });

    it(`is pinned as ${kind} to the same reference, or not at all`, () => {
      for (let seed = 1; seed <= 60; seed++) {
        const text = mutate(samples[kind], new SeededRandom(seed));
        for (const [which, mention] of findMentions(kind, text).entries()) {
          unpinEdit(text, mention);
          const result = pinEdit(text, mention, digest);
          if (result.kind === 'refused' || !mention.reference) continue;
          const pinned = findMentions(kind, applyEdit(text, result.edit))[which]?.reference;
          assert.ok(pinned);
          assert.equal(
            canonicalReference(pinned),
            canonicalReference({ ...mention.reference, digest }),
            text,
          );
        }
      }
    });

    it(`of another kind is read as ${kind} without harm`, () => {
      for (const other of kinds) assertSound(kind, samples[other]);
      for (const text of [
        '',
        '\n',
        '\u0000',
        '\uFEFF',
        ' '.repeat(100),
        '{',
        '[',
        '"',
        '- ',
        '? ',
        '&a *a',
        '&a [*a]',
      ]) {
        assertSound(kind, text);
      }
    });
  }
});

describe('Text made to be slow', () => {
  const size = 500_000;
  const fill = (piece: string) => piece.repeat(Math.ceil(size / piece.length)).slice(0, size);
  const doubling = Array.from({ length: 5000 }, (_, n) => `ARG A${n + 1}=$A${n}$A${n}\n`).join('');
  const aliases = Array.from(
    { length: 40 },
    (_, n) => `x${n + 1}: &a${n + 1} [*a${n}, *a${n}, *a${n}]\n`,
  ).join('');
  const rows: [what: string, kind: DocumentKind, text: string][] = [
    ['FROMs', 'dockerfile', fill('FROM alpine:3.19 AS x\n')],
    ['comments and stages', 'dockerfile', fill('FROM a\n# c\n')],
    ['one long RUN', 'dockerfile', `RUN ${fill('x y ')}`],
    ['a line continued without end', 'dockerfile', `RUN ${fill('x \\\n')}`],
    ['one long word', 'dockerfile', `FROM ${fill('a')}`],
    ['nested braces', 'dockerfile', `FROM ${fill('${A:-')}`],
    ['arguments that double', 'dockerfile', `ARG A0=xx\n${doubling}FROM $A5000`],
    ['empty arguments that double', 'dockerfile', `ARG A0=\n${doubling}FROM $A5000`],
    [
      'patterns that backtrack',
      'dockerfile',
      `ARG V=${'a'.repeat(900)}\n${`FROM \${V%*a*a*a*a*b}\n`.repeat(1000)}`,
    ],
    ['open quotes', 'dockerfile', `RUN << ${fill('"a')}`],
    ['open heredocs', 'dockerfile', fill('RUN <<A <<B\n')],
    ['one long mount', 'dockerfile', `RUN --mount=${fill('from=x,')}`],
    ['empty lines', 'dockerfile', fill('\n')],
    ['a directive that does not end', 'dockerfile', `# a=${fill('x  ')}`],
    ['brackets', 'compose', `image: ${fill('[')}`],
    ['braces', 'devcontainer', fill('{"image":')],
    ['aliases of aliases', 'kubernetes', `apiVersion: v1\nkind: X\nimage: &a0 [x]\n${aliases}`],
    ['half a million bytes without an image', 'kubernetes', fill('key: value\n')],
    ['open templates', 'bake', fill(`"\${`)],
    ['heredocs without end', 'bake', fill('<<A\n')],
  ];
  for (const [what, kind, text] of rows) {
    it(`is read in time: ${what}`, () => {
      const started = process.cpuUsage();
      findMentions(kind, text);
      const { user, system } = process.cpuUsage(started);
      assert.ok((user + system) / 1000 < 1500, `${(user + system) / 1000} ms`);
    }).timeout(20_000);
  }

  it('does not come from people: an ordinary Dockerfile of half a megabyte takes less than 100 ms', () => {
    const text =
      fill(`${samples.dockerfile}RUN apt-get update && apt-get install -y a b c && rm -rf /var/lib/apt/lists/* \\
    && echo "a line as long as the lines of shell that people write, and then some more of it" > /etc/motd
WORKDIR /src
COPY package.json package-lock.json tsconfig.json ./
`);
    const times = Array.from({ length: 5 }, () => {
      const started = process.cpuUsage();
      findMentions('dockerfile', text);
      return process.cpuUsage(started).user / 1000;
    });
    assert.ok(Math.min(...times) < 100, `${Math.min(...times)} ms`);
  }).timeout(20_000);
});
