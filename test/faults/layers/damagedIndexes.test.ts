import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { EngineError } from '../../../src/engine/errors.ts';
import { ImageEngine } from '../../../src/engine/imageEngine.ts';
import { LayerIndex } from '../../../src/engine/layers/layerIndex.ts';
import { LayerIndexes } from '../../../src/engine/layers/layerIndexes.ts';
import { LayerPool } from '../../../src/engine/layers/layerPool.ts';
import { type Digest, digestHex, digestOf } from '../../../src/engine/oci/digest.ts';
import { stargzLayer } from '../../support/chunkedLayers.ts';
import { layerDescriptor, layerWorkerFile } from '../../support/layerDescriptor.ts';
import { readLayer, temporaryFolder } from '../../support/layerReading.ts';
import { pseudoRandom } from '../../support/pseudoRandom.ts';
import { startRemoteWorld } from '../../support/remoteWorld.ts';
import { directory, file, hardlink, symlink, tarOf } from '../../support/tarWriter.ts';

const part = (at: number) => [
  directory(`srv/part-${at}`),
  file(`srv/part-${at}/text`, `text ${at}`, { uid: at % 7, pax: { 'SCHILY.xattr.user.part': String(at) } }),
  hardlink(`srv/part-${at}/same`, `srv/part-${at}/text`),
  symlink(`srv/part-${at}/link`, '../'.repeat(at % 50)),
  file(`srv/.wh.gone-${at}`),
];
const tar = tarOf(...Array.from({ length: 200 }, (_, at) => part(at)).flat());
const otherTar = tarOf(...Array.from({ length: 180 }, (_, at) => part(at + 1)).flat());

/** Bytes of a file as a disk, a crash or another program may leave them. */
function damaged(bytes: Buffer, other: Buffer, random: () => number): Buffer {
  const below = (limit: number) => Math.floor(random() * limit);
  const at = below(bytes.length);
  const length = Math.min(bytes.length - at, 1 + below(1 + below(70_000)));
  const changed = Buffer.from(bytes);
  const ways = [
    () => changed.fill((changed[at] ?? 0) ^ (1 << below(8)), at, at + 1),
    () => changed.fill(0, at, at + length),
    () => changed.fill(255, at, at + length),
    () => changed.subarray(0, at),
    () => Buffer.concat([changed, Buffer.alloc(length, below(256))]),
    () => Buffer.concat([changed.subarray(0, at), changed.subarray(at + length)]),
    () => Buffer.concat([changed.subarray(0, at), changed.subarray(below(bytes.length))]),
    () => {
      changed.set(other.subarray(at, at + length), at);
      return changed;
    },
    () => {
      changed.copyWithin(below(bytes.length), at, at + length);
      return changed;
    },
  ];
  return ways[below(ways.length)]?.() ?? changed;
}

/** All that an index tells, asked for from the end or from the beginning. */
function allOf(index: LayerIndex, fromEnd = false): readonly string[] {
  const { diffId, length, contentSize, uncompressedSize, hasHardLinks, isListed } = index;
  const facts = JSON.stringify({ diffId, length, contentSize, uncompressedSize, hasHardLinks, isListed });
  const entries: string[] = [];
  for (let place = 0; place < length; place++) {
    const at = fromEnd ? length - 1 - place : place;
    const { row, content, xattrs } = {
      row: index.row(at, 0),
      content: Buffer.from(index.contentHash(at)).toString('hex'),
      xattrs: [...index.xattrs(at)].map(([name, value]) => `${name}=${Buffer.from(value).toString()}`),
    };
    entries.push(
      JSON.stringify([row, index.kind(at), index.dataOffset(at), content, xattrs, index.segments(at)]),
    );
  }
  return [facts, ...(fromEnd ? entries.reverse() : entries)];
}

/** What is given is right, or is refused as `Corrupt`. Tells which. */
async function isRefused<T>(read: () => Promise<T>, truth: T, round: string): Promise<boolean> {
  let given: T;
  try {
    given = await read();
  } catch (error) {
    const isClear = error instanceof EngineError && error.reason === 'Corrupt';
    assert.ok(isClear, `${round}: ${error instanceof Error ? error.stack : error}`);
    return true;
  }
  assert.deepEqual(given, truth, round);
  return false;
}

