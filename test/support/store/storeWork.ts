import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isEngineError } from '../../../src/engine/errors.ts';
import { pruneImages } from '../../../src/engine/images/pruneImages.ts';
import type { ImageHome } from '../../../src/engine/images/storedImages.ts';
import { parseNewTag, tagStoredImage } from '../../../src/engine/images/tagImage.ts';
import type { LayerIndexes } from '../../../src/engine/layers/layerIndexes.ts';
import { tagImage } from '../../../src/engine/store/entries.ts';
import { FileLock } from '../../../src/engine/store/fileLock.ts';
import { Store } from '../../../src/engine/store/store.ts';
import { addImage, pushBlob, sampleBlob, sampleImage } from './sampleStore.ts';

/** What another process does to a store in a test: `storeWork.ts WORK DIRECTORY ARGUMENT…` */
const [work = '', directory = '', ...args] = process.argv.slice(2);
const store = new Store({ directory });
const [first = '', second = ''] = args;
/** The sample layers are no tars: their sizes are not asked of anybody. */
const indexes = { contentSize: async () => 0 } as unknown as LayerIndexes;
const home: ImageHome = { store, indexes, warn: () => undefined };

const works: Readonly<Record<string, () => Promise<void>>> = {
  /** Tags an image that is there COUNT times under names of its own. */
  async tag() {
    const image = sampleImage(['shared']).manifest.descriptor;
    for (let number = 0; number < Number(second); number++) {
      const reference = { registry: 'example.com', repository: first, tag: String(number) };
      await store.update((entries) => tagImage(entries, { manifest: image }, reference));
    }
  },

  async holdLock() {
    await new FileLock(join(store.cacheDirectory, 'lock')).acquire();
    await forever();
  },

  /** Writes the first FIRST bytes of a blob and then hangs. */
  async holdIngest() {
    const { descriptor, bytes } = sampleBlob(first);
    const ingest = await store.ingest(descriptor);
    if (!ingest) throw new Error('the blob is there');
    await using file = await open(ingest.path, 'r+');
    await file.write(bytes.subarray(0, Number(second)));
    await forever();
  },

  async holdLease() {
    const lease = await store.lease();
    await lease.add([sampleBlob(first).descriptor.digest]);
    await forever();
  },

  /** Adds and removes images without end, to be killed at any moment. */
  async churn() {
    process.send?.('ready');
    for (let number = 0; ; number++) {
      const text = `${process.pid}-${number}`;
      const { manifest } = await addImage(store, ['base', text], `example.com/churn:${number % 3}`);
      if (number % 2)
        await store.update((entries) =>
          entries.filter((entry) => entry.descriptor.digest !== manifest.digest),
        );
      if (number % 4 === 3) await store.gc();
    }
  },

  /** Collects garbage until told to stop. */
  async gcLoop() {
    let going = true;
    process.once('message', () => (going = false));
    process.send?.('ready');
    while (going) {
      await store.gc();
      await delay(1);
    }
    process.disconnect();
  },

  /** Prunes what is dangling, until told to stop. */
  async pruneLoop() {
    let going = true;
    process.once('message', () => (going = false));
    process.send?.('ready');
    while (going) await pruneImages(home, {});
    process.disconnect();
  },

  /** FIRST times moves the tag `moving` from image to image, which leaves each of them dangling for a moment. */
  async moveTag() {
    process.send?.('ready');
    for (let number = 0; number < Number(first); number++) {
      const own = `docker.io/library/own-${process.pid}:${number}`;
      await addImage(store, ['base', `${process.pid} ${number}`], 'docker.io/library/moving:latest');
      // The other process may have moved the tag on by now: then this names what is there.
      await nameMoving(own);
    }
  },

  async pushOne() {
    await pushBlob(store, sampleBlob(first));
  },
};

/** Again where the tag was moved on, and its image pruned, between finding the image and naming it. */
async function nameMoving(own: string): Promise<void> {
  try {
    await tagStoredImage(home, 'moving', parseNewTag(own));
  } catch (error) {
    if (!isEngineError(error, 'NotFound')) throw error;
    await nameMoving(own);
  }
}

async function forever(): Promise<never> {
  process.send?.('ready');
  for (;;) await delay(1_000_000);
}

const job = works[work];
if (!job) throw new Error(`no such work: ${work}`);
await job();
await store[Symbol.asyncDispose]();
if (process.connected) process.disconnect();
