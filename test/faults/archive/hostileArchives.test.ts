import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import { maxListBytes, maxMembers } from '../../../src/engine/archive/archiveLimits.ts';
import { limitText } from '../../../src/engine/byteLimit.ts';
import { EngineError } from '../../../src/engine/errors.ts';
import { type Loaded, type LoadWorld, openLoadWorld, piecesOf } from '../../support/archives/loadWorld.ts';
import {
  classicArchive,
  classicItems,
  modernArchive,
  ociArchive,
  plainImage,
} from '../../support/archives/sampleArchives.ts';
import { pseudoRandom } from '../../support/pseudoRandom.ts';
import { randomImage } from '../../support/randomImage.ts';
import { file, hardlink, symlink, type TarItem, tarOf } from '../../support/tarWriter.ts';

const image = plainImage(['base', 'app'], ['acme/app:1']);
const items = classicItems(image);
const layerAt = items.findIndex(({ path }) => String(path).endsWith('/layer.tar'));
const layerPath = String(items[layerAt]?.path);

/** The archive with another item in the layer's place. */
const withLayer = (item: TarItem): Buffer => tarOf(...items.with(layerAt, item));
const without = (name: RegExp): Buffer => tarOf(...items.filter(({ path }) => !name.test(String(path))));
const withList = (list: unknown): Buffer =>
  tarOf(...items.filter(({ path }) => path !== 'manifest.json'), file('manifest.json', JSON.stringify(list)));
const row = {
  Config: `${image.id.slice(7)}.json`,
  RepoTags: ['acme/app:1'],
  Layers: items.filter(({ path }) => /layer\.tar$/.test(String(path))).map(({ path }) => path),
};
const wrongLayer = Buffer.from(image.layers[0] ?? '');
wrongLayer[600] = (wrongLayer[600] ?? 0) ^ 1;

