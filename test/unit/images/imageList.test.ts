import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { StoredImage } from '../../../src/engine/image.ts';
import { formatImageList, readImageList } from '../../../src/engine/images/imageListFile.ts';
import { type ImageHome, storedImages } from '../../../src/engine/images/storedImages.ts';
import { tagStoredImage } from '../../../src/engine/images/tagImage.ts';
import { LayerIndexes } from '../../../src/engine/layers/layerIndexes.ts';
import { LayerPool } from '../../../src/engine/layers/layerPool.ts';
import { type Digest, digestOf } from '../../../src/engine/oci/digest.ts';
import { canonicalReference, parseReference } from '../../../src/engine/oci/reference.ts';
import { removeImage } from '../../../src/engine/store/entries.ts';
import { FileLock } from '../../../src/engine/store/fileLock.ts';
import { Store } from '../../../src/engine/store/store.ts';
import { type ListedImageFacts, listedImage } from '../../support/listedImage.ts';
import { pseudoRandom } from '../../support/pseudoRandom.ts';
import { writeManyImages } from '../../support/store/manyImages.ts';
import { temporaryFolder } from '../../support/store/sampleStore.ts';

/** An image of the list reads its fields when it is asked: here all of them are. */
function plain({ id, manifest, tags, repoDigests, platform, created, size }: StoredImage): StoredImage {
  return { id, manifest, tags, repoDigests, platform, ...(created && { created }), size };
}

async function writtenAndRead(images: readonly StoredImage[]): Promise<readonly StoredImage[] | undefined> {
  await using folder = await temporaryFolder();
  const path = join(folder.path, 'list');
  const content = formatImageList(images, 'state');
  assert.ok(content);
  await writeFile(path, content);
  return await readImageList(path, 'state');
}

const repositories = ['alpine', 'acme/base', 'localhost:5000/acme/base', 'registry.acme.test/a/b/c'];

function someImage(name: string, random: () => number): StoredImage {
  const some = (most: number) =>
    Array.from({ length: Math.floor(random() * (most + 1)) }, () => {
      return repositories[Math.floor(random() * repositories.length)] ?? '';
    });
  const facts: ListedImageFacts = {
    name,
    tags: some(3).map((repository, place) => `${repository}:${place}.${name}`),
    repositories: some(2),
    size: Math.floor(random() * 2 ** 40),
    architecture: random() < 0.5 ? 'amd64' : 'arm64',
    ...(random() < 0.7 && { created: new Date(Math.floor(random() * 4e12) - 1e12).toISOString() }),
  };
  const image = listedImage(facts);
  const [tag] = image.tags;
  if (!tag || random() < 0.3) return image;
  const own = { registry: tag.registry, repository: tag.repository, digest: image.manifest.digest };
  return { ...image, repoDigests: [own, ...image.repoDigests] };
}

