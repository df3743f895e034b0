import { AsyncLocalStorage } from 'node:async_hooks';
import { createWriteStream } from 'node:fs';
import { access } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { cancelled, EngineError, ioError, throwIfCancelled } from '../errors.ts';
import type { StoreFault, StoreUsage } from '../image.ts';
import type { Descriptor } from '../oci/descriptor.ts';
import { type Digest, Digester, digestAlgorithm, isDigest } from '../oci/digest.ts';
import { maxManifestBytes, parseManifest } from '../oci/manifest.ts';
import { canonicalReference } from '../oci/reference.ts';
import type { ByteRange, Target } from '../target.ts';
import { BlobFolder, type BlobName, requireDigest } from './blobFolder.ts';
import { canonicalTag, type StoreEntry, tagImage } from './entries.ts';
import { FileLock, type HeldLock } from './fileLock.ts';
import { collectGarbage, deleteBlob, type Garbage, partsOf } from './garbage.ts';
import { type ImageDocuments, readImageDocuments } from './imageFacts.ts';
import { isGraphWhole, readImageGraph } from './imageGraph.ts';
import { type KnownParts, type PartsRecord, readPartsFile } from './imagePartsFile.ts';
import { formatIndexDocument } from './indexDocument.ts';
import { IndexFile } from './indexFile.ts';
import { type Ingest, openIngest } from './ingest.ts';
import { checkLayoutVersion, initializeLayout, type StoreLayout, storeLayout } from './layout.ts';
import { FileLease, type Lease } from './leases.ts';
import { readHoldings, readUsage, type StoreHoldings } from './storeUsage.ts';
import { findFaults } from './verifyStore.ts';
import { watchIndex } from './watchIndex.ts';

export type { Garbage } from './garbage.ts';
export type { Ingest } from './ingest.ts';
export type { Lease } from './leases.ts';

export interface StoreOptions {
  /** Made on the first write; one that is not there reads as empty. */
  readonly directory: string;
  /** For layouts of others: every call that would write is refused. */
  readonly readOnly?: boolean;
}

/** How often a change is tried when this process lost the lock by being silent too long. */
const tries = 3;

/**
 * Images on disk: a folder that is an OCI image layout at every moment, shared by any number of processes.
 *
 * Its names are canonical references (`docker.io/library/alpine:latest`) and digests; names that other tools gave are
 * understood as they stand. Each tag is one descriptor in `index.json` of the manifest of one platform.
 */
export class Store implements Target, AsyncDisposable {
  readonly directory: string;
  readonly #layout: StoreLayout;
  readonly #readOnly: boolean;
  readonly #blobs: BlobFolder;
  readonly #index: IndexFile;
  readonly #lock: FileLock;
  /** For the gc behind a removal; what a digest names never changes. */
  #recentParts: WeakRef<PartsRecord> | undefined;
  readonly #insideLock = new AsyncLocalStorage<true>();
  readonly #watches = new Set<Disposable>();
  /** Keeps what came through {@link push} until it is tagged. */
  readonly #pushed: Lease;

  constructor({ directory, readOnly = false }: StoreOptions) {
    this.directory = directory;
    this.#readOnly = readOnly;
    this.#layout = storeLayout(directory);
    this.#blobs = new BlobFolder(this.#layout.blobs);
    this.#index = new IndexFile(this.#layout.index);
    this.#lock = new FileLock(this.#layout.lock);
    this.#pushed = this.#newLease();
  }

  get label(): string {
    return this.directory;
  }

  /** What can be made again at any time: layer indexes, leases, caches. */
  get cacheDirectory(): string {
    return this.#layout.cache;
  }

  /** Where the blob is, if it is there. */
  blobPath(digest: Digest): string {
    return this.#blobs.path(digest);
  }

  /**
   * The whole blob, verified.
   * @throws `NotFound`, `TooLarge` above `maxBytes`, `DigestMismatch`, `Corrupt` where it is no regular file, `Io`
   */
  async readBlob(blob: BlobName, maxBytes: number, signal?: AbortSignal): Promise<Uint8Array> {
    return this.#blobs.read(blob, maxBytes, signal);
  }

