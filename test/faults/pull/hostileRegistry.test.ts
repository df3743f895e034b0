import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { isEngineError, type Reason } from '../../../src/engine/errors.ts';
import { ImageEngine } from '../../../src/engine/imageEngine.ts';
import { parsePlatform } from '../../../src/engine/oci/platform.ts';
import { parseReference } from '../../../src/engine/oci/reference.ts';
import type { PullEvent } from '../../../src/engine/transfer/pullEvent.ts';
import { type Faults, type FaultyRegistry, startFaultyRegistry } from '../../support/faultyRegistry.ts';
import { loneManifest, randomImage } from '../../support/randomImage.ts';
import { buildManifest } from '../../support/sampleRegistry/imageBuilder.ts';
import { file } from '../../support/sampleRegistry/layerTar.ts';

const kilobyte = 1024;
const good = randomImage(['a', 'b'], 300 * kilobyte);
const layerDigests = good.manifests[0]?.blobs.slice(1).map(({ descriptor }) => descriptor.digest) ?? [];
const configDigest = good.manifests[0]?.blobs[0]?.descriptor.digest ?? '';

/** Its config promises other layers than its manifest has: the digests are right, the diffIds are not. */
function liar() {
  const created = new Date('2026-01-01T00:00:00Z');
  const step = (content: string) => ({ createdBy: 'COPY', created, files: [file('x', content)] });
  const platform = { os: 'linux', architecture: 'amd64' };
  const promised = buildManifest({ platform, steps: [step('promised')] });
  const delivered = buildManifest({ platform, steps: [step('delivered')] });
  const [config] = promised.blobs;
  const [, layer] = delivered.blobs;
  assert.ok(config && layer);
  const bytes = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: promised.descriptor.mediaType,
      config: config.descriptor,
      layers: [layer.descriptor],
    }),
  );
  return { bytes, blobs: [config, layer], mediaType: promised.descriptor.mediaType };
}

