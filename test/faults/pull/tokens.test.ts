import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ImageEngine } from '../../../src/engine/imageEngine.ts';
import { parsePlatform } from '../../../src/engine/oci/platform.ts';
import { parseReference, withTag } from '../../../src/engine/oci/reference.ts';
import { type SampleRegistry, startSampleRegistry } from '../../support/sampleRegistry/start.ts';
import { startTokenRegistry, type TokenRegistry } from '../../support/tokenRegistry.ts';

const basic = `Basic ${Buffer.from('ada:lovelace').toString('base64')}`;

describe('an image in a registry that wants tokens', function () {
  this.timeout(60_000);
  let sample: SampleRegistry;
  let registry: TokenRegistry;
  let folder: string;
  let engine: ImageEngine;
  const askedFor: string[] = [];

  before(async () => {
    sample = await startSampleRegistry();
    registry = await startTokenRegistry(sample.url, basic);
    folder = await mkdtemp(path.join(tmpdir(), 'strata-tokens-'));
    engine = new ImageEngine({
      storeDirectory: folder,
      workerFile: new URL('../../../src/engine/layers/layerWorker.ts', import.meta.url),
      credentials: async (host) => {
        askedFor.push(host);
        return { kind: 'password', username: 'ada', password: 'lovelace' };
      },
      userAgent: 'strata-tests',
    });
  });
  after(async () => {
    await engine[Symbol.asyncDispose]();
    await registry[Symbol.asyncDispose]();
    await sample.close();
    await rm(folder, { recursive: true, force: true });
  });

  const web = () => parseReference(`${registry.host}/acme/web:2.0.0`);
  const tokenRequests = () => registry.realm.requests.length;

  it('costs at most two token requests to pull whole, several layers at once', async () => {
    const options = { platform: parsePlatform('linux/amd64') };
    const layers = new Set<string>();
    for await (const event of engine.pull(web(), options))
      if (event.kind === 'layer') layers.add(event.layer.digest);
    assert.ok(layers.size > 1, `${layers.size} layers`);
    assert.ok(tokenRequests() >= 1 && tokenRequests() <= 2, `${tokenRequests()} token requests`);
  });

  it('costs no more to pull again', async () => {
    const before = tokenRequests();
    for await (const _ of engine.pull(web(), { platform: parsePlatform('linux/amd64') }));
    assert.equal(tokenRequests(), before);
  });

  it('costs one more to push, for the right to', async () => {
    const before = tokenRequests();
    const target = withTag(web(), 'pushed');
    await engine.tag(`${registry.host}/acme/web:2.0.0`, target);
    for await (const _ of engine.push(target));
    assert.ok(tokenRequests() - before <= 1, `${tokenRequests() - before} token requests`);
  });

  it('never shows the registry itself the password, and asks for no other host’s', () => {
    assert.ok(registry.authorizations.length > 0);
    assert.ok(registry.authorizations.every((value) => value.startsWith('Bearer ')));
    assert.deepEqual([...new Set(askedFor)], [registry.host]);
  });
});
