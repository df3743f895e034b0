import assert from 'node:assert/strict';
import { mkdir, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EngineError } from '../../../src/engine/errors.ts';
import { type Digest, digestHex, digestOf, shortDigest } from '../../../src/engine/oci/digest.ts';
import { addRepoDigest, removeImage } from '../../../src/engine/store/entries.ts';
import { markProcess } from '../../../src/engine/store/processMark.ts';
import { Store } from '../../../src/engine/store/store.ts';
import {
  addImage,
  pushBlob,
  type SampleImage,
  sampleBlob,
  temporaryFolder,
} from '../../support/store/sampleStore.ts';

async function remove(store: Store, { manifest }: SampleImage): Promise<void> {
  await store.update((entries) => removeImage(entries, manifest.digest));
}

/** What a process that has ended left: its lease, or its ingest's owner. */
const gone = { ...markProcess(), pid: 2 ** 30 };

describe('collecting garbage', () => {
  it('removes what only a removed image used, and keeps what others use', async () => {
    await using folder = await temporaryFolder();
    const store = new Store({ directory: folder.path });
    const one = await addImage(store, ['base', 'one'], 'example.com/app:1');
    const two = await addImage(store, ['base', 'two'], 'example.com/app:2');
    assert.deepEqual((await store.gc()).blobs, []);
    await remove(store, one);
    const { blobs, bytes } = await store.gc();
    const expected = [one.manifest, one.config, ...one.layers.slice(1)];
    assert.deepEqual([...blobs].sort(), expected.map(({ digest }) => digest).sort());
    assert.equal(
      bytes,
      expected.reduce((sum, { size }) => sum + size, 0),
    );
    assert.deepEqual(await store.verify(), []);
    assert.ok(await store.exists(two.manifest));
  });

  it('keeps untagged images and the index that an image came through', async () => {
    await using folder = await temporaryFolder();
    await using store = new Store({ directory: folder.path });
    const { manifest } = await addImage(store, ['one'], 'example.com/app:1');
    const index = await pushBlob(store, sampleBlob('{"the": "index"}'));
    const repoDigest = { registry: 'example.com', repository: 'app', digest: index.digest };
    await store.update((entries) => addRepoDigest(entries, { manifest }, repoDigest));
    await store.tag(await pushBlob(store, sampleBlob('x', 'application/x')), 'example.com/app:1');
    await store[Symbol.asyncDispose]();
    assert.deepEqual((await store.gc()).blobs, []);
    assert.deepEqual(
      (await store.entries()).map(({ name }) => name),
      [undefined, 'example.com/app:1'],
    );
  });

  it('keeps what a live lease names, from before it is there until the lease ends', async () => {
    await using folder = await temporaryFolder();
    const store = new Store({ directory: folder.path });
    const blob = sampleBlob('leased');
    const lease = await store.lease();
    await lease.add([blob.descriptor.digest]);
    {
      await using pusher = new Store({ directory: folder.path });
      await pushBlob(pusher, blob);
    }
    assert.deepEqual((await store.gc()).blobs, []);
    await lease[Symbol.asyncDispose]();
    assert.deepEqual((await store.gc()).blobs, [blob.descriptor.digest]);
  });

  it('keeps what was pushed until it is tagged, and no longer', async () => {
    await using folder = await temporaryFolder();
    await using store = new Store({ directory: folder.path });
    const image = await addImage(store, ['one']);
    assert.deepEqual((await store.gc()).blobs, []);
    await store.tag(image.manifest, 'example.com/app:1');
    await remove(store, image);
    assert.equal((await store.gc()).blobs.length, 3);
  });

  it('forgets the lease and the unfinished download of a process that has ended', async () => {
    await using folder = await temporaryFolder();
    const store = new Store({ directory: folder.path });
    const blob = sampleBlob('abandoned');
    await using kept = await store.ingest(sampleBlob('in use').descriptor);
    assert.ok(kept);
    const ingest = join(store.cacheDirectory, 'ingest', blob.descriptor.digest.replace(':', '-'), '1');
    await mkdir(ingest, { recursive: true });
    await writeFile(join(ingest, 'data'), 'aban');
    await writeFile(join(ingest, 'owner.json'), JSON.stringify(gone));
    const leases = join(store.cacheDirectory, 'leases');
    await mkdir(leases);
    await writeFile(
      join(leases, 'x.json'),
      JSON.stringify({ process: gone, begun: 1, digests: [blob.descriptor.digest] }),
    );
    assert.equal((await store.usage()).reclaimableBytes, 4);
    assert.deepEqual(await store.gc(), { blobs: [], bytes: 4 });
    assert.deepEqual(await readdir(leases), []);
    assert.deepEqual(await readdir(join(store.cacheDirectory, 'ingest')), [
      sampleBlob('in use').descriptor.digest.replace(':', '-'),
    ]);
  });

  it('keeps a lease of another machine for as long as it is renewed', async () => {
    await using folder = await temporaryFolder();
    const store = new Store({ directory: folder.path });
    const { digest } = await pushBlob(store, sampleBlob('x'));
    await store[Symbol.asyncDispose]();
    const path = join(store.cacheDirectory, 'leases', 'far.json');
    await writeFile(
      path,
      JSON.stringify({ process: { ...gone, machine: 'elsewhere' }, begun: 1, digests: [digest] }),
    );
    assert.deepEqual((await store.gc()).blobs, []);
    const longAgo = new Date(Date.now() - 3_600_000);
    await utimes(path, longAgo, longAgo);
    assert.deepEqual((await store.gc()).blobs, [digest]);
  });

  it('removes layer indexes, stamps and unpacked pieces that no image uses', async () => {
    await using folder = await temporaryFolder();
    const store = new Store({ directory: folder.path });
    const { layers } = await addImage(store, ['one'], 'example.com/app:1');
    const [layer] = layers;
    assert.ok(layer);
    const other = digestOf('other');
    const files = ['indexes', 'stamps'].flatMap((kind) =>
      [layer.digest, other].map((digest) => cacheFile(store, kind, digest)),
    );
    for (const file of files) {
      await mkdir(join(file, '..'), { recursive: true });
      await writeFile(file, 'x');
    }
    for (const digest of [layer.digest, other]) {
      const chunks = cacheFile(store, 'chunks', digest);
      await mkdir(chunks, { recursive: true });
      await writeFile(join(chunks, '0'), 'x');
    }
    await store.gc();
    for (const kind of ['indexes', 'stamps', 'chunks']) {
      assert.deepEqual(
        await readdir(join(store.cacheDirectory, kind, 'sha256')),
        [digestHex(layer.digest)],
        kind,
      );
    }
  });

  it('leaves files alone that are no blobs', async () => {
    await using folder = await temporaryFolder();
    const store = new Store({ directory: folder.path });
    await addImage(store, ['one'], 'example.com/app:1');
    await writeFile(join(folder.path, 'blobs', 'sha256', 'README'), 'mine');
    await mkdir(join(folder.path, 'blobs', 'blake3'));
    await writeFile(join(folder.path, 'blobs', 'blake3', 'a'.repeat(64)), 'theirs');
    assert.deepEqual(await store.gc(), { blobs: [], bytes: 0 });
  });

  const damages: readonly (readonly [string, (path: string) => Promise<void>])[] = [
    ['missing', (path) => rm(path)],
    ['damaged', (path) => writeFile(path, '{}')],
  ];
  for (const [problem, damage] of damages) {
    it(`removes nothing while a manifest is ${problem}`, async () => {
      await using folder = await temporaryFolder();
      const store = new Store({ directory: folder.path });
      const { manifest } = await addImage(store, ['one'], 'example.com/app:1');
      await pushBlob(store, sampleBlob('garbage'));
      await store[Symbol.asyncDispose]();
      await damage(store.blobPath(manifest.digest));
      await assert.rejects(store.gc(), (error) => {
        assert.ok(error instanceof EngineError);
        assert.equal(error.reason, 'Corrupt');
        assert.match(error.message, /nothing was removed: run store verify --repair/);
        assert.equal(error.facts.reference, manifest.digest);
        return true;
      });
      assert.equal((await store.usage()).reclaimableBytes, 0);
      assert.deepEqual(await store.verify(), [
        { digest: manifest.digest, problem, images: ['example.com/app:1'] },
      ]);
      await store.update((entries) => removeImage(entries, manifest.digest));
      assert.ok((await store.gc()).blobs.length >= 3, 'with the image gone it works again');
    });
  }
});