describe('a list of images in a file', () => {
  it('gives the images that it was made of, whatever they are', async () => {
    const random = pseudoRandom(7);
    for (let lot = 0; lot < 40; lot += 1) {
      const images = Array.from({ length: Math.floor(random() * 30) }, (_, number) =>
        someImage(`${lot}-${number}`, random),
      );
      assert.deepEqual((await writtenAndRead(images))?.map(plain), images);
    }
  });

  it('keeps what is rare of a platform', async () => {
    const image = listedImage({ name: 'a', tags: ['a:1'] });
    const windows = {
      os: 'windows',
      architecture: 'amd64',
      osVersion: '10.0.20348.1787',
      osFeatures: ['win32k'],
    };
    const arm = { os: 'linux', architecture: 'arm', variant: 'v6' };
    const images = [windows, arm, windows].map((platform) => ({ ...image, platform }));
    assert.deepEqual((await writtenAndRead(images))?.map(plain), images);
  });

  it('is not made of images whose digests are no sha256', () => {
    const image = listedImage({ name: 'a' });
    const id = digestOf('a', 'sha512');
    assert.equal(formatImageList([image, { ...image, id }], 'state'), undefined);
    const manifest = { ...image.manifest, digest: id };
    assert.equal(formatImageList([image, { ...image, manifest }], 'state'), undefined);
  });

  it('is of one state, and of none other', async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, 'list');
    await writeFile(path, formatImageList([listedImage({ name: 'a' })], 'one') ?? '');
    assert.equal((await readImageList(path, 'one'))?.length, 1);
    assert.equal(await readImageList(path, 'two'), undefined);
    assert.equal(await readImageList(join(folder.path, 'none'), 'one'), undefined);
  });

  it('is as if it were not there wherever a byte of it is wrong or missing', async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, 'list');
    const whole =
      formatImageList([listedImage({ name: 'a', tags: ['a:1', 'b:2'] })], 'one') ?? Buffer.alloc(0);
    for (let place = 0; place < whole.length; place += 1) {
      const broken = Buffer.from(whole);
      broken[place] = (broken[place] ?? 0) ^ 0x20;
      await writeFile(path, broken);
      assert.equal(await readImageList(path, 'one'), undefined, `byte ${place}`);
      await writeFile(path, whole.subarray(0, place));
      assert.equal(await readImageList(path, 'one'), undefined, `cut at ${place}`);
    }
  });

  it('is as if it were not there where it is signed but nonsense', async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, 'list');
    const facts = { version: 1, state: 'one', images: 1, kinds: [], repositories: [] };
    for (const line of ['', '{', '[]', '{}', facts, { ...facts, version: 2 }, { ...facts, images: -1 }]) {
      const body = `${typeof line === 'string' ? line : JSON.stringify(line)}\n`;
      await writeFile(path, `${digestOf(body)}\n${body}`);
      assert.equal(await readImageList(path, 'one'), undefined, body);
    }
  });

  it('gives nothing that is no name, no repository and no kind, whoever signed it', async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, 'list');
    const image = listedImage({ name: 'a', tags: ['a:1', 'a:2'] });
    const whole = Buffer.from(formatImageList([image], 'one') ?? '').toString('latin1');
    const forged = async (from: string | RegExp, to: string) => {
      const body = whole.slice(whole.indexOf('\n') + 1).replace(from, to);
      assert.notEqual(body, whole.slice(whole.indexOf('\n') + 1));
      const bytes = Buffer.from(body, 'latin1');
      await writeFile(path, Buffer.concat([Buffer.from(`${digestOf(bytes)}\n`), bytes]));
      return (await readImageList(path, 'one'))?.map(plain);
    };
    assert.equal(await forged(/"kinds":\[.*?\],/, '"kinds":[],'), undefined);
    assert.deepEqual(await forged(/"repositories":\[.*?\]/, '"repositories":[]'), [{ ...image, tags: [] }]);
    const ended = await forged(/docker\.io\/library\/a:2$/, 'docker.io/../etc/a:2');
    assert.deepEqual(ended, [{ ...image, tags: image.tags.slice(0, 1) }]);
    assert.deepEqual(await forged(/1 docker\.io/, '/ docker.io'), [{ ...image, tags: [] }]);
  });

  it('is not followed elsewhere, nor read where it is no file', async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, 'list');
    await writeFile(join(folder.path, 'other'), formatImageList([listedImage({ name: 'a' })], 'one') ?? '');
    await symlink('other', path);
    assert.equal(await readImageList(path, 'one'), undefined);
    await rm(path);
    await mkdir(path);
    assert.equal(await readImageList(path, 'one'), undefined);
  });
});

const many = 1000;
/** Beyond the milliseconds within which a file that was just written may still change unseen. */
const settled = 120;

async function manyImages(count = many) {
  const folder = await temporaryFolder();
  await writeManyImages(folder.path, count);
  await delay(settled);
  return folder;
}

/** As of a process that begins. */
function freshHome(path: string, warnings: string[] = []): ImageHome {
  const store = new Store({ directory: path });
  const indexes = new LayerIndexes({ store, pool: new LayerPool({ workerFile: 'none' }) });
  return { store, indexes, warn: (message, error) => warnings.push(`${message}: ${String(error)}`) };
}

function listFile(path: string): string {
  return join(path, 'strata', 'list');
}

async function listed(path: string): Promise<StoredImage[]> {
  return (await storedImages(freshHome(path))).map(plain);
}

