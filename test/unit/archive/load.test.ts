import assert from 'node:assert/strict';
import { buffer } from 'node:stream/consumers';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { digestOf } from '../../../src/engine/oci/digest.ts';
import { hostPlatform } from '../../../src/engine/oci/platform.ts';
import { familiarReference } from '../../../src/engine/oci/reference.ts';
import { type LoadWorld, openLoadWorld, piecesOf } from '../../support/archives/loadWorld.ts';
import {
  classicArchive,
  classicItems,
  modernArchive,
  ociArchive,
  plainImage,
} from '../../support/archives/sampleArchives.ts';
import { randomImage } from '../../support/randomImage.ts';
import { buildIndex, buildManifest, withoutIndex } from '../../support/sampleRegistry/imageBuilder.ts';
import { file as layerFile } from '../../support/sampleRegistry/layerTar.ts';
import { file, tarOf } from '../../support/tarWriter.ts';

const one = plainImage(['base', 'app'], ['acme/app:1', 'acme/app:latest']);
const two = plainImage(['base', 'web'], ['registry.example:5000/acme/web:2']);
const nameless = plainImage(['base'], []);

const packings = [
  { packing: 'as it is', pack: (tar: Buffer) => tar },
  { packing: 'packed with gzip', pack: (tar: Buffer) => gzipSync(tar) },
  { packing: 'packed with zstd', pack: (tar: Buffer) => zstdCompressSync(tar) },
  {
    packing: 'packed with gzip in two members',
    pack: (tar: Buffer) => Buffer.concat([gzipSync(tar.subarray(0, 5000)), gzipSync(tar.subarray(5000))]),
  },
];

const items = classicItems(one, two, nameless);
const layouts = [
  { layout: 'of Docker before 25', archive: classicArchive(one, two, nameless) },
  { layout: 'with its lists first', archive: tarOf(...items.toReversed()) },
  { layout: 'without end blocks', archive: classicArchive(one, two, nameless).subarray(0, -1024) },
  {
    layout: 'with names that begin with ./',
    archive: tarOf(...items.map((item) => ({ ...item, path: `./${item.path}` }))),
  },
];

const idOf = (image: { readonly id: string; readonly tags: readonly string[] }) =>
  [image.id, ...image.tags].join(' ');

