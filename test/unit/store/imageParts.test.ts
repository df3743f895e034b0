import assert from 'node:assert/strict';
import { mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { digestOf } from '../../../src/engine/oci/digest.ts';
import { removeImage } from '../../../src/engine/store/entries.ts';
import { formatPartsFile, parsePartsFile } from '../../../src/engine/store/imagePartsFile.ts';
import { Store } from '../../../src/engine/store/store.ts';
import { startStoreChild } from '../../support/store/childProcess.ts';
import {
  addImage,
  pushBlob,
  type SampleImage,
  sampleBlob,
  temporaryFolder,
} from '../../support/store/sampleStore.ts';

function partsFile(store: Store): string {
  return join(store.cacheDirectory, 'images');
}

async function savedImages(store: Store): Promise<readonly string[]> {
  return [...parsePartsFile(await readFile(partsFile(store))).keys()].sort();
}

function manifestsOf(...images: readonly SampleImage[]): readonly string[] {
  return images.map(({ manifest }) => manifest.digest).sort();
}

/** Two images on one base, and what gc has found out about them. */
async function knownStore(path: string) {
  await using store = new Store({ directory: path });
  const one = await addImage(store, ['base', 'one'], 'example.com/app:1');
  const two = await addImage(store, ['base', 'two'], 'example.com/app:2');
  await store.gc();
  return { store, one, two };
}

describe('what gc remembers of images', () => {
  it('spares it reading them again, so that what became of a manifest since does not stop it', async () => {
    await using folder = await temporaryFolder();
    const { one, two, store } = await knownStore(folder.path);
    await writeFile(store.blobPath(two.manifest.digest), '{}');
    await rm(store.blobPath(two.config.digest));
    await store.update((entries) => removeImage(entries, one.manifest.digest));
    const { blobs } = await new Store({ directory: folder.path }).gc();
    assert.deepEqual(
      [...blobs].sort(),
      [one.manifest, one.config, ...one.layers.slice(1)].map(({ digest }) => digest).sort(),
    );
    for (const layer of two.layers) assert.ok(await store.exists(layer));
  });

  it('hides no damage from verify', async () => {
    await using folder = await temporaryFolder();
    const { two, store } = await knownStore(folder.path);
    await writeFile(store.blobPath(two.manifest.digest), '{}');
    assert.deepEqual(await store.verify(), [
      { digest: two.manifest.digest, problem: 'damaged', images: ['example.com/app:2'] },
    ]);
  });

  it('grows with new images and forgets those that are gone', async () => {
    await using folder = await temporaryFolder();
    const { one, two, store } = await knownStore(folder.path);
    assert.deepEqual(await savedImages(store), manifestsOf(one, two));
    const three = await addImage(store, ['three'], 'example.com/app:3');
    await store.gc();
    assert.deepEqual(await savedImages(store), manifestsOf(one, two, three));
    await store.update((entries) => removeImage(entries, one.manifest.digest));
    await store.gc();
    assert.deepEqual(await savedImages(store), manifestsOf(two, three));
    await store[Symbol.asyncDispose]();
  });

  it('is not written again while nothing has changed', async () => {
    await using folder = await temporaryFolder();
    const { store } = await knownStore(folder.path);
    await writeFile(partsFile(store), `${await readFile(partsFile(store), 'utf8')}`);
    const before = await readFile(partsFile(store), 'utf8');
    await new Store({ directory: folder.path }).gc();
    assert.equal(await readFile(partsFile(store), 'utf8'), before);
  });

  it('leaves out what depends on more than a manifest’s digest', async () => {
    await using folder = await temporaryFolder();
    await using store = new Store({ directory: folder.path });
    const { manifest } = await addImage(store, ['one']);
    const type = 'application/vnd.oci.image.index.v1+json';
    const index = sampleBlob(
      JSON.stringify({ schemaVersion: 2, mediaType: type, manifests: [manifest] }),
      type,
    );
    await store.tag(await pushBlob(store, index), 'example.com/app:1');
    await store[Symbol.asyncDispose]();
    assert.deepEqual((await store.gc()).blobs, []);
    assert.deepEqual((await store.gc()).blobs, []);
    assert.ok(await store.exists(manifest));
  });
});

const other = digestOf('other');

function signed(text: string): string {
  return `${digestOf(text)}\n${text}`;
}

const damages: readonly (readonly [
  what: string,
  damage: (path: string, text: string) => Promise<unknown>,
])[] = [
  ['missing', (path) => rm(path)],
  ['empty', (path) => writeFile(path, '')],
  ['cut off in its first line', (path, text) => writeFile(path, text.slice(0, 20))],
  ['cut off behind its first line', (path, text) => writeFile(path, text.slice(0, 72))],
  ['cut off in the middle', (path, text) => writeFile(path, text.slice(0, text.length / 2))],
  ['cut off at its last byte', (path, text) => writeFile(path, text.slice(0, -1))],
  [
    'written with other digests',
    (path, text) => writeFile(path, text.replace(/(?<=\n.*sha256:)[0-9a-f]{4}/, '0000')),
  ],
  [
    'of zeros, as some file systems leave it behind a power failure',
    (path, text) => writeFile(path, Buffer.alloc(text.length)),
  ],
  ['of another version', (path) => writeFile(path, signed('{"version":2}'))],
  ['no JSON', (path) => writeFile(path, signed('{'))],
  ['JSON of another kind', (path) => writeFile(path, signed('[]'))],
  [
    'pointing nowhere',
    (path) =>
      writeFile(path, signed(`{"version":1,"blobs":[],"diffIds":[],"images":[["${other}",0,[],[]]]}`)),
  ],
  [
    'naming what is no digest',
    (path) => writeFile(path, signed('{"version":1,"blobs":[["../x",1,"x"]],"diffIds":[],"images":[]}')),
  ],
  [
    'a symbolic link',
    async (path, text) => {
      await rm(path);
      await writeFile(`${path}-elsewhere`, text);
      await symlink(`${path}-elsewhere`, path);
    },
  ],
];

describe('a record of images that is', () => {
  for (const [what, damage] of damages) {
    it(`${what} is made again, and nothing else is different`, async () => {
      await using folder = await temporaryFolder();
      const { one, two, store } = await knownStore(folder.path);
      await damage(partsFile(store), await readFile(partsFile(store), 'utf8'));
      await store.update((entries) => removeImage(entries, one.manifest.digest));
      const later = new Store({ directory: folder.path });
      const { blobs } = await later.gc();
      assert.deepEqual(
        [...blobs].sort(),
        [one.manifest, one.config, ...one.layers.slice(1)].map(({ digest }) => digest).sort(),
      );
      assert.deepEqual(await later.verify(), []);
      assert.deepEqual(await savedImages(store), manifestsOf(two));
    });
  }

  it('a folder stays one, and gc works all the same', async () => {
    await using folder = await temporaryFolder();
    const { one, store } = await knownStore(folder.path);
    await rm(partsFile(store));
    await mkdir(join(partsFile(store), 'x'), { recursive: true });
    await store.update((entries) => removeImage(entries, one.manifest.digest));
    assert.equal((await new Store({ directory: folder.path }).gc()).blobs.length, 3);
    assert.deepEqual(await store.verify(), []);
  });

  it('left by processes killed at any moment costs no image', async () => {
    await using folder = await temporaryFolder();
    const { one, two, store } = await knownStore(folder.path);
    for (const pause of [120, 170, 230]) {
      await using child = startStoreChild('churn', folder.path);
      await child.said('ready');
      await new Promise((resolve) => setTimeout(resolve, pause));
      await child.kill();
    }
    const later = new Store({ directory: folder.path });
    await later.gc();
    assert.deepEqual(await later.verify(), []);
    for (const { layers } of [one, two]) for (const layer of layers) assert.ok(await store.exists(layer));
    const saved = await savedImages(store);
    for (const manifest of manifestsOf(one, two)) assert.ok(saved.includes(manifest));
  }).timeout(60_000);
});

describe('the file of what images are made of', () => {
  it('reads back as it was written', () => {
    const blob = (text: string, mediaType: string) => ({
      mediaType,
      digest: digestOf(text),
      size: text.length,
    });
    const base = blob('base', 'layer');
    const image = (name: string, layers = [base, blob(name, 'layer')]) => ({
      config: blob(`config of ${name}`, 'config'),
      layers,
      diffIds: layers.map(({ digest }) => digestOf(digest)),
    });
    const images = new Map([
      [digestOf('one'), image('one')],
      [digestOf('two'), image('two', [base, blob('base', 'the same under another type'), base])],
      [digestOf('empty'), image('empty', [])],
    ]);
    const text = formatPartsFile(images);
    assert.deepEqual(parsePartsFile(Buffer.from(text)), images);
    assert.equal(text.split(base.digest).length - 1, 2, 'once for each type');
  });
});
