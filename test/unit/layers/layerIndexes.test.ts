import assert from 'node:assert/strict';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { LayerIndex } from '../../../src/engine/layers/layerIndex.ts';
import { LayerIndexes } from '../../../src/engine/layers/layerIndexes.ts';
import { LayerPool } from '../../../src/engine/layers/layerPool.ts';
import type { Descriptor } from '../../../src/engine/oci/descriptor.ts';
import { type Digest, digestHex, digestOf } from '../../../src/engine/oci/digest.ts';
import { layerDescriptor, layerWorkerFile } from '../../support/layerDescriptor.ts';
import { temporaryFolder } from '../../support/layerReading.ts';
import { file, symlink, tarOf } from '../../support/tarWriter.ts';

const tar = tarOf(file('a', 'content'), file('b', '2'));
const blob = gzipSync(tar);
const layer = layerDescriptor(blob);
const diffId = digestOf(tar);

/** Counts the layers that are read. */
class CountingPool extends LayerPool {
  jobs = 0;

  override index(...parameters: Parameters<LayerPool['index']>) {
    this.jobs++;
    return super.index(...parameters);
  }
}

describe('the layer indexes of a store', () => {
  const folder = temporaryFolder();
  const cacheDirectory = join(folder, 'cache');
  const store = { blobPath: (digest: Digest) => join(folder, digestHex(digest)), cacheDirectory };
  const path = store.blobPath(layer.digest);
  let pool: CountingPool;
  let indexes: LayerIndexes;

  beforeEach(() => {
    rmSync(cacheDirectory, { recursive: true, force: true });
    rmSync(path, { force: true });
    writeFileSync(path, blob);
    pool = new CountingPool({ workerFile: layerWorkerFile });
    indexes = new LayerIndexes({ pool, store });
  });
  afterEach(() => pool[Symbol.asyncDispose]());

  const anew = () => new LayerIndexes({ pool, store });

  it('make nothing that others may write to, whatever the umask', async function () {
    if (process.platform === 'win32') this.skip();
    const before = process.umask(0);
    try {
      await indexes.get(layer, diffId);
    } finally {
      process.umask(before);
    }
    const made = readdirSync(cacheDirectory, { recursive: true, encoding: 'utf8' });
    assert.ok(made.length >= 6);
    for (const name of ['', ...made]) {
      const { mode } = statSync(join(cacheDirectory, name));
      assert.equal(mode & 0o022, 0, `${name} has mode ${mode.toString(8)}`);
    }
  });

  it('read a layer once, whoever asks and however often', async () => {
    const [first, second] = await Promise.all([indexes.get(layer, diffId), indexes.get(layer, diffId)]);
    assert.equal(first, second);
    assert.equal(await indexes.get(layer, diffId), first);
    assert.equal((await anew().get(layer, diffId)).length, 2);
    assert.equal(await anew().contentSize(layer, diffId), 8);
    assert.equal(pool.jobs, 1);
  });

  it('read nothing where a pull has verified the layer', async () => {
    const result = await pool.index(
      { descriptor: layer, diffId, file: path, indexFile: indexes.indexFile(diffId) },
      undefined,
    );
    await indexes.recordVerified(layer, result);
    assert.equal((await anew().get(layer, diffId)).diffId, diffId);
    assert.equal(pool.jobs, 1);
  });

  const changes: readonly (readonly [what: string, change: () => void])[] = [
    ['another time', () => utimesSync(path, 1, 1)],
    [
      'the same bytes in another file',
      () => {
        writeFileSync(`${path}.new`, blob);
        renameSync(`${path}.new`, path);
      },
    ],
    ['an index file that is damaged', () => appendFileSync(indexes.indexFile(diffId), 'x')],
    ['no index file', () => rmSync(indexes.indexFile(diffId))],
    ['no stamp', () => rmSync(join(cacheDirectory, 'stamps'), { recursive: true })],
    ['a broken stamp', () => writeFileSync(stampFile(), '{')],
    ['a stamp of another shape', () => writeFileSync(stampFile(), '{"diffId":5}')],
  ];
  const stampFile = () => join(cacheDirectory, 'stamps', 'sha256', digestHex(layer.digest));

  for (const [what, change] of changes) {
    it(`read a layer again where there is ${what}`, async () => {
      await indexes.get(layer, diffId);
      change();
      assert.equal((await anew().get(layer, diffId)).length, 2);
      assert.equal(pool.jobs, 2);
      await anew().get(layer, diffId);
      assert.equal(pool.jobs, 2);
    });
  }

  it('notice a flipped byte although size and time are as they were', async () => {
    await indexes.get(layer, diffId);
    const { atime, mtime } = statSync(path);
    const changed = Buffer.from(blob);
    changed[20] = (changed[20] ?? 0) ^ 1;
    writeFileSync(path, changed);
    utimesSync(path, atime, mtime);
    for (const asked of [indexes, anew()]) {
      await assert.rejects(asked.get(layer, diffId), { reason: 'DigestMismatch' });
      await assert.rejects(asked.verify(layer, diffId), { reason: 'DigestMismatch' });
    }
    assert.equal(await anew().contentSize(layer, diffId), 8, 'what a digest names cannot change');
  });

  it('make an index anew that is found damaged while it is read', async () => {
    const target = 'x'.repeat(4000);
    const links = Array.from({ length: 5000 }, (_, at) =>
      symlink(`link-${at}`, '', { pax: { linkpath: target } }),
    );
    const large = tarOf(...links);
    const digest = digestOf(large);
    writeFileSync(store.blobPath(digest), large);
    const get = () => indexes.get(layerDescriptor(large), digest);
    await get();
    indexes = anew();
    const file = indexes.indexFile(digest);
    const bytes = readFileSync(file);
    bytes[10_000_000] = 0;
    writeFileSync(file, bytes);
    const readLinks = (index: LayerIndex) => {
      for (let at = 0; at < index.length; at++) assert.equal(index.linkBytes(at).length, target.length);
    };
    const damaged = await get();
    assert.throws(() => readLinks(damaged), { reason: 'Corrupt' });
    readLinks(await get());
    assert.equal(pool.jobs, 2);
  });

  it('say where the diffId is another, also when the layer has been verified before', async () => {
    const other = digestOf('other');
    const error = { reason: 'DigestMismatch', facts: { expected: other, actual: diffId } };
    await assert.rejects(indexes.get(layer, other), error);
    await indexes.get(layer, diffId);
    await assert.rejects(indexes.get(layer, other), error);
    await assert.rejects(indexes.contentSize(layer, other), error);
    assert.equal(pool.jobs, 2);
  });

  const damages: readonly (readonly [what: string, bytes: Buffer])[] = [
    ['packed', blob],
    ['plain', tar],
  ];
  for (const [what, bytes] of damages) {
    it(`say of a damaged ${what} layer in which file the damage is`, async () => {
      const damaged = layerDescriptor(bytes);
      const changed = Buffer.from(bytes);
      changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1;
      const where = store.blobPath(damaged.digest);
      writeFileSync(where, changed);
      const facts = { expected: damaged.digest, actual: digestOf(changed), path: where };
      await assert.rejects(indexes.get(damaged, diffId), { reason: 'DigestMismatch', facts });
    });
  }

  it('refuse a symlink in place of a blob, as the store does', async function () {
    if (process.platform === 'win32') this.skip();
    const elsewhere = join(folder, 'elsewhere');
    renameSync(path, elsewhere);
    symlinkSync(elsewhere, path);
    await assert.rejects(indexes.get(layer, diffId), { reason: 'Corrupt', message: /is no file/ });
  });

  it('say that a layer is missing', async () => {
    rmSync(path);
    const error = { reason: 'NotFound', message: `the layer ${layer.digest} is missing` };
    await assert.rejects(indexes.get(layer, diffId), error);
    await assert.rejects(indexes.contentSize(layer, undefined), error);
  });

  it('refuse a descriptor of another size', async () => {
    await indexes.get(layer, diffId);
    const longer: Descriptor = { ...layer, size: layer.size + 1 };
    await assert.rejects(indexes.verify(longer, diffId), { reason: 'DigestMismatch' });
  });

  it('cancel for the one who asked, not for the other', async () => {
    const controller = new AbortController();
    const cancelled = indexes.get(layer, diffId, controller.signal);
    const other = indexes.get(layer, diffId);
    controller.abort();
    await assert.rejects(cancelled, { reason: 'Cancelled' });
    assert.equal((await other).length, 2);
  });

  it("write nothing into somebody else's layout and believe nothing of it", async () => {
    mkdirSync(join(cacheDirectory, 'stamps', 'sha256'), { recursive: true });
    const forged = {
      diffId: digestOf('forged'),
      uncompressedSize: 1,
      contentSize: 1,
      compression: 'none',
      file: '',
    };
    writeFileSync(stampFile(), JSON.stringify(forged));
    const foreign = new LayerIndexes({ pool, store, readOnly: true });
    assert.equal((await foreign.get(layer, diffId)).length, 2);
    assert.equal(await foreign.contentSize(layer, diffId), 8);
    assert.deepEqual(JSON.parse(readFileSync(stampFile(), 'utf8')), forged);
    assert.deepEqual(readdirSync(cacheDirectory), ['stamps']);
  });

  it('leave files that only their owner may write', async () => {
    const umask = process.umask(0);
    try {
      await indexes.get(layer, diffId);
    } finally {
      process.umask(umask);
    }
    for (const written of [indexes.indexFile(diffId), stampFile()])
      assert.equal(statSync(written).mode & 0o777, 0o644);
  });

  it('work in a cache folder that may not be written', async function () {
    if (process.getuid?.() === 0) this.skip();
    mkdirSync(cacheDirectory);
    chmodSync(cacheDirectory, 0o555);
    assert.equal((await indexes.get(layer, diffId)).length, 2);
    assert.equal(existsSync(join(cacheDirectory, 'indexes')), false);
    chmodSync(cacheDirectory, 0o755);
  });
});