describe('loading a docker-archive', function () {
  this.timeout(60_000);

  for (const { packing, pack } of packings) {
    for (const { layout, archive } of packing === 'as it is' ? layouts : layouts.slice(0, 1)) {
      it(`${layout}, ${packing}, gives its images, names and IDs`, async () => {
        await using world = await openLoadWorld();
        const loaded = await world.load(pack(archive));
        const expected = [one, two, nameless].map(idOf);
        assert.deepEqual(
          loaded.map(({ id, tags }) => [id, ...tags.map(familiarReference)].join(' ')),
          expected,
        );
        assert.deepEqual(await world.images(), expected.toSorted());
        assert.deepEqual(await world.leftovers(), { blobs: 9, bytes: 0, faults: 0 });
      });
    }
  }

  it('takes pieces of any size', async () => {
    for (const size of [1, 511, 4096, 1_000_000]) {
      await using world = await openLoadWorld();
      await world.load(piecesOf(classicArchive(one), size));
      assert.deepEqual(await world.images(), [idOf(one)]);
    }
  });

  it('gives the same manifest every time', async () => {
    const digests = new Set<string>();
    for (const archive of [
      classicArchive(one),
      tarOf(...classicItems(one).toReversed()),
      gzipSync(classicArchive(one)),
    ]) {
      await using world = await openLoadWorld();
      await world.load(archive);
      digests.add((await world.engine.image('acme/app:1')).manifest.digest);
    }
    assert.equal(digests.size, 1);
  });

  it('keeps layers as they are, and can list them', async () => {
    await using world = await openLoadWorld();
    await world.load(classicArchive(one));
    const layers = await world.engine.layers(await world.engine.image('acme/app:1'));
    assert.deepEqual(
      layers.map(({ descriptor }) => descriptor?.digest),
      one.diffIds,
    );
    assert.deepEqual(
      layers.map(({ diffId }) => diffId),
      one.diffIds,
    );
  });

  it('takes layers that are packed', async () => {
    const packed = { ...one, layers: one.layers.map((layer) => gzipSync(layer)) };
    await using world = await openLoadWorld();
    await world.load(classicArchive(packed));
    assert.deepEqual(await world.images(), [idOf(one)]);
    const layers = await world.engine.layers(await world.engine.image('acme/app:1'));
    assert.deepEqual(
      layers.map(({ descriptor }) => descriptor?.digest),
      packed.layers.map((layer) => digestOf(layer)),
    );
  });

  it('keeps the manifest that Docker writes since 25', async () => {
    const image = plainImage(['modern'], ['tool:3']);
    await using world = await openLoadWorld();
    await world.load(modernArchive(image));
    assert.deepEqual(await world.images(), [idOf(image)]);
  });

  it('changes nothing the second time', async () => {
    await using world = await openLoadWorld();
    await world.load(classicArchive(one, two));
    const before = await world.leftovers();
    await world.load(classicArchive(one, two));
    assert.deepEqual(await world.leftovers(), before);
    assert.deepEqual(await world.images(), [one, two].map(idOf).toSorted());
  });

  it('tells which image had a tag before, and keeps that image', async () => {
    const newer = plainImage(['base', 'newer'], ['acme/app:1']);
    await using world = await openLoadWorld();
    await world.load(classicArchive(one));
    const [loaded] = await world.load(classicArchive(newer));
    assert.deepEqual(
      loaded?.moved.map(({ tag, from }) => [familiarReference(tag), from]),
      [['acme/app:1', one.id]],
    );
    assert.deepEqual(await world.images(), [`${one.id} acme/app:latest`, idOf(newer)].toSorted());
  });

  it('uses a layer that is there under another compression', async () => {
    const packed = { ...plainImage(['base', 'other'], ['x:1']) };
    const archive = classicArchive({ ...packed, layers: packed.layers.map((layer) => gzipSync(layer)) });
    await using world = await openLoadWorld();
    await world.load(archive);
    await world.load(classicArchive(one));
    const layers = await world.engine.layers(await world.engine.image('acme/app:1'));
    const [base] = packed.layers;
    assert.ok(base);
    assert.equal(layers[0]?.descriptor?.digest, digestOf(gzipSync(base)));
    assert.equal(layers[1]?.descriptor?.digest, one.diffIds[1]);
  });

  it('is the stored image again where the store has the ID', async () => {
    const image = randomImage(['same'], 3000);
    await using world = await openLoadWorld();
    await world.load(ociArchive([['acme/same:oci', image]]));
    const archive = await buffer(world.engine.save(['acme/same:oci']));
    await world.load(archive);
    assert.equal((await world.engine.images()).length, 1);
    assert.equal((await world.engine.image('acme/same:oci')).manifest.digest, image.descriptor.digest);
  });
});

const names = [
  { name: 'docker.io/acme/app:1', tags: ['acme/app:1'] },
  { name: 'registry.example:5000/acme/app:1', tags: ['registry.example:5000/acme/app:1'] },
  { name: 'alpine:3.19', tags: ['alpine:3.19'] },
  { name: 'latest', tags: [] },
  { name: '3.19', tags: [] },
  { name: 'not a name', tags: [] },
  { name: '\u001b[31mred:1', tags: [] },
  { name: undefined, tags: [] },
];