/** With random damage of one seed: what a round does, it does in every run. */
describe('a layer index that is damaged on the disk', function () {
  this.timeout(60_000);
  const folder = temporaryFolder();

  for (const wholeBytes of [undefined, 0]) {
    it(`is noticed, ${wholeBytes === 0 ? 'page by page' : 'read at once'}: 150 times`, async () => {
      const [path, otherPath] = [join(folder, 'index'), join(folder, 'other')];
      await readLayer(tar, path);
      await readLayer(otherTar, otherPath);
      const [bytes, other] = [readFileSync(path), readFileSync(otherPath)];
      const truth = allOf(await LayerIndex.open(path));
      const random = pseudoRandom(20261130);
      let refused = 0;
      for (let round = 0; round < 150; round++) {
        const changed = damaged(bytes, other, random);
        writeFileSync(path, changed);
        const open = () => LayerIndex.open(path, wholeBytes === undefined ? {} : { wholeBytes });
        const read = async () => allOf(await open(), round % 2 === 0);
        if (await isRefused(read, truth, `round ${round}`)) refused++;
        else assert.ok(changed.equals(bytes), `round ${round}: damage that nobody has noticed`);
      }
      assert.ok(refused > 120, `${refused} were refused`);
    });
  }

  it('is made again before anybody sees it, and so is one of another layer in its place', async () => {
    const store = {
      blobPath: (digest: Digest) => join(folder, digestHex(digest)),
      cacheDirectory: join(folder, 'cache'),
    };
    await using pool = new LayerPool({ workerFile: layerWorkerFile });
    const layers = [tar, otherTar].map((content) => {
      const blob = gzipSync(content, { level: 1 });
      writeFileSync(store.blobPath(digestOf(blob)), blob);
      return { layer: layerDescriptor(blob), diffId: digestOf(content) };
    });
    const files: string[] = [];
    for (const { layer, diffId } of layers) {
      const indexes = new LayerIndexes({ pool, store });
      await indexes.get(layer, diffId);
      files.push(indexes.indexFile(diffId));
    }
    const [path = '', otherPath = ''] = files;
    const [bytes, other] = [readFileSync(path), readFileSync(otherPath)];
    const truth = allOf(await LayerIndex.open(path));
    const random = pseudoRandom(4);
    const { layer, diffId } = layers[0] ?? assert.fail();
    for (let round = 0; round < 6; round++) {
      writeFileSync(path, round === 0 ? other : damaged(bytes, other, random));
      const index = await new LayerIndexes({ pool, store }).get(layer, diffId);
      assert.deepEqual(allOf(index), truth, `round ${round}`);
      assert.ok(existsSync(path));
    }
  });

  it('and the places of files that a table of contents lists are fetched anew', async () => {
    const contents = Array.from({ length: 40 }, (_, at) => Buffer.alloc(3000, `content ${at} `));
    const layer = stargzLayer(contents.map((content, at) => file(`file-${at}`, content)));
    await using world = await startRemoteWorld([layer]);
    const read = async () => {
      await using engine = new ImageEngine({
        storeDirectory: world.store,
        workerFile: layerWorkerFile,
        credentials: async () => undefined,
        userAgent: 'strata-test',
      });
      const image = await engine.remoteImage(world.reference);
      await engine.files(image);
      return Promise.all([0, 17, 39].map(async (at) => buffer(await engine.readFile(image, `/file-${at}`))));
    };
    const truth = [0, 17, 39].map((at) => contents[at]);
    assert.deepEqual(await read(), truth);
    const tables = join(world.store, 'strata/tables');
    const kept = readdirSync(tables).map((name) => join(tables, name));
    assert.equal(kept.length, 2, 'the index, and where the pieces are');
    const originals = kept.map((path) => readFileSync(path));
    const random = pseudoRandom(5);
    for (let round = 0; round < 4; round++) {
      const at = round % 2;
      const original = originals[at] ?? assert.fail();
      writeFileSync(kept[at] ?? '', damaged(original, originals[1 - at] ?? original, random));
      assert.deepEqual(await read(), truth, `round ${round}`);
      assert.equal(statSync(kept[at] ?? '').size, original.length);
    }
  });
});
