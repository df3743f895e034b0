import assert from 'node:assert/strict';
import type { TextDocument } from 'vscode';
import { commands as ids } from '../../src/contributions.ts';
import { parseReference } from '../../src/engine/oci/reference.ts';
import { type SampleRegistry, startSampleRegistry } from '../support/sampleRegistry/start.ts';
import { hoverAt, hoversAt, openFile, otherEngine, parts } from './world.ts';

describe('the hover on an image reference', () => {
  let registry: SampleRegistry;
  let document: TextDocument;

  before(async () => {
    await parts();
    registry = await startSampleRegistry();
    const { host } = registry;
    document = await openFile(
      'hovers/Dockerfile',
      [
        'ARG VERSION=2.0.0',
        'ARG NOTHING',
        `FROM ${host}/acme/web:\${VERSION} AS web`,
        `FROM ${host}/acme/missing:1`,
        `FROM \${NOTHING}`,
        'FROM scratch',
        'COPY --from=web /srv /srv',
        `RUN --mount=type=bind,from=${host}/acme/tools true`,
        'FROM Upper/Case:1',
        'FROM 127.0.0.1:1/down/image:1',
        '',
      ].join('\n'),
    );
  });

  after(() => registry.close());

  it('tells what the registry has, arguments substituted', async () => {
    await using engine = otherEngine();
    const reference = parseReference(`${registry.host}/acme/web:2.0.0`);
    const { digest } = await engine.resolve(reference);
    const text = await hoverAt(document, '/acme/web:$');
    assert.match(text, /acme\/web:2\\?\.0\\?\.0/);
    assert.ok(text.includes(`\`${digest}\``), text);
    for (const fact of [
      'linux/amd64',
      'linux/arm64',
      'Entrypoint',
      'User',
      '8080/tcp',
      'labels',
      'Looked&nbsp;up',
      'Looked up',
    ]) {
      const plain = text.replaceAll('&nbsp;', ' ');
      assert.ok(plain.includes(fact.replaceAll('&nbsp;', ' ')), `${fact} is not in ${plain}`);
    }
    assert.match(text, /command:strata\.pin\?/);
    assert.match(text, /command:strata\.pull\?/);
    assert.match(text, /command:strata\.copyImageDigest\?/);
  });

  it('says each thing once', async () => {
    const text = await hoverAt(document, '/acme/web:$');
    for (const fact of ['linux/amd64', 'Looked up', 'Not in the store']) {
      assert.equal(text.replaceAll('&nbsp;', ' ').split(fact).length - 1, 1, fact);
    }
  });

  it('has no link that VS Code would not follow', async () => {
    const linked: string[] = [];
    for (const { value, isTrusted } of await hoversAt(document, '/acme/web:$')) {
      const enabled = typeof isTrusted === 'object' ? isTrusted.enabledCommands : [];
      for (const [, command = ''] of value.matchAll(/\(command:([\w.]+)/g)) {
        assert.ok(enabled.includes(command), command);
        linked.push(command);
      }
    }
    assert.ok(linked.includes(ids.openImageAsFolder), linked.join());
  });

  it('is there for images in RUN --mount', async () => {
    assert.match(await hoverAt(document, '/acme/tools'), /command:strata\.pin\?/);
  });

  const plain: readonly (readonly [what: string, at: string, said: RegExp])[] = [
    ['what is not there', '/acme/missing', /was not found/],
    ['an argument without a value', '{NOTHING}', /variable without a value/],
    ['the empty image', 'scratch', /empty image/],
    ['a stage', '=web', /Stage web of this file, line 3/],
    ['what is no reference', 'Upper/Case', /must be lowercase/],
    ['a registry that does not answer', '/down/image', /cannot be reached/],
  ];
  for (const [what, at, said] of plain) {
    it(`says why in one line: ${what}`, async () => {
      const text = (await hoverAt(document, at)).replaceAll('&nbsp;', ' ').replaceAll('\\', '');
      assert.match(text, said);
      assert.doesNotMatch(text, /EngineError|ECONN|\bat \S+:\d+/);
      assert.doesNotMatch(text, /command:strata\.(pin|pull|inspectLayers)\?/);
    });
  }

  it('says of a pin that its tag has moved, once that is known', async () => {
    const stale = `sha256:${'0'.repeat(64)}`;
    const name = `${registry.host}/acme/base`;
    const pinned = await openFile(
      'hovers/stale.Dockerfile',
      `FROM ${name}:1.0 AS floating\nFROM ${name}:1.0@${stale}\n`,
    );
    assert.doesNotMatch(await hoverAt(pinned, 'base:1.0@'), /pin is stale/);
    await hoverAt(pinned, 'base:1.0 AS');
    const text = await hoverAt(pinned, 'base:1.0@');
    assert.match(text, /Tag moved: the pin is stale/);
    assert.match(text, /command:strata\.updatePin\?/);
    assert.match(text, /\[What changed\]\(command:strata\.compareImages\?/);
  });

  it('is not there beside references', async () => {
    assert.equal(await hoverAt(document, 'ARG VERSION'), '');
  });
});