describe('loading the tar of an OCI layout', function () {
  this.timeout(60_000);

  for (const { name, tags } of names) {
    it(`calls what is named ${JSON.stringify(name)} ${tags[0] ?? 'nothing'}`, async () => {
      await using world = await openLoadWorld();
      const [loaded] = await world.load(ociArchive([[name, randomImage(['x'], 1000)]]));
      assert.deepEqual(loaded?.tags.map(familiarReference), tags);
      assert.equal((await world.leftovers()).faults, 0);
    });
  }

  it('keeps manifests byte for byte', async () => {
    const image = randomImage(['x', 'y'], 1000);
    await using world = await openLoadWorld();
    await world.load(gzipSync(ociArchive([['acme/x:1', image]])));
    assert.equal((await world.engine.image('acme/x:1')).manifest.digest, image.descriptor.digest);
  });

  const manifestFor = (architecture: string) =>
    buildManifest({
      platform: { os: 'linux', architecture },
      steps: [{ createdBy: 'COPY', created: new Date(0), files: [layerFile('arch', architecture)] }],
    });

  it('takes the platform of this machine from an index', async () => {
    const own = manifestFor(hostPlatform().architecture);
    await using world = await openLoadWorld();
    await world.load(ociArchive([['acme/multi:1', buildIndex([manifestFor('s390x'), own])]]));
    assert.equal((await world.engine.image('acme/multi:1')).manifest.digest, own.descriptor.digest);
  });

  it('looks only at platforms that are in the archive', async () => {
    const own = manifestFor(hostPlatform().architecture);
    const index = buildIndex([own, manifestFor('s390x')]);
    await using world = await openLoadWorld();
    const archive = ociArchive([['acme/multi:1', { ...index, manifests: [manifestFor('s390x')] }]]);
    await assert.rejects(world.load(archive), { reason: 'NoSuchPlatform' });
    assert.deepEqual(await world.leftovers(), { blobs: 0, bytes: 0, faults: 0 });
  });

  it('loads the manifest of another platform where that is all there is', async () => {
    await using world = await openLoadWorld();
    await world.load(ociArchive([['acme/other:1', withoutIndex(manifestFor('s390x'))]]));
    assert.equal((await world.engine.image('acme/other:1')).platform.architecture, 's390x');
  });
});

describe('a load that is cancelled', function () {
  this.timeout(60_000);
  const big = plainImage(['one', 'two', 'three'], ['acme/big:1'], 600_000);

  it('leaves nothing, wherever it stands', async () => {
    const archive = classicArchive(big);
    await using world = await openLoadWorld();
    for (const part of [0, 0.1, 0.5, 0.9, 1]) {
      const controller = new AbortController();
      const source = async function* () {
        yield* piecesOf(archive.subarray(0, archive.length * part), 65_536);
        controller.abort();
        yield* piecesOf(archive.subarray(archive.length * part), 65_536);
      };
      await assert.rejects(world.load(source(), controller.signal), { reason: 'Cancelled' });
    }
    await assertEmpty(world);
  });

  it('ends at once where the archive’s source is silent', async () => {
    await using world = await openLoadWorld();
    const controller = new AbortController();
    const source = async function* () {
      yield Uint8Array.from(classicArchive(big).subarray(0, 100_000));
      setTimeout(() => controller.abort(), 50);
      await new Promise(() => undefined);
    };
    await assert.rejects(world.load(source(), controller.signal), { reason: 'Cancelled' });
    await assertEmpty(world);
  });
});

async function assertEmpty(world: LoadWorld): Promise<void> {
  assert.deepEqual(await world.images(), []);
  assert.deepEqual(await world.leftovers(), { blobs: 0, bytes: 0, faults: 0 });
}

describe('what is no archive of images', () => {
  for (const [what, bytes] of [
    ['nothing at all', Buffer.alloc(0)],
    ['text', Buffer.from('hello\n'.repeat(200))],
    ['zeros', Buffer.alloc(10_240)],
    ['a tar of other things', tarOf(file('hello', 'world'))],
    ['an archive without images', tarOf(file('manifest.json', '[]'))],
  ] as const) {
    it(`is refused: ${what}`, async () => {
      await using world = await openLoadWorld();
      await assert.rejects(world.load(bytes), (error: Error & { reason?: string }) => {
        assert.ok(error.reason === 'Unsupported' || error.reason === 'Corrupt', String(error));
        return true;
      });
      await assertEmpty(world);
    });
  }
});