describe('a pull from a registry that fails', function () {
  this.timeout(60_000);
  let registry: FaultyRegistry;
  let directory: string;
  let engine: ImageEngine;

  before(async () => {
    const { digestOf } = await import('../../../src/engine/oci/digest.ts');
    const { bytes, blobs, mediaType } = liar();
    const lying = { descriptor: { mediaType, digest: digestOf(bytes), size: bytes.length }, bytes, blobs };
    registry = await startFaultyRegistry({
      'acme/good:1': good,
      'acme/liar:1': loneManifest(lying),
      'acme/large:1': randomImage(['large'], 3000 * kilobyte),
    });
  });
  after(() => registry.close());
  beforeEach(async () => {
    registry.faults = {};
    directory = await mkdtemp(path.join(tmpdir(), 'strata-pull-faults-'));
    engine = new ImageEngine({
      storeDirectory: directory,
      workerFile: new URL('../../../src/engine/layers/layerWorker.ts', import.meta.url),
      credentials: async () => undefined,
      idleTimeout: 1_000,
      userAgent: 'strata-tests',
    });
  });
  afterEach(async () => {
    await engine[Symbol.asyncDispose]();
    await rm(directory, { recursive: true, force: true });
  });

  const reference = (name = 'good') => parseReference(`${registry.host}/acme/${name}:1`);

  async function pull(
    options: { name?: string; platform?: string; signal?: AbortSignal } = {},
  ): Promise<PullEvent[]> {
    const events: PullEvent[] = [];
    const platform = options.platform === undefined ? {} : { platform: parsePlatform(options.platform) };
    for await (const event of engine.pull(reference(options.name), platform, options.signal))
      events.push(event);
    return events;
  }

  async function assertNothingThere(): Promise<void> {
    assert.deepEqual(await engine.images(), []);
    await engine.collectGarbage();
    assert.equal((await engine.usage()).blobs, 0);
  }

  function flip(bytes: Buffer): Buffer {
    const flipped = Buffer.from(bytes);
    flipped[Math.floor(bytes.length / 2)] = (flipped[Math.floor(bytes.length / 2)] ?? 0) ^ 1;
    return flipped;
  }

  const onBlob = (digest: string | undefined, change: (bytes: Buffer) => Buffer): Faults => ({
    replace: (url, bytes) => (url.endsWith(`/blobs/${digest}`) ? change(bytes) : undefined),
  });

  const refused: readonly (readonly [what: string, faults: () => Faults, reason: Reason])[] = [
    ['a layer with one bit changed', () => onBlob(layerDigests[0], flip), 'DigestMismatch'],
    [
      'a layer that is longer',
      () => onBlob(layerDigests[1], (bytes) => Buffer.concat([bytes, bytes])),
      'DigestMismatch',
    ],
    [
      'another layer in a layer’s place',
      () => onBlob(layerDigests[1], () => Buffer.from('no tar')),
      'DigestMismatch',
    ],
    ['a config with one bit changed', () => onBlob(configDigest, flip), 'DigestMismatch'],
    [
      'a manifest with one bit changed',
      () => ({ replace: (url, bytes) => (url.includes('/manifests/sha256:') ? flip(bytes) : undefined) }),
      'DigestMismatch',
    ],
    [
      'a blob that is gone',
      () => ({ status: (url) => (url.includes('/blobs/') ? 404 : undefined) }),
      'NotFound',
    ],
    ['a tag that is gone', () => ({ status: () => 404 }), 'NotFound'],
    ['a sign-in that is asked for', () => ({ status: () => 401 }), 'Unauthorized'],
  ];
  for (const [what, faults, reason] of refused) {
    it(`ends in ${reason} for ${what}, and leaves nothing`, async () => {
      registry.faults = faults();
      await assert.rejects(
        pull(),
        (error) => isEngineError(error, reason) && !/\n|\bat /.test(error.message),
      );
      await assertNothingThere();
    });
  }

  it('refuses a layer that is not what the config promises, naming both diffIds', async () => {
    await assert.rejects(
      pull({ name: 'liar' }),
      (error) =>
        isEngineError(error, 'DigestMismatch') &&
        String(error.facts.expected).startsWith('sha256:') &&
        String(error.facts.actual).startsWith('sha256:'),
    );
    await assertNothingThere();
  });

  it('goes on where a connection broke, as often as it breaks', async () => {
    registry.faults = { cutBlobsAfter: 64 * kilobyte };
    assert.equal((await pull()).at(-1)?.kind, 'done');
    assert.deepEqual(await engine.verify(), []);
  });

  it('goes on where a cancelled pull was', async () => {
    registry.faults = { blobDelay: 10 };
    const controller = new AbortController();
    const cancelling = (async () => {
      for await (const event of engine.pull(reference('large'), {}, controller.signal)) {
        if (event.kind === 'layer' && event.received > 1500 * kilobyte) controller.abort();
      }
    })();
    await assert.rejects(cancelling, (error) => isEngineError(error, 'Cancelled'));
    const unfinished = await readdir(path.join(directory, 'strata', 'ingest'));
    assert.ok(unfinished.length > 0);
    registry.faults = {};
    const received = (await pull({ name: 'large' })).flatMap((event) =>
      event.kind === 'layer' && event.state === 'downloading' ? [event.received] : [],
    );
    assert.ok(received.some((bytes) => bytes > 0));
    assert.deepEqual(await engine.verify(), []);
    assert.deepEqual(await readdir(path.join(directory, 'strata', 'ingest')), []);
  });

  it('gives two who pull the same at once one transfer', async () => {
    registry.faults = { blobDelay: 5 };
    const since = registry.requests.length;
    const [first, second] = await Promise.all([pull(), pull()]);
    assert.equal(first.at(-1)?.kind, 'done');
    assert.equal(second.at(-1)?.kind, 'done');
    const blobs = registry.requests.slice(since).filter((request) => request.includes('/blobs/'));
    assert.equal(new Set(blobs).size, blobs.length);
  });

  it('takes a lone manifest of another platform, and says so', async () => {
    const done = (await pull({ platform: 'linux/arm64' })).at(-1);
    assert.equal(done?.kind, 'done');
    assert.deepEqual(done.mismatch, {
      wanted: parsePlatform('linux/arm64'),
      actual: parsePlatform('linux/amd64'),
    });
    const plain = (await pull({ platform: 'linux/amd64' })).at(-1);
    assert.ok(plain?.kind === 'done' && plain.mismatch === undefined);
  });

  it('says what is the matter where nobody answers', async () => {
    const nowhere = parseReference('127.0.0.1:9/acme/good:1');
    await assert.rejects(
      (async () => {
        for await (const _ of engine.pull(nowhere)) assert.fail('nothing can come');
      })(),
      (error) => isEngineError(error, 'Offline') && /127\.0\.0\.1:9/.test(error.message),
    );
  });
});