const hostile: readonly {
  what: string;
  archive: () => Uint8Array | AsyncIterable<Uint8Array>;
  reason: string;
  says: RegExp;
}[] = [
  {
    what: 'a member that leads out of it',
    archive: () => tarOf(file('../../etc/passwd', 'x'), ...items),
    reason: 'Corrupt',
    says: /leads out of it/,
  },
  {
    what: 'a member with an absolute path',
    archive: () => tarOf(file('/etc/passwd', 'x'), ...items),
    reason: 'Corrupt',
    says: /absolute/,
  },
  {
    what: 'a layer that is a link out of it',
    archive: () => withLayer(symlink(layerPath, '../../../etc/passwd')),
    reason: 'Corrupt',
    says: /leads out of it/,
  },
  {
    what: 'a layer that is an absolute link',
    archive: () => withLayer(symlink(layerPath, '/etc/passwd')),
    reason: 'Corrupt',
    says: /leads out of it/,
  },
  {
    what: 'a layer that links to itself',
    archive: () => withLayer(symlink(layerPath, 'layer.tar')),
    reason: 'Corrupt',
    says: /circle/,
  },
  {
    what: 'a layer that hard links to itself',
    archive: () => withLayer(hardlink(layerPath, layerPath)),
    reason: 'Corrupt',
    says: /circle/,
  },
  {
    what: 'a layer that links to nothing',
    archive: () => withLayer(symlink(layerPath, '../nowhere/layer.tar')),
    reason: 'Corrupt',
    says: /has no/,
  },
  {
    what: 'two lists',
    archive: () => tarOf(file('manifest.json', '[]'), ...items),
    reason: 'Corrupt',
    says: /twice/,
  },
  {
    what: 'a layer twice',
    archive: () => tarOf(file(layerPath, 'x'), ...items),
    reason: 'Corrupt',
    says: /twice/,
  },
  {
    what: 'a layer of other content',
    archive: () => withLayer(file(layerPath, wrongLayer)),
    reason: 'Corrupt',
    says: /damaged/,
  },
  {
    what: 'a packed layer of other content',
    archive: () => withLayer(file(layerPath, gzipSync(wrongLayer))),
    reason: 'Corrupt',
    says: /the layer/,
  },
  {
    what: 'a layer that is no tar',
    archive: () => withLayer(file(layerPath, 'hello')),
    reason: 'Corrupt',
    says: /damaged/,
  },
  { what: 'no config', archive: () => without(/^[0-9a-f]{64}\.json$/), reason: 'Corrupt', says: /has no/ },
  { what: 'no layers', archive: () => without(/layer\.tar$/), reason: 'Corrupt', says: /has no/ },
  {
    what: 'a list that is no JSON',
    archive: () => tarOf(file('manifest.json', '{')),
    reason: 'Corrupt',
    says: /not valid JSON/,
  },
  {
    what: 'a list that is an object',
    archive: () => withList({}),
    reason: 'Corrupt',
    says: /must be an array/,
  },
  {
    what: 'a list nested deeply',
    archive: () => tarOf(file('manifest.json', '['.repeat(100_000) + ']'.repeat(100_000))),
    reason: 'Corrupt',
    says: /nested deeper/,
  },
  {
    what: 'a config that leads out of it',
    archive: () => withList([{ ...row, Config: '../../etc/passwd' }]),
    reason: 'Corrupt',
    says: /leads out of it/,
  },
  {
    what: 'too few layers',
    archive: () => withList([{ ...row, Layers: row.Layers.slice(1) }]),
    reason: 'Corrupt',
    says: /contradicts itself/,
  },
  {
    what: 'a name with control characters',
    archive: () => withList([{ ...row, RepoTags: ['\u001b[2Jacme/app:1'] }]),
    reason: 'Corrupt',
    says: /"\\u001b\[2Jacme/,
  },
  {
    what: 'a name without a tag',
    archive: () => withList([{ ...row, RepoTags: ['acme/app'] }]),
    reason: 'Corrupt',
    says: /invalid reference format/,
  },
  {
    what: 'a good image and a bad one',
    archive: () => withList([row, { ...row, Config: 'nowhere.json' }]),
    reason: 'Corrupt',
    says: /nowhere\.json/,
  },
  {
    what: 'a list of 100 MB',
    archive: () =>
      repeated(tarOf(file('manifest.json', '', { size: 100_000_000 })).subarray(0, 512), 100_000_000),
    reason: 'TooLarge',
    says: new RegExp(`larger than ${limitText(maxListBytes)}$`),
  },
  {
    what: 'a member of negative size',
    archive: () => withLayer(file(layerPath, '', { size: -512, base256: true })),
    reason: 'Corrupt',
    says: /negative size/,
  },
  {
    what: 'a member of more bytes than there are',
    archive: () => withLayer(file(layerPath, '', { size: 2 ** 50, base256: true })),
    reason: 'Corrupt',
    says: /ends in the middle/,
  },
  {
    what: 'a sparse member',
    archive: () =>
      tarOf({
        ...file('manifest.json', 'x'.repeat(512)),
        pax: { 'GNU.sparse.map': '0,512', 'GNU.sparse.size': '999999999999' },
      }),
    reason: 'Unsupported',
    says: /sparse/,
  },
  {
    what: 'a broken header',
    archive: () => tarOf(file('manifest.json', '[]', { checksum: 'wrong' })),
    reason: 'Corrupt',
    says: /the archive has a broken header/,
  },
  {
    what: 'an extended header of a gigabyte',
    archive: () => tarOf({ path: 'x', typeFlag: 'L', size: 2 ** 30 }),
    reason: 'TooLarge',
    says: /extended header/,
  },
  {
    what: 'broken gzip',
    archive: () => gzipSync(classicArchive(image)).fill(7, 200, 260),
    reason: 'Corrupt',
    says: /the archive's compressed bytes|the archive/,
  },
  {
    what: 'gzip that ends early',
    archive: () => gzipSync(classicArchive(image)).subarray(0, -100),
    reason: 'Corrupt',
    says: /end early/,
  },
  {
    what: 'bzip2',
    archive: () => Buffer.from('BZh91AY&SY'.padEnd(600)),
    reason: 'Unsupported',
    says: /archives packed with bzip2/,
  },
  {
    what: 'a million members',
    archive: () => repeated(tarOf(file('x', '')).subarray(0, 512), 0, 1_000_000),
    reason: 'Corrupt',
    says: /twice/,
  },
  {
    what: 'more members than any archive',
    archive: () => repeated(tarOf({ path: 'x/', type: 'directory' }).subarray(0, 512), 0, maxMembers + 1),
    reason: 'TooLarge',
    says: /more than 400000 members/,
  },
  {
    what: 'a layout of another version',
    archive: () =>
      tarOf(
        file('oci-layout', '{"imageLayoutVersion":"9"}'),
        file('index.json', '{"schemaVersion":2,"manifests":[]}'),
      ),
    reason: 'Unsupported',
    says: /version/,
  },
  {
    what: 'an index that names a manifest that is not there',
    archive: () => ociArchive([['a/b:1', { ...randomImage(['x'], 10), manifests: [] }]]).subarray(1024 + 512),
    reason: 'Corrupt',
    says: /./,
  },
];