describe('the list of a store with many images', () => {
  it('is the same to the process that made it and to one that finds it', async () => {
    await using folder = await manyImages();
    const made = await listed(folder.path);
    const { mtimeMs } = await stat(listFile(folder.path));
    assert.equal(made.length, many);
    assert.deepEqual(await listed(folder.path), made);
    assert.equal((await stat(listFile(folder.path))).mtimeMs, mtimeMs);
  });

  it('is found without index.json being read', async () => {
    await using folder = await manyImages();
    await listed(folder.path);
    const home = freshHome(folder.path);
    home.store.entries = () => Promise.reject(new Error('index.json was read'));
    assert.equal((await storedImages(home)).length, many);
  });

  it('is made anew when an image has gone, by whichever process', async () => {
    await using folder = await manyImages();
    const home = freshHome(folder.path);
    const [first, ...others] = await listed(folder.path);
    assert.ok(first);
    assert.equal((await storedImages(home)).length, many);
    await freshHome(folder.path).store.update((entries) => removeImage(entries, first.manifest.digest));
    assert.deepEqual((await storedImages(home)).map(plain), others);
    assert.deepEqual(await listed(folder.path), others);
  });

  it('is made anew when another tool has written index.json in place, in the same size and with the same time', async () => {
    await using folder = await manyImages();
    const before = await listed(folder.path);
    const index = join(folder.path, 'index.json');
    const { atime, mtime } = await stat(index);
    const text = await readFile(index, 'utf8');
    await writeFile(index, text.replaceAll('service-7:', 'service-X:'.toLowerCase()));
    await utimes(index, atime, mtime);
    await delay(settled);
    const names = (images: readonly StoredImage[]) =>
      images
        .flatMap(({ tags }) => tags.map(canonicalReference))
        .filter((name) => name.includes('service-x:'));
    assert.equal(names(before).length, 0);
    assert.equal(names(await listed(folder.path)).length, 5);
  });

  it('is not kept of few images, nor where an entry tells too little', async () => {
    await using few = await manyImages(many - 1);
    await listed(few.path);
    await assert.rejects(stat(listFile(few.path)), { code: 'ENOENT' });

    await using folder = await manyImages();
    const index = join(folder.path, 'index.json');
    const text = await readFile(index, 'utf8');
    await writeFile(index, text.replace(/"dev\.strata\.image\.size":"\d+",/, ''));
    await delay(settled);
    const warnings: string[] = [];
    assert.equal((await storedImages(freshHome(folder.path, warnings))).length, many - 1);
    assert.match(warnings.join(), /^cannot read the image/);
    await assert.rejects(stat(listFile(folder.path)), { code: 'ENOENT' });
  });

  it('is not kept, nor waited for, while somebody else is at the store', async () => {
    await using folder = await manyImages();
    await mkdir(join(folder.path, 'strata'));
    {
      await using _lock = await new FileLock(join(folder.path, 'strata', 'lock')).acquire();
      assert.equal((await listed(folder.path)).length, many);
      await assert.rejects(stat(listFile(folder.path)), { code: 'ENOENT' });
    }
    assert.equal((await listed(folder.path)).length, many);
    await stat(listFile(folder.path));
    assert.deepEqual((await readdir(join(folder.path, 'strata'))).toSorted(), ['list', 'lock']);
  });

  it('is shown all the same where it cannot be kept', async () => {
    await using folder = await manyImages();
    await mkdir(listFile(folder.path), { recursive: true });
    const warnings: string[] = [];
    const images = await storedImages(freshHome(folder.path, warnings));
    assert.equal(images.length, many);
    assert.match(warnings.join(), /^cannot keep the list of images: .*is a directory/);
  });

  it('gives images that take a name and lose it as any others do', async () => {
    await using folder = await manyImages();
    await listed(folder.path);
    const home = freshHome(folder.path);
    const [image] = await storedImages(home);
    assert.ok(image);
    const tag = { ...parseReference('acme/new:1'), tag: '1' };
    const manifest: Digest = image.manifest.digest;
    await tagStoredImage(home, manifest, tag);
    const named = (await listed(folder.path)).find((one) => one.manifest.digest === manifest);
    assert.deepEqual(named?.tags.map(canonicalReference).includes('docker.io/acme/new:1'), true);
    assert.deepEqual({ ...named, tags: [] }, { ...plain(image), tags: [] });
  });
});
