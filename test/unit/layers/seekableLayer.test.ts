import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { isEngineError } from '../../../src/engine/errors.ts';
import { fileContent } from '../../../src/engine/layers/fileContent.ts';
import type { LayerIndex } from '../../../src/engine/layers/layerIndex.ts';
import { SeekableLayer } from '../../../src/engine/layers/seekableLayer.ts';
import { TarChunks, type TarChunksOptions } from '../../../src/engine/layers/tarChunks.ts';
import { tarChunkBytes } from '../../../src/engine/layers/tarCursor.ts';
import { trimChunks } from '../../../src/engine/layers/trimChunks.ts';
import { digestOf } from '../../../src/engine/oci/digest.ts';
import { indexOfTar, temporaryFolder } from '../../support/layerReading.ts';
import { pseudoRandomBytes } from '../../support/pseudoRandom.ts';
import { file, tarOf } from '../../support/tarWriter.ts';

const contents: Readonly<Record<string, Buffer>> = {
  first: Buffer.from('1'),
  large: Buffer.concat([pseudoRandomBytes(3_000_000, 5), Buffer.alloc(5_000_000, 'strata')]),
  middle: pseudoRandomBytes(100_000, 6),
  filling: Buffer.alloc(6_000_000, 'filling'),
  last: Buffer.from('end'),
};
const tar = tarOf(...Object.entries(contents).map(([name, content]) => file(name, content)));
const diffId = digestOf(tar);
const chunksOfTar = Math.ceil(tar.length / tarChunkBytes);