describe('the usage of a store', () => {
  it('counts each blob once, as unique, shared or reclaimable', async () => {
    await using folder = await temporaryFolder();
    const store = new Store({ directory: folder.path });
    const one = await addImage(store, ['base', 'first layer'], 'example.com/app:1', 'example.com/app:one');
    const two = await addImage(store, ['base', 'second'], 'example.com/app:2');
    const garbage = sampleBlob('garbage');
    await pushBlob(store, garbage);
    await store[Symbol.asyncDispose]();
    const unique = [one, two].flatMap(({ manifest, config, layers }) => [
      manifest,
      config,
      ...layers.slice(1),
    ]);
    const uniqueBytes = unique.reduce((sum, { size }) => sum + size, 0);
    assert.deepEqual(await store.usage(), {
      images: 2,
      tags: 3,
      blobs: 8,
      totalBytes: uniqueBytes + 4 + garbage.bytes.length,
      uniqueBytes,
      sharedBytes: 4,
      reclaimableBytes: garbage.bytes.length,
    });
  });
});

describe('verifying a store', () => {
  it('names every missing and damaged blob with the images that need it', async () => {
    await using folder = await temporaryFolder();
    const store = new Store({ directory: folder.path });
    const one = await addImage(store, ['base', 'one'], 'example.com/app:1');
    const two = await addImage(store, ['base', 'two'], 'example.com/app:2', 'example.com/app:two');
    await store.update((entries) => entries.map((entry) => entry));
    const [base, top] = two.layers;
    assert.ok(base && top);
    await rm(store.blobPath(base.digest));
    await writeFile(store.blobPath(top.digest), 'TWO');
    const faults = await store.verify();
    assert.deepEqual(
      [...faults].sort((a, b) => a.images.length - b.images.length),
      [
        { digest: top.digest, problem: 'damaged', images: ['example.com/app:2', 'example.com/app:two'] },
        {
          digest: base.digest,
          problem: 'missing',
          images: ['example.com/app:1', 'example.com/app:2', 'example.com/app:two'],
        },
      ],
    );
    assert.ok(await store.exists(one.manifest));
  });

  it('names an image without a tag by its ID', async () => {
    await using folder = await temporaryFolder();
    const store = new Store({ directory: folder.path });
    const { manifest, config } = await addImage(store, ['one']);
    const repoDigest = { registry: 'example.com', repository: 'app', digest: manifest.digest };
    await store.update((entries) => addRepoDigest(entries, { manifest, id: config.digest }, repoDigest));
    await rm(store.blobPath(config.digest));
    assert.deepEqual((await store.verify())[0]?.images, [shortDigest(config.digest)]);
  });

  it('lets a damaged blob be removed and come again', async () => {
    await using folder = await temporaryFolder();
    const store = new Store({ directory: folder.path });
    const { layers } = await addImage(store, ['one'], 'example.com/app:1');
    const [layer] = layers;
    assert.ok(layer);
    await writeFile(store.blobPath(layer.digest), 'ONE');
    assert.equal((await store.verify())[0]?.problem, 'damaged');
    await store.removeBlob(layer.digest);
    await pushBlob(store, sampleBlob('one'));
    assert.deepEqual(await store.verify(), []);
  });
});

function cacheFile(store: Store, kind: string, digest: Digest): string {
  return join(store.cacheDirectory, kind, 'sha256', digestHex(digest));
}
