import assert from 'node:assert/strict';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { type LoadWorld, openLoadWorld } from '../../support/archives/loadWorld.ts';
import {
  classicArchive,
  modernArchive,
  ociArchive,
  plainImage,
} from '../../support/archives/sampleArchives.ts';
import { randomImage } from '../../support/randomImage.ts';

const one = plainImage(['base', 'app'], ['acme/app:1'], 300_000);
const two = plainImage(['base', 'web'], ['acme/web:1']);
const modern = plainImage(['modern'], ['tool:3']);
const built = randomImage(['x', 'y'], 3000);

const archives: Readonly<Record<string, Buffer>> = {
  'docker.tar': classicArchive(one, two),
  'docker.tgz': gzipSync(classicArchive(one, two)),
  'docker.tar.zst': zstdCompressSync(classicArchive(one, two)),
  'with:colon.tar': classicArchive(one),
  'modern.tar': modernArchive(modern),
  'oci.tar': ociArchive([['docker.io/acme/built:1', built]]),
  'bare.tar': ociArchive([
    ['latest', built],
    ['other', randomImage(['z'], 100)],
  ]),
  'cut.tar': classicArchive(one).subarray(0, 4000),
};

const builtId = built.manifests[0]?.blobs[0]?.descriptor.digest ?? '';
const found = [
  { place: 'docker-archive:docker.tar:acme/app:1', id: one.id, files: ['/data', '/data/app', '/data/base'] },
  {
    place: 'docker-archive:docker.tar:docker.io/acme/web:1',
    id: two.id,
    files: ['/data', '/data/base', '/data/web'],
  },
  { place: 'docker-archive:docker.tgz:acme/app:1', id: one.id, files: ['/data', '/data/app', '/data/base'] },
  {
    place: 'docker-archive:docker.tar.zst:acme/web:1',
    id: two.id,
    files: ['/data', '/data/base', '/data/web'],
  },
  { place: 'docker-archive:with:colon.tar', id: one.id, files: ['/data', '/data/app', '/data/base'] },
  { place: 'docker-archive:modern.tar', id: modern.id, files: ['/data', '/data/modern'] },
  { place: 'oci-archive:modern.tar', id: modern.id, files: ['/data', '/data/modern'] },
  { place: 'oci-archive:oci.tar', id: builtId, files: ['/data', '/data/x', '/data/y'] },
  { place: 'oci-archive:oci.tar:acme/built:1', id: builtId, files: ['/data', '/data/x', '/data/y'] },
  { place: 'oci-archive:bare.tar:latest', id: builtId, files: ['/data', '/data/x', '/data/y'] },
];

const refused = [
  { place: 'docker-archive:docker.tar', reason: 'Ambiguous', says: /several images/ },
  { place: 'docker-archive:docker.tar:nosuch', reason: 'NotFound', says: /no image named nosuch/ },
  { place: 'oci-archive:bare.tar', reason: 'Ambiguous', says: /oci-archive:FILE:NAME must say which/ },
  { place: 'oci-archive:docker.tar', reason: 'Unsupported', says: /no OCI image layout/ },
  { place: 'docker-archive:oci.tar', reason: 'Unsupported', says: /no docker-archive/ },
  { place: 'docker-archive:nosuch.tar', reason: 'Io', says: /no such file/ },
  { place: 'docker-archive:cut.tar', reason: 'Corrupt', says: /ends in the middle/ },
  { place: 'docker-archive:', reason: 'Invalid', says: /write docker-archive:FILE/ },
];

describe('an image in an archive', function () {
  this.timeout(60_000);
  let world: LoadWorld;
  before(async () => {
    world = await openLoadWorld();
    for (const [name, bytes] of Object.entries(archives)) await writeFile(join(world.folder, name), bytes);
  });
  after(async () => {
    await world[Symbol.asyncDispose]();
  });
  const placed = (place: string) => place.replace(/:(?=.)/, `:${world.folder}/`);

  for (const { place, id, files } of found) {
    it(`is read where it is: ${place}`, async () => {
      const image = await world.engine.image(placed(place));
      assert.equal(image.id, id);
      const rows = [...(await world.engine.files(image))];
      assert.deepEqual(
        rows.map(({ path }) => path),
        files,
      );
      const layers = await world.engine.layers(image);
      assert.equal(
        image.size,
        rows.reduce((sum, { size }) => sum + size, 0),
      );
      assert.equal(layers.length, files.length - 1);
      assert.equal((await world.engine.history(image)).length, layers.length);
      assert.equal((await world.engine.inspect(image)).Id, id);
    });
  }

  for (const { place, reason, says } of refused) {
    it(`is refused in one sentence: ${place}`, async () => {
      await assert.rejects(world.engine.image(placed(place)), { reason, message: says });
    });
  }

  it('is verified before anything is said of it', async () => {
    const damaged = Buffer.from(archives['docker.tar'] ?? '');
    const at = damaged.indexOf('data/app') + 5000;
    damaged.writeUInt8(damaged.readUInt8(at) ^ 1, at);
    await writeFile(join(world.folder, 'damaged.tar'), damaged);
    const reading = async () =>
      world.engine.files(await world.engine.image(placed('docker-archive:damaged.tar:acme/app:1')));
    await assert.rejects(reading(), { reason: 'DigestMismatch' });
  });

  describe('that is packed', () => {
    const { TMPDIR } = process.env;
    beforeEach(() => {
      process.env.TMPDIR = world.folder;
    });
    afterEach(() => {
      if (TMPDIR === undefined) delete process.env.TMPDIR;
      else process.env.TMPDIR = TMPDIR;
    });
    const copies = async () =>
      (await readdir(world.folder)).filter((name) => name.startsWith('strata-archive-'));

    it('leaves nothing in the store, and no copy once the engine is done', async () => {
      const before = await copies();
      {
        await using other = await openLoadWorld();
        await other.engine.image(placed('docker-archive:docker.tgz:acme/app:1'));
        assert.equal((await copies()).length, before.length + 1);
        assert.deepEqual(await other.images(), []);
      }
      assert.deepEqual(await copies(), before);
    });
  });
});