describe('a packed layer in which files are found fast', () => {
  const folder = temporaryFolder();
  const blobPath = join(folder, 'blob');
  const cache = join(folder, 'chunks');
  const chunkFolder = join(cache, ...diffId.split(':'));
  const opened: SeekableLayer[] = [];
  const caches: TarChunks[] = [];
  let index: LayerIndex;

  before(async () => {
    index = await indexOfTar(tar, folder);
  });
  beforeEach(() => {
    rmSync(cache, { recursive: true, force: true });
    writeFileSync(blobPath, gzipSync(tar, { level: 1 }));
  });
  afterEach(async () => {
    for (const layer of opened.splice(0)) await layer.close();
    // What is still on its way to the disk would come into the next test's folder.
    for (const chunks of caches.splice(0)) await chunks.settled();
  });

  /** As a new process would have it. */
  function anew(options: Partial<TarChunksOptions> = {}) {
    const chunks = new TarChunks({ folder: cache, minFreeBytes: 0, ...options });
    const layer = new SeekableLayer({ file: blobPath }, diffId, chunks);
    opened.push(layer);
    caches.push(chunks);
    const read = (name: string, signal?: AbortSignal) =>
      buffer(fileContent(layer, index, index.find(Buffer.from(`/${name}`)) ?? assert.fail(name), signal));
    const requireRight = async (...names: string[]) => {
      for (const name of names) assert.ok((await read(name)).equals(contents[name] ?? assert.fail()), name);
    };
    return { layer, chunks, read, requireRight };
  }

  /** Bytes that cannot be unpacked: who reads them now did not find what it wanted in the cache. */
  const breakBlob = () =>
    writeFileSync(blobPath, Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 255, 255]));

  for (const [packing, pack] of [
    ['gzip', () => gzipSync(tar)],
    ['zstd', () => zstdCompressSync(tar)],
    ['nothing', () => tar],
  ] as const) {
    it(`gives every file's bytes in any order, packed with ${packing}`, async () => {
      writeFileSync(blobPath, pack());
      const { requireRight } = anew();
      await requireRight('last', 'first', 'middle', 'large', 'last', 'filling');
    });
  }

  it('keeps nothing of a layer that is not packed', async () => {
    writeFileSync(blobPath, tar);
    const { requireRight, chunks } = anew();
    await requireRight('last');
    await chunks.settled();
    assert.equal(existsSync(cache), false);
  });

  it('finds again what another process has unpacked, without the layer', async () => {
    const { requireRight, chunks } = anew();
    await requireRight('last');
    await chunks.settled();
    assert.equal(readdirSync(chunkFolder).length, chunksOfTar);
    breakBlob();
    await anew().requireRight(...Object.keys(contents));
  });

  it('unpacks no farther than the file that is wanted', async () => {
    const { requireRight, chunks } = anew();
    await requireRight('first');
    await chunks.settled();
    assert.deepEqual(readdirSync(chunkFolder), ['0']);
  });

  it('goes on where the last reader stopped', async () => {
    const { requireRight, layer } = anew();
    await requireRight('first');
    rmSync(blobPath);
    breakBlob();
    await requireRight('large', 'middle', 'last');
    await layer.close();
  });

  it('serves many at once from one pass', async () => {
    const { requireRight } = anew();
    const names = Object.keys(contents);
    await Promise.all([...names, ...names, ...names.toReversed()].map((name) => requireRight(name)));
  });

  for (const [damage, bytes] of [
    ['cut short', (good: Buffer) => good.subarray(0, good.length - 1)],
    ['changed', (good: Buffer) => Buffer.from(good).fill('X', 40, 60)],
    ['empty', () => Buffer.alloc(0)],
  ] as const) {
    it(`makes a chunk again that is ${damage}`, async () => {
      const first = anew();
      await first.requireRight('last');
      await first.chunks.settled();
      const damaged = readdirSync(chunkFolder).map((name) => join(chunkFolder, name));
      const good = damaged.map((path) => readFileSync(path, 'latin1'));
      for (const path of damaged) writeFileSync(path, bytes(readFileSync(path)));
      const second = anew();
      await second.requireRight(...Object.keys(contents));
      await second.chunks.settled();
      assert.deepEqual(
        damaged.map((path) => readFileSync(path, 'latin1')),
        good,
      );
    });
  }

  it('gives right bytes where the cache vouches for wrong ones, and makes them again', async () => {
    const chunks = new TarChunks({ folder: cache, minFreeBytes: 0 });
    for (let chunk = 0; chunk < chunksOfTar; chunk++)
      await chunks.keep(diffId, chunk, Buffer.alloc(tarChunkBytes, 'evil'));
    await chunks.settled();
    const { requireRight, read } = anew();
    await requireRight('middle');
    await assert.doesNotReject(read('large'));
  });

  it('never ends cleanly with wrong bytes of a large file, and has the right ones the next time', async () => {
    const chunks = new TarChunks({ folder: cache, minFreeBytes: 0 });
    await chunks.keep(diffId, 1, Buffer.alloc(tarChunkBytes, 'evil'));
    await chunks.settled();
    const { requireRight, read } = anew();
    await assert.rejects(read('large'), (error) => isEngineError(error, 'DigestMismatch'));
    await requireRight('large');
  });

  it('is told of a layer that is damaged as before', async () => {
    writeFileSync(blobPath, gzipSync(Buffer.from(tar).fill('X', tar.length - 60_000)));
    await assert.rejects(anew().read('last'), (error) => isEngineError(error, 'DigestMismatch'));
    breakBlob();
    rmSync(cache, { recursive: true, force: true });
    await assert.rejects(anew().read('last'), (error) => isEngineError(error, 'Corrupt'));
    writeFileSync(blobPath, gzipSync(tar.subarray(0, tar.length - 4_000_000)));
    await assert.rejects(anew().read('last'), (error) => isEngineError(error, 'DigestMismatch'));
  });

  it('leaves whole chunks or nothing when a reader is cancelled, and goes on for the others', async () => {
    const { requireRight, read, chunks, layer } = anew();
    const controller = new AbortController();
    const cancelledRead = read('last', controller.signal);
    const other = requireRight('last', 'first');
    controller.abort();
    await assert.rejects(cancelledRead, (error) => isEngineError(error, 'Cancelled'));
    await other;
    const alone = new AbortController();
    const { read: readAlone } = anew();
    const gone = readAlone('large', alone.signal);
    setImmediate(() => alone.abort());
    await assert.rejects(gone, (error) => isEngineError(error, 'Cancelled'));
    await layer.close();
    await chunks.settled();
    assert.deepEqual(
      readdirSync(chunkFolder).filter((name) => !/^\d+$/.test(name)),
      [],
    );
  });

  it('lets go of what was not used for longest', async () => {
    const first = anew();
    await first.requireRight('last');
    await first.chunks.settled();
    for (const name of readdirSync(chunkFolder))
      utimesSync(join(chunkFolder, name), 1000, 1000 + Number(name));
    await anew().requireRight('first');
    // The last one is shorter than the others.
    await trimChunks(cache, 3 * tarChunkBytes);
    assert.deepEqual(readdirSync(chunkFolder), ['0', ...[chunksOfTar - 2, chunksOfTar - 1].map(String)]);
    await anew().requireRight(...Object.keys(contents));
  });

  for (const [why, options, prepare] of [
    ['the disk is nearly full', { minFreeBytes: Number.MAX_SAFE_INTEGER }, () => undefined],
    ['its folder cannot be made', {}, () => writeFileSync(cache, 'a file')],
  ] as const) {
    it(`gives every file as before where ${why}`, async () => {
      rmSync(cache, { recursive: true, force: true });
      prepare();
      const { requireRight, chunks } = anew(options);
      await requireRight('last', 'first', 'large', 'middle');
      assert.equal(chunks.isUsable, false);
    });
  }

  it('deletes what a crashed process has half written', async () => {
    mkdirSync(chunkFolder, { recursive: true });
    const left = join(chunkFolder, '0.1234.tmp');
    writeFileSync(left, 'half');
    utimesSync(left, 1, 1);
    const { requireRight, chunks } = anew();
    await requireRight('first');
    await chunks.settled();
    assert.deepEqual(readdirSync(chunkFolder), ['0']);
  });
});