/** A block so many times, then so many zeros. */
async function* repeated(block: Uint8Array, zeros: number, times = 1): AsyncGenerator<Uint8Array> {
  const blocks = Buffer.concat(Array.from({ length: Math.min(times, 2000) }, () => block));
  for (let left = times * block.length; left > 0; left -= blocks.length)
    yield Uint8Array.from(blocks.subarray(0, left));
  for (let left = zeros; left > 0; left -= 1_000_000) yield new Uint8Array(Math.min(left, 1_000_000));
}

/** One clear sentence, and nothing half done. */
async function refuses(
  world: LoadWorld,
  archive: Uint8Array | AsyncIterable<Uint8Array>,
): Promise<EngineError> {
  const error = await world.load(archive).then(
    () => assert.fail('it was loaded'),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof EngineError, `${error instanceof Error ? error.stack : error}`);
  assert.doesNotMatch(error.message, /[\u0000-\u001f\u007f]/);
  assert.deepEqual(await world.images(), []);
  return error;
}

describe('an archive with', function () {
  this.timeout(60_000);
  let world: LoadWorld;
  before(async () => {
    world = await openLoadWorld();
  });
  after(async () => {
    await world[Symbol.asyncDispose]();
  });

  for (const { what, archive, reason, says } of hostile) {
    it(`${what} is refused and leaves nothing`, async () => {
      const before = process.memoryUsage.rss();
      const started = performance.now();
      const error = await refuses(world, archive());
      assert.equal(error.reason, reason, error.message);
      assert.match(error.message, says);
      assert.ok(performance.now() - started < 15_000, `took ${performance.now() - started} ms`);
      assert.ok(process.memoryUsage.rss() - before < 400e6, 'took more than 400 MB');
      assert.deepEqual(await world.leftovers(), { blobs: 0, bytes: 0, faults: 0 });
    });
  }
});

describe('an archive that ends early', function () {
  this.timeout(60_000);

  const built = randomImage(['x', 'y'], 2000);
  const builtId = built.manifests[0]?.blobs[0]?.descriptor.digest;
  for (const [what, archive, id] of [
    ['of Docker before 25', classicArchive(image), image.id],
    ['of Docker since 25', modernArchive(image), image.id],
    ['of an OCI layout', ociArchive([['acme/app:1', built]]), builtId],
  ] as const) {
    it(`${what}, at any block: is refused until all that counts is there, and leaves nothing`, async () => {
      await using world = await openLoadWorld();
      let loaded = 0;
      for (let end = 0; end <= archive.length; end += 512) {
        const before = await world.images();
        const outcome = await outcomeOf(world, archive.subarray(0, end));
        if (outcome instanceof EngineError) {
          assert.ok(['Corrupt', 'Unsupported'].includes(outcome.reason), `${end}: ${outcome.message}`);
          assert.deepEqual(await world.images(), before);
        } else {
          assert.deepEqual(
            outcome.map((image) => image.id),
            [id],
          );
          loaded++;
        }
        if (loaded === 0 && end % 4096 === 0) {
          assert.deepEqual(await world.leftovers(), { blobs: 0, bytes: 0, faults: 0 });
        }
      }
      assert.ok(loaded > 0);
      assert.equal((await world.leftovers()).faults, 0);
    });
  }
});

async function outcomeOf(world: LoadWorld, archive: Uint8Array): Promise<EngineError | readonly Loaded[]> {
  try {
    return await world.load(archive);
  } catch (error) {
    if (error instanceof EngineError) return error;
    throw error;
  }
}

describe('an archive with a flipped bit', function () {
  this.timeout(120_000);

  it('is refused, or is the very same image: 300 times', async () => {
    await using world = await openLoadWorld();
    const random = pseudoRandom(20261124);
    const archives = [classicArchive(image), modernArchive(image), gzipSync(classicArchive(image))];
    for (let round = 0; round < 300; round++) {
      const archive = Buffer.from(archives[round % archives.length] ?? '');
      const at = Math.floor(random() * archive.length);
      archive[at] = (archive[at] ?? 0) ^ (1 << Math.floor(random() * 8));
      await assertSameOrRefused(world, archive, `round ${round}, byte ${at}`);
    }
    assert.equal((await world.engine.verify()).length, 0);
  });
});

async function assertSameOrRefused(world: LoadWorld, archive: Buffer, what: string): Promise<void> {
  try {
    const loaded = await world.load(piecesOf(archive));
    // Names are not under any digest; a flipped letter is another name.
    for (const { id } of loaded) assert.equal(id, image.id, what);
  } catch (error) {
    assert.ok(error instanceof EngineError, `${what}: ${error instanceof Error ? error.stack : error}`);
    assert.ok(
      ['Corrupt', 'Unsupported', 'TooLarge', 'NoSuchPlatform'].includes(error.reason),
      `${what}: ${error.reason} ${error.message}`,
    );
  }
}
