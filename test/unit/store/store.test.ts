import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { chmod, mkdir, readdir, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { EngineError, type Reason } from '../../../src/engine/errors.ts';
import { digestOf } from '../../../src/engine/oci/digest.ts';
import { mediaType } from '../../../src/engine/oci/mediaType.ts';
import { hostPlatform, platformToJson } from '../../../src/engine/oci/platform.ts';
import { addRepoDigest, removeImage, untag } from '../../../src/engine/store/entries.ts';
import { Store } from '../../../src/engine/store/store.ts';
import {
  addImage,
  chunksOf,
  pushBlob,
  sampleBlob,
  sampleImage,
  temporaryFolder,
} from '../../support/store/sampleStore.ts';

const tagA = 'example.com/app:a';
const tagB = 'example.com/app:b';

/** A store in a folder of its own, not made yet. */
async function newStore(): Promise<AsyncDisposable & { readonly store: Store; readonly directory: string }> {
  const folder = await temporaryFolder();
  const directory = join(folder.path, 'store');
  const store = new Store({ directory });
  return {
    store,
    directory,
    async [Symbol.asyncDispose]() {
      await store[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

function failsWith(reason: Reason, message?: RegExp) {
  return (error: unknown): boolean => {
    assert.ok(error instanceof EngineError, String(error));
    assert.equal(error.reason, reason, error.message);
    if (message) assert.match(error.message, message);
    return true;
  };
}

describe('a store', () => {
  it('reads as empty and makes nothing while nobody writes', async () => {
    await using at = await newStore();
    assert.deepEqual(await at.store.entries(), []);
    assert.equal((await at.store.usage()).totalBytes, 0);
    assert.deepEqual(await at.store.verify(), []);
    assert.deepEqual(await at.store.gc(), { blobs: [], bytes: 0 });
    await at.store.update((entries) => removeImage(entries, digestOf('none')));
    await assert.rejects(at.store.resolve(tagA), failsWith('NotFound'));
    await assert.rejects(readdir(at.directory), { code: 'ENOENT' });
  });

  it('is an image layout from the first write on', async () => {
    await using at = await newStore();
    const { manifest } = await addImage(at.store, ['one'], tagA);
    assert.deepEqual(JSON.parse(await readFile(join(at.directory, 'oci-layout'), 'utf8')), {
      imageLayoutVersion: '1.0.0',
    });
    const index = JSON.parse(await readFile(join(at.directory, 'index.json'), 'utf8'));
    assert.equal(index.schemaVersion, 2);
    assert.equal(index.manifests[0].digest, manifest.digest);
    assert.equal(index.manifests[0].annotations['org.opencontainers.image.ref.name'], tagA);
  });

  it('resolves tags, digests and repo digests', async () => {
    await using at = await newStore();
    const { manifest } = await addImage(at.store, ['one'], tagA);
    const repoDigest = { registry: 'example.com', repository: 'app', digest: digestOf('the index') };
    await at.store.update((entries) => addRepoDigest(entries, { manifest }, repoDigest));
    for (const name of [tagA, manifest.digest, `example.com/app@${repoDigest.digest}`]) {
      assert.equal((await at.store.resolve(name)).digest, manifest.digest, name);
    }
    await at.store.update((entries) => removeImage(entries, manifest.digest));
    assert.deepEqual(await at.store.resolve(manifest.digest), manifest, 'a manifest that no entry names');
  });

  it('loses nothing when strata/ is deleted', async () => {
    await using at = await newStore();
    const { manifest } = await addImage(at.store, ['one'], tagA);
    await rm(at.store.cacheDirectory, { recursive: true });
    assert.equal((await at.store.resolve(tagA)).digest, manifest.digest);
    await at.store.tag(manifest, tagB);
    assert.deepEqual(await at.store.verify(), []);
    assert.equal((await at.store.entries()).length, 2);
  });

  // In a process of its own: what it guards against cannot be stopped from within.
  (process.platform === 'linux' ? it : it.skip)('says so where its folder can never be made', () => {
    const layout = join(import.meta.dirname, '..', '..', '..', 'src', 'engine', 'store', 'layout.ts');
    const program = `import(${JSON.stringify(pathToFileURL(layout).href)})
      .then(({ makeFolder }) => makeFolder('/proc/strata/blobs'))
      .catch(({ reason, message }) => console.log(reason, message));`;
    const { stdout, signal } = spawnSync(process.execPath, ['-e', program], { timeout: 8000 });
    assert.equal(signal, null);
    assert.equal(String(stdout), 'Io cannot make the folder /proc/strata/blobs: no such file or directory\n');
  }).timeout(10_000);

  for (const umask of [0, 0o22, 0o77]) {
    it(`is not writable for others under umask ${umask.toString(8)}`, async function () {
      if (process.platform === 'win32') this.skip();
      const before = process.umask(umask);
      try {
        await using at = await newStore();
        await addImage(at.store, ['one'], tagA);
        await using lease = await at.store.lease();
        await lease.add([digestOf('x')]);
        await using ingest = await at.store.ingest(sampleBlob('partial').descriptor);
        assert.ok(ingest);
        const files = await readdir(at.directory, { recursive: true });
        assert.ok(files.length > 10);
        for (const file of files) {
          const { mode } = await stat(join(at.directory, file));
          assert.equal(mode & 0o022, 0, `${file} has mode ${mode.toString(8)}`);
        }
      } finally {
        process.umask(before);
      }
    });
  }

  it('tells of a change of the list that another store object made', async () => {
    await using at = await newStore();
    const other = new Store({ directory: at.directory });
    assert.deepEqual(await other.entries(), []);
    await addImage(at.store, ['one'], tagA);
    assert.equal((await other.entries()).length, 1);
    const seen = await other.entries();
    await at.store.update((entries) =>
      untag(entries, { registry: 'example.com', repository: 'app', tag: 'a' }),
    );
    assert.equal(seen[0]?.name, tagA);
    assert.equal((await other.entries())[0]?.name, undefined);
  });

  it('refuses a second change from within a change', async () => {
    await using at = await newStore();
    await addImage(at.store, ['one'], tagA);
    const inner: Promise<unknown>[] = [];
    await at.store.update((entries) => {
      inner.push(at.store.removeBlob(digestOf('x')).catch((error: unknown) => error));
      return entries.slice(1);
    });
    // The first call is the look without the lock, the second is under it.
    const [outside, within] = await Promise.all(inner);
    assert.equal(outside, undefined);
    assert.match(String(within), /not re-entrant/);
    assert.deepEqual(await at.store.entries(), []);
  });

  it('that is only read refuses every write and makes nothing', async () => {
    await using at = await newStore();
    await addImage(at.store, ['one'], tagA);
    const before = (await readdir(at.directory, { recursive: true })).sort();
    const reader = new Store({ directory: at.directory, readOnly: true });
    const { manifest } = await at.store.resolve(tagA).then((descriptor) => ({ manifest: descriptor }));
    const refused = failsWith('Unsupported', /is only read/);
    await assert.rejects(pushBlob(reader, sampleBlob('new')), refused);
    await assert.rejects(reader.tag(manifest, tagB), refused);
    await assert.rejects(
      reader.update(() => []),
      refused,
    );
    await assert.rejects(reader.gc(), refused);
    await assert.rejects(reader.lease(), refused);
    assert.equal((await reader.resolve(tagA)).digest, manifest.digest);
    assert.deepEqual(await reader.verify(), []);
    assert.deepEqual((await readdir(at.directory, { recursive: true })).sort(), before);
  });
});

describe('a broken store', () => {
  const broken: readonly (readonly [string, string])[] = [
    ['half written', '{"schemaVersion":2,"manifests":[{"mediaType":'],
    ['empty', ''],
    ['not JSON', 'hello'],
    ['no object', '[]'],
    ['of another schema', '{"schemaVersion":1,"manifests":[]}'],
    ['without a list', '{"schemaVersion":2}'],
    ['with an entry that is none', '{"schemaVersion":2,"manifests":[{"digest":"../../x"}]}'],
  ];
  for (const [state, content] of broken) {
    it(`with an index.json ${state} says what to do and is left as it is`, async () => {
      await using at = await newStore();
      await addImage(at.store, ['one'], tagA);
      const index = join(at.directory, 'index.json');
      await writeFile(index, content);
      const says = failsWith('Corrupt', /index\.json is broken .* put a copy back/);
      await assert.rejects(at.store.entries(), says);
      await assert.rejects(
        at.store.update(() => []),
        says,
      );
      await assert.rejects(at.store.gc(), says);
      assert.equal(await readFile(index, 'utf8'), content);
      assert.equal((await readdir(join(at.directory, 'blobs', 'sha256'))).length, 3);
    });
  }

  it('waits a moment for an index.json that another tool is just writing', async () => {
    await using at = await newStore();
    await addImage(at.store, ['one'], tagA);
    const index = join(at.directory, 'index.json');
    const whole = await readFile(index);
    await writeFile(index, whole.subarray(0, 40));
    const reading = at.store.entries();
    setTimeout(() => void writeFile(index, whole), 20);
    assert.equal((await reading).length, 1);
  });

  it('with a pipe in place of its marker is refused instead of waited for', async function () {
    if (process.platform === 'win32') this.skip();
    await using at = await newStore();
    await mkdir(at.directory, { recursive: true });
    execFileSync('mkfifo', [join(at.directory, 'oci-layout')]);
    await assert.rejects(at.store.entries(), failsWith('Corrupt', /oci-layout is not a regular file/));
  });

  it('with a marker of absurd size is refused unread', async () => {
    await using at = await newStore();
    await mkdir(at.directory, { recursive: true });
    await writeFile(join(at.directory, 'oci-layout'), ' '.repeat(100_000));
    await assert.rejects(at.store.entries(), failsWith('Corrupt', /larger than 64 KiB/));
  });

  it('of another layout version is refused', async () => {
    await using at = await newStore();
    await mkdir(at.directory, { recursive: true });
    await writeFile(join(at.directory, 'oci-layout'), '{"imageLayoutVersion":"2.0.0"}');
    await assert.rejects(at.store.entries(), failsWith('Unsupported', /version "2.0.0"/));
    await assert.rejects(pushBlob(at.store, sampleBlob('x')), failsWith('Unsupported'));
  });

  it('with a symlink in place of a blob does not follow it, and heals when the blob comes again', async function () {
    if (process.platform === 'win32') this.skip();
    await using at = await newStore();
    const blob = sampleBlob('content');
    await pushBlob(at.store, blob);
    const path = at.store.blobPath(blob.descriptor.digest);
    await rename(path, join(at.directory, 'elsewhere'));
    await symlink(join(at.directory, 'elsewhere'), path);
    await assert.rejects(at.store.fetch(blob.descriptor), failsWith('Corrupt', /not a regular file/));
    assert.equal(await at.store.exists(blob.descriptor), false);
    await pushBlob(at.store, blob);
    assert.equal(await text(await at.store.fetch(blob.descriptor)), 'content');
    assert.ok((await stat(join(at.directory, 'elsewhere'))).isFile());
  });

  it('that must not be written to says so', async function () {
    if (process.platform === 'win32' || process.getuid?.() === 0) this.skip();
    await using at = await newStore();
    const { manifest } = await addImage(at.store, ['one'], tagA);
    await chmod(at.store.cacheDirectory, 0o555);
    await chmod(join(at.store.cacheDirectory, 'lock'), 0o555);
    try {
      await assert.rejects(at.store.tag(manifest, tagB), failsWith('Io', /permission denied/));
      assert.equal((await at.store.entries()).length, 1);
    } finally {
      await chmod(at.store.cacheDirectory, 0o755);
      await chmod(join(at.store.cacheDirectory, 'lock'), 0o755);
    }
  });

  it('whose folder cannot be made says so', async () => {
    await using folder = await temporaryFolder();
    await writeFile(join(folder.path, 'file'), '');
    const store = new Store({ directory: join(folder.path, 'file', 'store') });
    await assert.rejects(pushBlob(store, sampleBlob('x')), failsWith('Io'));
  });
});

describe('a layout that another tool wrote', () => {
  it('keeps what is not ours when we write to it', async () => {
    await using at = await newStore();
    const image = sampleImage(['one']);
    for (const blob of image.blobs) await pushBlob(at.store, blob);
    const foreign = {
      schemaVersion: 2,
      annotations: { 'com.example': 'of the index' },
      extra: [1, 2, 3],
      manifests: [
        {
          ...image.manifest.descriptor,
          annotations: { 'org.opencontainers.image.ref.name': 'v1', 'com.example': 'x' },
          extra: true,
        },
        { mediaType: mediaType.ociIndex, digest: digestOf('not here'), size: 8 },
      ],
    };
    await writeFile(join(at.directory, 'index.json'), JSON.stringify(foreign));
    assert.equal((await at.store.resolve('v1')).digest, image.manifest.descriptor.digest);
    await at.store.tag(image.manifest.descriptor, tagA);
    const { manifests, ...rest } = JSON.parse(await readFile(join(at.directory, 'index.json'), 'utf8'));
    assert.deepEqual(manifests.slice(0, 2), foreign.manifests);
    assert.equal(manifests.length, 3);
    assert.deepEqual(rest, { schemaVersion: 2, annotations: foreign.annotations, extra: foreign.extra });
  });

  it('describes an index by the best platform that is there', async () => {
    await using at = await newStore();
    const own = sampleImage(['own'], hostPlatform());
    const other = sampleImage(['other'], { os: 'linux', architecture: 's390x' });
    for (const blob of [...own.blobs, ...other.blobs]) await pushBlob(at.store, blob);
    const absent = sampleImage(['absent'], hostPlatform());
    const index = sampleBlob(
      JSON.stringify({
        schemaVersion: 2,
        mediaType: mediaType.ociIndex,
        manifests: [
          { ...absent.manifest.descriptor, platform: platformToJson(hostPlatform()) },
          { ...other.manifest.descriptor, platform: { os: 'linux', architecture: 's390x' } },
          { ...own.manifest.descriptor, platform: platformToJson(hostPlatform()) },
        ],
      }),
      mediaType.ociIndex,
    );
    await pushBlob(at.store, index);
    await at.store.tag(index.descriptor, tagA);
    const [entry] = await at.store.entries();
    assert.ok(entry);
    assert.equal(entry.imageId, undefined, 'an index has no one image ID');
    const described = await at.store.describe(entry);
    assert.equal(described?.descriptor.digest, own.manifest.descriptor.digest);
    assert.equal(described?.id, own.config.descriptor.digest);
    assert.deepEqual(await at.store.verify(), [], 'platforms that were left out are no fault');
    const { blobs } = await at.store.gc();
    assert.deepEqual(blobs, [], 'all that is there belongs to the index');
  });

  it('describes an artefact as no image', async () => {
    await using at = await newStore();
    const config = sampleBlob('{}', mediaType.ociEmpty);
    const layer = sampleBlob('chart', 'application/vnd.example.chart');
    const manifest = sampleBlob(
      JSON.stringify({
        schemaVersion: 2,
        mediaType: mediaType.ociManifest,
        config: config.descriptor,
        layers: [layer.descriptor],
      }),
      mediaType.ociManifest,
    );
    for (const blob of [config, layer, manifest]) await pushBlob(at.store, blob);
    await at.store.tag(manifest.descriptor, tagA);
    const [entry] = await at.store.entries();
    assert.equal(entry && (await at.store.describe(entry)), undefined);
    assert.deepEqual((await at.store.gc()).blobs, []);
  });
});

describe('pushing to a store', () => {
  const wrong: readonly (readonly [string, Uint8Array])[] = [
    ['other bytes', Buffer.from('CONTENT')],
    ['too few bytes', Buffer.from('conten')],
    ['too many bytes', Buffer.from('content!')],
  ];
  for (const [what, bytes] of wrong) {
    it(`${what} fails and leaves nothing`, async () => {
      await using at = await newStore();
      const { descriptor } = sampleBlob('content');
      await assert.rejects(at.store.push(descriptor, chunksOf(bytes, 3)), failsWith('DigestMismatch'));
      assert.equal(await at.store.exists(descriptor), false);
      assert.deepEqual(await readdir(join(at.store.cacheDirectory, 'ingest')), []);
    });
  }

  it('is cancelled while it waits for bytes', async () => {
    await using at = await newStore();
    const stop = new AbortController();
    const { descriptor } = sampleBlob('content');
    async function* stuck(): AsyncGenerator<Uint8Array, void, undefined> {
      yield Buffer.from('con');
      setTimeout(() => stop.abort(), 10);
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    await assert.rejects(at.store.push(descriptor, stuck(), stop.signal), failsWith('Cancelled'));
    assert.deepEqual(await readdir(join(at.store.cacheDirectory, 'ingest')), []);
  });

  it('passes on what the content fails with', async () => {
    await using at = await newStore();
    const offline = new EngineError('Offline', 'the line is dead');
    async function* failing(): AsyncGenerator<Uint8Array, void, undefined> {
      yield Buffer.from('con');
      throw offline;
    }
    await assert.rejects(at.store.push(sampleBlob('content').descriptor, failing()), offline);
  });
});
