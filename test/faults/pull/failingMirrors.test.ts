import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ImageEngine } from '../../../src/engine/imageEngine.ts';
import { parseReference } from '../../../src/engine/oci/reference.ts';
import { type Faults, type FaultyRegistry, startFaultyRegistry } from '../../support/faultyRegistry.ts';
import { randomImage } from '../../support/randomImage.ts';
import { startSampleRegistry } from '../../support/sampleRegistry/start.ts';

const image = randomImage(['a', 'b', 'c'], 400 * 1024);
const [config, ...layers] = image.manifests[0]?.blobs.map(({ descriptor }) => descriptor.digest) ?? [];
const isLayer = (url: string) => layers.some((digest) => url.endsWith(`/blobs/${digest}`));

function flip(bytes: Buffer): Buffer {
  const flipped = Buffer.from(bytes);
  const middle = Math.floor(bytes.length / 2);
  flipped[middle] = (flipped[middle] ?? 0) ^ 1;
  return flipped;
}

describe('a pull by a mirror that fails midway', function () {
  this.timeout(120_000);
  let registry: FaultyRegistry;
  let mirror: FaultyRegistry;
  let second: FaultyRegistry;
  let directory: string;
  let engine: ImageEngine;
  let warnings: string[];

  before(async () => {
    [registry, mirror, second] = await Promise.all([
      startFaultyRegistry({ 'acme/app:1': image }),
      startFaultyRegistry({ 'acme/app:1': image }),
      startFaultyRegistry({ 'acme/app:1': image }),
    ]);
  });
  after(() => Promise.all([registry, mirror, second].map((one) => one?.close())));

  beforeEach(async () => {
    directory = await mkdtemp(path.join(tmpdir(), 'strata-mirrors-'));
    warnings = [];
  });
  afterEach(async () => {
    for (const one of [registry, mirror, second]) one.faults = {};
    await engine[Symbol.asyncDispose]();
    await rm(directory, { recursive: true, force: true });
  });

  function engineWith(mirrors: readonly FaultyRegistry[]): ImageEngine {
    return new ImageEngine({
      storeDirectory: directory,
      workerFile: new URL('../../../src/engine/layers/layerWorker.ts', import.meta.url),
      credentials: async () => undefined,
      idleTimeout: 1_000,
      mirrors: new Map([[registry.host, mirrors.map(({ host }) => host)]]),
      userAgent: 'strata-tests',
      onWarning: (message) => warnings.push(message),
    });
  }

  /** Pulls into a store of its own, by these mirrors; tells who was asked for layers. */
  async function pull(mirrors: readonly FaultyRegistry[]): Promise<(from: FaultyRegistry) => number> {
    const asked = new Map([registry, mirror, second].map((one) => [one, one.requests.length]));
    engine = engineWith(mirrors);
    for await (const _ of engine.pull(parseReference(`${registry.host}/acme/app:1`)));
    const [stored] = await engine.images();
    assert.equal(stored?.id, config);
    assert.deepEqual(await engine.verify(), []);
    return (from) => from.requests.slice(asked.get(from)).filter(isLayer).length;
  }

  const passedOver = ({ host }: FaultyRegistry) =>
    `the mirror ${host} of ${registry.host}/acme/app is passed over`;

  it('takes all from a mirror that is well, and warns of nothing', async () => {
    const layersAsked = await pull([mirror]);
    assert.deepEqual([layersAsked(mirror), layersAsked(registry)], [layers.length, 0]);
    assert.deepEqual(warnings, []);
  });

  const failures: readonly (readonly [what: string, faults: Faults, warned: boolean])[] = [
    ['a layer that it does not have', { status: (url) => (isLayer(url) ? 404 : undefined) }, false],
    [
      'a config that it does not have',
      { status: (url) => (url.endsWith(`${config}`) ? 404 : undefined) },
      false,
    ],
    ['layers that it fails to give', { status: (url) => (isLayer(url) ? 500 : undefined) }, true],
    ['one bit of a layer', { replace: (url, bytes) => (isLayer(url) ? flip(bytes) : undefined) }, true],
    [
      'one bit of the config',
      { replace: (url, bytes) => (url.endsWith(`${config}`) ? flip(bytes) : undefined) },
      true,
    ],
    [
      'a page in the place of a layer',
      { replace: (url) => (isLayer(url) ? Buffer.from('<p>') : undefined) },
      true,
    ],
    [
      'another manifest than its digest says',
      { replace: (url, bytes) => (url.includes('/manifests/') ? flip(bytes) : undefined) },
      true,
    ],
    ['connections that always break off', { cutBlobsAfter: 0 }, true],
  ];
  for (const [what, faults, warned] of failures) {
    it(`comes from the registry for ${what}, ${warned ? 'with one warning' : 'without a warning'}`, async () => {
      mirror.faults = faults;
      await pull([mirror]);
      assert.deepEqual(warnings, warned ? [passedOver(mirror)] : []);
    });
  }

  it('goes on where the mirror broke off', async () => {
    mirror.faults = { cutBlobsAfter: 128 * 1024, status: laterStatus() };
    const layersAsked = await pull([mirror]);
    assert.ok(layersAsked(registry) > 0);
    assert.deepEqual(warnings, [passedOver(mirror)]);
  });

  /** A mirror that is taken away once each layer has begun to come. */
  function laterStatus(): (url: string) => number | undefined {
    const begun = new Set<string>();
    return (url) => {
      if (!isLayer(url)) return undefined;
      return begun.size < begun.add(url).size ? undefined : 404;
    };
  }

  it('is no hindrance to a copy to another registry either', async () => {
    await using target = await startSampleRegistry();
    mirror.faults = { replace: (url, bytes) => (isLayer(url) ? flip(bytes) : undefined) };
    engine = engineWith([mirror]);
    const name = `${target.host}/acme/copied:1`;
    for await (const _ of engine.copy(parseReference(`${registry.host}/acme/app:1`), parseReference(name)));
    assert.deepEqual(warnings, [passedOver(mirror)]);
    for await (const _ of engine.pull(parseReference(name)));
    assert.deepEqual(await engine.verify(), []);
  });

  it('is no hindrance to looking into the image where it is', async () => {
    mirror.faults = { replace: (url, bytes) => (isLayer(url) ? flip(bytes) : undefined) };
    engine = engineWith([mirror]);
    const remote = await engine.remoteImage(parseReference(`${registry.host}/acme/app:1`));
    assert.ok([...(await engine.files(remote))].length > 0);
    assert.deepEqual(warnings, [passedOver(mirror)]);
  });

  it('comes from the next mirror, and asks the first one no more', async () => {
    mirror.faults = { replace: (url, bytes) => (isLayer(url) ? flip(bytes) : undefined) };
    const layersAsked = await pull([mirror, second]);
    assert.deepEqual([layersAsked(second), layersAsked(registry)], [layers.length, 0]);
    assert.deepEqual(warnings, [passedOver(mirror)]);
  });
});