  /** The list of tags and untagged images, in the file's order. @throws `Corrupt`, saying what to do; `Io` */
  async entries(signal?: AbortSignal): Promise<readonly StoreEntry[]> {
    throwIfCancelled(signal);
    await checkLayoutVersion(this.#layout);
    return (await this.#index.read()).entries;
  }

  /**
   * What tells this state of the list from every other, in any process; `undefined` where there is none or it may still be
   * changed unseen.
   * @throws `Io`, `Unsupported` where it is a layout of another version, `Cancelled`
   */
  async state(signal?: AbortSignal): Promise<string | undefined> {
    throwIfCancelled(signal);
    await checkLayoutVersion(this.#layout);
    return this.#index.state();
  }

  /** Where {@link keepImageList} keeps it. */
  get imageListFile(): string {
    return this.#layout.imageList;
  }

  /**
   * Keeps what was made of one {@link state} of the list. Not while somebody else is at the store: it can be made again.
   * @throws `Io`
   */
  async keepImageList(content: Uint8Array): Promise<void> {
    await using lock = await this.#lock.tryAcquire();
    await lock?.replaceFile(this.#layout.imageList, content);
  }

  /**
   * Changes the list under the store's lock, so that no change of another process is lost. `edit` is pure and may be
   * called several times; giving back the list it got changes nothing.
   * @throws `Corrupt`, `Unsupported` where the store is only read, `Io`, `Cancelled`
   */
  async update(
    edit: (entries: readonly StoreEntry[]) => readonly StoreEntry[],
    signal?: AbortSignal,
  ): Promise<void> {
    const seen = await this.entries(signal);
    if (edit(seen) === seen) return;
    await this.#withLock(async (lock) => {
      const document = await this.#index.read();
      const entries = edit(document.entries);
      if (entries === document.entries) return;
      await lock.replaceFile(this.#layout.index, formatIndexDocument({ ...document, entries }));
    }, signal);
  }

  /** What the blobs say of an entry that has no annotations of ours; `undefined` where it is no image. */
  async describe(entry: StoreEntry, signal?: AbortSignal): Promise<ImageDocuments | undefined> {
    return readImageDocuments(this.#blobs, entry.descriptor, signal);
  }

  async resolve(name: string, signal?: AbortSignal): Promise<Descriptor> {
    const entries = await this.entries(signal);
    const named = entries.find((entry) => answersTo(entry, name));
    if (named) return named.descriptor;
    if (isDigest(name) && (await this.#blobs.has({ digest: name })))
      return this.#readDescriptor(name, signal);
    throw new EngineError('NotFound', `${name} is not in the store`, { reference: name });
  }

  async fetch(descriptor: Descriptor, range?: ByteRange, signal?: AbortSignal): Promise<Readable> {
    return this.#blobs.open(descriptor, range, signal);
  }

  async exists(descriptor: Descriptor, signal?: AbortSignal): Promise<boolean> {
    throwIfCancelled(signal);
    return this.#blobs.has(descriptor);
  }

  async push(
    descriptor: Descriptor,
    content: AsyncIterable<Uint8Array>,
    signal?: AbortSignal,
  ): Promise<void> {
    await this.#pushed.add([descriptor.digest], signal);
    await using ingest = await this.ingest(descriptor, signal);
    if (!ingest) return;
    try {
      const file = createWriteStream(ingest.path, { flags: 'w' });
      // The source is an end of its own, so that a fired signal closes it also while it has nothing to say.
      const verify = (bytes: AsyncIterable<Uint8Array>) => verified(descriptor, bytes);
      await pipeline(Readable.from(content), verify, file, signal ? { signal } : {});
    } catch (error) {
      await ingest.discard();
      throw signal?.aborted ? cancelled(signal) : ioError(error, `cannot store ${descriptor.digest}`);
    }
    await ingest.commit();
  }

  async tag(descriptor: Descriptor, name: string, signal?: AbortSignal): Promise<void> {
    const reference = canonicalTag(name);
    if (!reference) {
      throw new EngineError('Invalid', `${JSON.stringify(name)} is not a canonical reference with a tag`, {
        reference: name,
      });
    }
    if (!(await this.exists(descriptor, signal))) {
      throw new EngineError('NotFound', `${descriptor.digest} is not in the store`, {
        reference: descriptor.digest,
      });
    }
    const documents = await readImageDocuments(this.#blobs, descriptor, signal);
    const image = { manifest: descriptor, ...(isSame(documents, descriptor) && factsOf(documents)) };
    await this.update((entries) => tagImage(entries, image, reference), signal);
    await this.#releasePushed(descriptor, signal);
  }

  /** Names as they stand in `index.json`, canonical or not. */
  async *list(signal?: AbortSignal): AsyncGenerator<string, void, undefined> {
    for (const { name } of await this.entries(signal)) if (name !== undefined) yield name;
  }

  /**
   * Begins to store a blob, alone among all processes: waits for another one that is at it.
   * @returns `undefined` where the blob is there
   * @throws `Unsupported` where the store is only read, `Io`, `Cancelled`
   */
  async ingest(descriptor: Descriptor, signal?: AbortSignal): Promise<Ingest | undefined> {
    await this.#prepareToWrite();
    return openIngest(this.#layout.ingests, this.#blobs, descriptor, signal);
  }

  /** Keeps what is added to it from gc, whichever process runs that, until it is disposed of or this process ends. */
  async lease(signal?: AbortSignal): Promise<Lease> {
    throwIfCancelled(signal);
    await this.#prepareToWrite();
    return this.#newLease();
  }

  /**
   * Removes what neither an image nor a live process needs.
   * @throws `Corrupt` where a manifest cannot be read: nothing is removed then
   */
  async gc(signal?: AbortSignal): Promise<Garbage> {
    if (!(await isThere(this.directory))) return { blobs: [], bytes: 0 };
    return this.#withLock(async (lock) => {
      const { entries } = await this.#index.read();
      return collectGarbage(this.#layout, this.#blobs, lock, entries, await this.#known(), signal);
    }, signal);
  }

  /** Removes one blob though images need it: a damaged one, so that it can be fetched again. */
  async removeBlob(digest: Digest, signal?: AbortSignal): Promise<void> {
    await this.#withLock(async (lock) => {
      if (await isThere(this.blobPath(digest))) await deleteBlob(this.#blobs, lock, digest);
    }, signal);
  }

  async usage(signal?: AbortSignal): Promise<StoreUsage> {
    const entries = await this.entries(signal);
    return readUsage(this.#layout, this.#blobs, entries, (await this.#known()).parts, signal);
  }

  /** Which blobs each image needs, and how long they are. */
  async holdings(signal?: AbortSignal): Promise<StoreHoldings> {
    return readHoldings(this.#blobs, await this.entries(signal), (await this.#known()).parts, signal);
  }

  /** What {@link usage} would be if the list were changed so. */
  async usageAfter(
    edit: (entries: readonly StoreEntry[]) => readonly StoreEntry[],
    signal?: AbortSignal,
  ): Promise<StoreUsage> {
    const entries = edit(await this.entries(signal));
    return readUsage(this.#layout, this.#blobs, entries, (await this.#known()).parts, signal);
  }

  /**
   * What the plain images among these are made of, by their manifests' digests; those that cannot be read are left out.
   * What an earlier gc has found out is not read again.
   */
  async imageParts(manifests: readonly Descriptor[], signal?: AbortSignal): Promise<KnownParts> {
    const { parts: known, saved } = await this.#known();
    const parts = await partsOf(this.#blobs, manifests, known, signal);
    this.#recentParts = new WeakRef({ parts: new Map([...known, ...parts]), saved });
    return parts;
  }

  /** Reads every byte that the images need. Images removed meanwhile have no faults. */
  async verify(signal?: AbortSignal): Promise<readonly StoreFault[]> {
    const before = await this.entries(signal);
    const faults = await findFaults(this.#blobs, before, signal);
    if (faults.length === 0) return faults;
    const after = await this.entries(signal);
    return after === before ? faults : findFaults(this.#blobs, after, signal);
  }

  /**
   * Whether {@link verify} would find no fault with this image but damage within a blob that is no document: every blob
   * of every platform that is here is there in its size.
   */
  async isWhole(image: Descriptor, signal?: AbortSignal): Promise<boolean> {
    return isGraphWhole(this.#blobs, await readImageGraph(this.#blobs, image, signal));
  }

  /** Calls the listener, debounced, when any process has changed the list. */
  watch(listener: () => void): Disposable {
    const watch = watchIndex(this.#layout.index, listener);
    this.#watches.add(watch);
    return {
      [Symbol.dispose]: () => {
        this.#watches.delete(watch);
        watch[Symbol.dispose]();
      },
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const watch of this.#watches) watch[Symbol.dispose]();
    this.#watches.clear();
    await this.#pushed[Symbol.asyncDispose]();
  }

  async #known(): Promise<PartsRecord> {
    return this.#recentParts?.deref() ?? readPartsFile(this.#layout.imageParts);
  }

  #newLease(): Lease {
    return new FileLease(this.#layout.leases, (work, signal) => this.#withLock(work, signal));
  }

  async #prepareToWrite(): Promise<void> {
    if (this.#readOnly)
      throw new EngineError('Unsupported', `${this.directory} is only read`, { path: this.directory });
    await initializeLayout(this.#layout);
  }

  async #withLock<T>(work: (lock: HeldLock) => Promise<T>, signal?: AbortSignal): Promise<T> {
    if (this.#insideLock.getStore()) throw new Error('the store lock is not re-entrant');
    await this.#prepareToWrite();
    for (let attempt = 1; ; attempt++) {
      await using lock = await this.#lock.acquire({}, signal);
      try {
        return await this.#insideLock.run(true, () => work(lock));
      } catch (error) {
        if (attempt === tries || !(await lock.isLost())) throw error;
      }
    }
  }

  async #readDescriptor(digest: Digest, signal: AbortSignal | undefined): Promise<Descriptor> {
    const bytes = await this.#blobs.read({ digest }, maxManifestBytes, signal);
    return { mediaType: parseManifest(bytes).mediaType, digest, size: bytes.length };
  }

  async #releasePushed(descriptor: Descriptor, signal: AbortSignal | undefined): Promise<void> {
    const { reached } = await readImageGraph(this.#blobs, descriptor, signal);
    await this.#pushed.remove(
      reached.map(({ digest }) => digest),
      signal,
    );
  }
}

function answersTo({ descriptor, name, repoDigests }: StoreEntry, wanted: string): boolean {
  return (
    name === wanted ||
    descriptor.digest === wanted ||
    repoDigests.some((repoDigest) => canonicalReference(repoDigest) === wanted)
  );
}

/** Facts of one platform are not those of an index that was tagged as a whole. */
function isSame(documents: ImageDocuments | undefined, { digest }: Descriptor): documents is ImageDocuments {
  return documents?.descriptor.digest === digest;
}

function factsOf({ id, platform, config }: ImageDocuments) {
  return { id, platform, created: config.created };
}

async function* verified(
  { digest, size }: Descriptor,
  content: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  const digester = new Digester(digestAlgorithm(digest));
  let received = 0;
  for await (const chunk of content) {
    received += chunk.length;
    if (received > size) throw wrongSize(digest, size, 'more');
    digester.update(chunk);
    yield chunk;
  }
  if (received < size) throw wrongSize(digest, size, `only ${received}`);
  requireDigest(digest, digester);
}

function wrongSize(digest: Digest, size: number, actual: string): EngineError {
  return new EngineError('DigestMismatch', `${digest} should have ${size} bytes and came with ${actual}`, {
    reference: digest,
    expected: `${size} bytes`,
    actual: `${actual} bytes`,
  });
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
