import { rmSync } from 'node:fs';
import { access, constants, mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EngineError, ioError, isEngineError, isNotAllowed, throwIfCancelled } from '../errors.ts';
import type { Descriptor } from '../oci/descriptor.ts';
import { type DiffId, type Digest, digestAlgorithm, digestHex, digestOf } from '../oci/digest.ts';
import { SharedTasks } from '../tasks/sharedTasks.ts';
import { isWholeChunkFile } from './chunkTable.ts';
import { fileContent, layerFile } from './fileContent.ts';
import { type FilesInOrder, TarFiles } from './filesInOrder.ts';
import { LayerIndex } from './layerIndex.ts';
import { diffIdMismatch, type FileSection, type LayerJob, type LayerResult } from './layerJob.ts';
import type { LayerPool, OpenSource } from './layerPool.ts';
import { SeekableLayer } from './seekableLayer.ts';
import type { TableOfContents } from './tableOfContents.ts';
import { chunksFile } from './tablePass.ts';
import type { LayerBlob, StreamedBlob } from './tarBytes.ts';
import { TarChunks } from './tarChunks.ts';
import { fileMark, hasSize, type LayerStamp, VerifiedStamps } from './verifiedStamps.ts';

/** What of a store is needed here. */
export interface LayerHome {
  blobPath(digest: Digest): string;
  /** Where in that file the blob is, where the file has more than it: `undefined` then means that it is not there. */
  blobSection?(digest: Digest): FileSection | undefined;
  /** For what can be made again. */
  readonly cacheDirectory: string;
}

/** A layer by its table of contents, with what {@link chunkedContent} needs. */
export interface ListedLayer {
  readonly index: LayerIndex;
  readonly chunks: string;
}

export interface LayerIndexesOptions {
  readonly pool: LayerPool;
  readonly store: LayerHome;
  /** A layout of somebody else: nothing in its cache folder is believed, and nothing is written there. */
  readonly readOnly?: boolean;
}

/** Entries of all indexes that are kept in memory, at about 100 bytes each. */
const maxEntriesInMemory = 1_000_000;

/**
 * The layer indexes of a store's layers. A layer whose file is still the one that was verified is trusted; any other is
 * read, verified (digest, size, diffId) and indexed first. Indexes are kept by diffId in
 * `<cache>/indexes/<algorithm>/<hex>`, what is known of layers by digest in `<cache>/stamps/<algorithm>/<hex>`; where
 * the cache folder may not be written or is somebody else's, in a temporary folder that goes with the process.
 */
export class LayerIndexes implements AsyncDisposable {
  readonly #pool: LayerPool;
  readonly #store: LayerHome;
  readonly #readOnly: boolean;
  readonly #verifying = new SharedTasks<never, LayerStamp>(() => '');
  readonly #opening = new SharedTasks<never, LayerIndex>(() => '');
  /** Least recently used first. */
  readonly #inMemory = new Map<DiffId, LayerIndex>();
  readonly #chunks: TarChunks;
  /** Those that files were read from, by diffId, and whether they are here. */
  readonly #seekable = new Map<string, SeekableLayer>();
  #directory: Promise<string> | undefined;

  constructor({ pool, store, readOnly = false }: LayerIndexesOptions) {
    this.#pool = pool;
    this.#store = store;
    this.#readOnly = readOnly;
    this.#chunks = new TarChunks({ folder: join(store.cacheDirectory, 'chunks') });
  }

  /**
   * The bytes of a file of the layer that {@link get} gave the index of; of the store's own layers what was unpacked on
   * the way is kept for the next.
   * @throws what `fileContent` throws
   */
  content(
    layer: Descriptor,
    index: LayerIndex,
    at: number,
    signal?: AbortSignal,
  ): AsyncGenerator<Uint8Array, void, undefined> {
    const { diffId } = index;
    const source = this.#readOnly
      ? this.blob(layer)
      : this.#seekableLayer(diffId, () => new SeekableLayer(this.blob(layer), diffId, this.#chunks));
    return fileContent(source, index, at, signal);
  }

  /** Files of such a layer, in the order in which their bytes stand in it; in one pass, and nothing is kept on the way. */
  async filesInOrder(
    layer: Descriptor,
    index: LayerIndex,
    entries: readonly number[],
    signal?: AbortSignal,
  ): Promise<FilesInOrder> {
    return new TarFiles(layerFile(this.blob(layer)), index, entries, signal);
  }

  /** As {@link filesInOrder}, of a layer that is elsewhere; what has come of it need not come again for the next. */
  filesElsewhere(
    blob: StreamedBlob,
    index: LayerIndex,
    entries: readonly number[],
    signal?: AbortSignal,
  ): FilesInOrder {
    return new TarFiles(this.#layerElsewhere(blob, index), index, entries, signal);
  }

  /** As {@link content}, of a layer that is elsewhere. */
  contentElsewhere(
    blob: StreamedBlob,
    index: LayerIndex,
    at: number,
    signal?: AbortSignal,
  ): AsyncGenerator<Uint8Array, void, undefined> {
    return fileContent(this.#layerElsewhere(blob, index), index, at, signal);
  }

  #layerElsewhere(blob: StreamedBlob, { diffId }: LayerIndex): SeekableLayer {
    return this.#seekableLayer(`${diffId} elsewhere`, () => new SeekableLayer(blob, diffId, this.#chunks));
  }

  /**
   * The index of a layer that is elsewhere: what was once read of a diffId holds for ever; where nobody has, the layer is
   * read once from its first byte to its last, verified, and nothing but the index is kept.
   * @param onProgress called with the bytes of the layer that have come
   * @throws as {@link get}, and what `open` and its stream throw
   */
  async indexElsewhere(
    layer: Descriptor,
    diffId: DiffId,
    open: OpenSource,
    onProgress: (received: number) => void,
    signal: AbortSignal,
  ): Promise<LayerIndex> {
    const known = await this.known(diffId);
    if (known) return known;
    const job = { descriptor: layer, ...(await this.#indexTarget(layer, diffId)) };
    await this.#pool.index(job, open, { onProgress }, signal);
    return this.#remember(await LayerIndex.open(job.indexFile));
  }

  /**
   * The index of a layer that is elsewhere by the table of contents in it: nothing else of the layer is read. It is kept
   * where the manifest vouches for the table.
   * @returns `undefined` where the table cannot be relied on
   * @throws what `open` and its stream throw, `Io`, `Cancelled`
   */
  async listElsewhere(
    layer: Descriptor,
    diffId: DiffId,
    table: TableOfContents,
    open: OpenSource,
    signal: AbortSignal,
  ): Promise<ListedLayer | undefined> {
    const folder = table.digest ? await this.#folder() : await temporaryFolder();
    const indexFile = listFileIn(folder, layer, diffId, table);
    try {
      const known = (await isWholeChunkFile(chunksFile(indexFile)))
        ? await openIndexFile(indexFile, diffId)
        : undefined;
      const index =
        known ?? (await this.#list({ descriptor: layer, diffId, table, indexFile }, open, signal));
      return { index, chunks: chunksFile(indexFile) };
    } catch (error) {
      if (!isEngineError(error, 'DigestMismatch', 'Corrupt', 'TooLarge', 'Unsupported')) throw error;
      return undefined;
    }
  }

  async #list(job: LayerJob, open: OpenSource, signal: AbortSignal): Promise<LayerIndex> {
    await this.#pool.index(job, open, {}, signal);
    return LayerIndex.open(job.indexFile);
  }

  /** The index of what unpacks to the diffId, where somebody has read it; `undefined` where nobody has. */
  async known(diffId: DiffId): Promise<LayerIndex | undefined> {
    const index =
      this.#remembered(diffId) ?? (await openIndexFile(indexFileIn(await this.#folder(), diffId), diffId));
    return index && this.#remember(index);
  }

  /** Closes the files that rest open for the next reader. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#seekable.values()].map((layer) => layer.close()));
    await this.#chunks.settled();
  }

  /**
   * The layer's index, its blob verified.
   * @throws `NotFound` where the blob is not there, `DigestMismatch`, `Corrupt`, `TooLarge`, `Unsupported`, `Io`, `Cancelled`
   */
  async get(layer: Descriptor, diffId: DiffId, signal?: AbortSignal): Promise<LayerIndex> {
    await this.verify(layer, diffId, signal);
    const known = this.#remembered(diffId);
    if (known) return this.#remember(known);
    const open = (_: unknown, shared: AbortSignal) => this.#open(layer, diffId, shared);
    return this.#opening.run(`${layer.digest} ${diffId}`, open, () => undefined, signal);
  }

  /** Makes sure that the blob is what the descriptor and the diffId say; costs a look at the file where it was before. */
  async verify(layer: Descriptor, diffId: DiffId | undefined, signal?: AbortSignal): Promise<void> {
    throwIfCancelled(signal);
    const mark = await this.#mark(layer);
    const stamp = await (await this.#stamps()).read(layer.digest);
    const isTrusted = stamp?.file === mark && hasSize(mark, layer.size) && isSameAlgorithm(stamp, diffId);
    if (isTrusted) requireDiffId(layer, diffId, stamp);
    else await this.#read(layer, diffId, signal);
  }

  /**
   * Bytes of the layer's regular files: Docker's size of the layer. What was once read of a digest holds for ever, so
   * this looks at the blob only where nobody has before.
   */
  async contentSize(layer: Descriptor, diffId: DiffId | undefined, signal?: AbortSignal): Promise<number> {
    throwIfCancelled(signal);
    const stamp = await (await this.#stamps()).read(layer.digest);
    if (stamp && isSameAlgorithm(stamp, diffId)) {
      requireDiffId(layer, diffId, stamp);
      return stamp.contentSize;
    }
    return (await this.#read(layer, diffId, signal)).contentSize;
  }

  /** Where the layer's bytes are; nothing is looked at. */
  blob({ digest }: Descriptor): LayerBlob {
    const section = this.#store.blobSection?.(digest);
    return { file: this.#store.blobPath(digest), ...(section && { section }) };
  }

  /** Bytes of the layer's tar, its blob verified. */
  async uncompressedSize(layer: Descriptor, diffId: DiffId, signal?: AbortSignal): Promise<number> {
    await this.verify(layer, diffId, signal);
    const stamp = await (await this.#stamps()).read(layer.digest);
    return stamp?.uncompressedSize ?? (await this.get(layer, diffId, signal)).uncompressedSize;
  }

  /** Where the pull has the index written. */
  indexFile(diffId: DiffId): string {
    return indexFileIn(this.#store.cacheDirectory, diffId);
  }

  /** To be called once a blob that {@link LayerPool} has verified is in its place. */
  async recordVerified(layer: Descriptor, result: LayerResult): Promise<void> {
    await (await this.#stamps()).write(layer.digest, result, await this.#mark(layer));
  }

  async #open(layer: Descriptor, diffId: DiffId, signal: AbortSignal): Promise<LayerIndex> {
    const known = await openIndexFile(indexFileIn(await this.#folder(), diffId), diffId);
    if (known) return this.#remember(known);
    await this.#read(layer, diffId, signal);
    return this.#remember(await LayerIndex.open(indexFileIn(await this.#folder(), diffId)));
  }

  async #read(layer: Descriptor, diffId: DiffId | undefined, signal?: AbortSignal): Promise<LayerStamp> {
    const read = (_: unknown, shared: AbortSignal) => this.#readBlob(layer, diffId, shared);
    return this.#verifying.run(`${layer.digest} ${diffId}`, read, () => undefined, signal);
  }

  async #readBlob(layer: Descriptor, diffId: DiffId | undefined, signal: AbortSignal): Promise<LayerStamp> {
    const before = await this.#mark(layer);
    const blob = this.blob(layer);
    const job = { descriptor: layer, ...blob, ...(await this.#indexTarget(layer, diffId)) };
    const result = await this.#pool.index(job, undefined, {}, signal).catch((error: unknown) => {
      throw inFile(error, layer, blob.file, diffId);
    });
    // A file that changes while it is read is vouched for by nobody.
    if (before === (await this.#mark(layer)))
      await (await this.#stamps()).write(layer.digest, result, before);
    return { ...result, file: before };
  }

  /** Where the diffId is not known beforehand the index goes by the layer's own digest, and is not found by diffId. */
  async #indexTarget(layer: Descriptor, diffId: DiffId | undefined) {
    const indexFile = indexFileIn(await this.#folder(), diffId ?? layer.digest);
    return diffId === undefined ? { indexFile } : { diffId, indexFile };
  }

  async #mark(layer: Descriptor): Promise<string> {
    const section = this.#store.blobSection?.(layer.digest);
    const isPossible = section !== undefined || !this.#store.blobSection;
    const mark = isPossible ? await fileMark(this.#store.blobPath(layer.digest)) : undefined;
    if (mark !== undefined) return section ? `${section.size} at ${section.offset} of ${mark}` : mark;
    throw new EngineError('NotFound', `the layer ${layer.digest} is missing`, { reference: layer.digest });
  }

  async #stamps(): Promise<VerifiedStamps> {
    return new VerifiedStamps(join(await this.#folder(), 'stamps'));
  }

  #seekableLayer(key: string, make: () => SeekableLayer): SeekableLayer {
    const known = this.#seekable.get(key) ?? make();
    this.#seekable.set(key, known);
    return known;
  }

  #folder(): Promise<string> {
    this.#directory ??= this.#readOnly ? temporaryFolder() : writableFolder(this.#store.cacheDirectory);
    return this.#directory;
  }

  #remembered(diffId: DiffId): LayerIndex | undefined {
    const index = this.#inMemory.get(diffId);
    return index?.isDamaged ? undefined : index;
  }

  #remember(index: LayerIndex): LayerIndex {
    this.#inMemory.delete(index.diffId);
    this.#inMemory.set(index.diffId, index);
    let entries = 0;
    for (const { length } of this.#inMemory.values()) entries += length;
    for (const [diffId, { length }] of this.#inMemory) {
      if (entries <= maxEntriesInMemory || diffId === index.diffId) break;
      this.#inMemory.delete(diffId);
      entries -= length;
    }
    return index;
  }
}

/**
 * Says of wrong bytes that they are on the disk, not on their way here. Another diffId is the image's own contradiction; of
 * a layer that is not compressed the digest is the diffId, and what is wrong with it is found by the digest.
 */
function inFile(error: unknown, { digest }: Descriptor, path: string, diffId: DiffId | undefined): unknown {
  if (!isEngineError(error, 'DigestMismatch')) return error;
  if (error.facts.expected === diffId && diffId !== digest) return error;
  return new EngineError(error.reason, error.message, { ...error.facts, path }, error);
}

/** `undefined` where it is missing, damaged, of another version or another layer's, and is to be made again. */
async function openIndexFile(file: string, diffId: DiffId): Promise<LayerIndex | undefined> {
  try {
    const index = await LayerIndex.open(file);
    return index.diffId === diffId ? index : undefined;
  } catch (error) {
    if (!isEngineError(error, 'NotFound', 'Corrupt')) throw error;
    return undefined;
  }
}

/** By the layer and its table: another manifest may vouch for another table of the same bytes. */
function listFileIn(folder: string, { digest }: Descriptor, diffId: DiffId, table: TableOfContents): string {
  const { kind, offset, size } = table;
  const name = digestHex(digestOf([digest, diffId, kind, offset, size, table.digest].join(' ')));
  return join(folder, 'tables', name);
}

function indexFileIn(folder: string, diffId: DiffId): string {
  return join(folder, 'indexes', digestAlgorithm(diffId), digestHex(diffId));
}

function isSameAlgorithm(stamp: LayerStamp, diffId: DiffId | undefined): boolean {
  return diffId === undefined || digestAlgorithm(stamp.diffId) === digestAlgorithm(diffId);
}

function requireDiffId(
  layer: Descriptor,
  expected: DiffId | undefined,
  { diffId: actual }: LayerStamp,
): void {
  if (expected === undefined || expected === actual) return;
  throw diffIdMismatch(layer.digest, expected, actual);
}

async function writableFolder(folder: string): Promise<string> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o755 });
    await access(folder, constants.W_OK);
    return folder;
  } catch (error) {
    if (!isNotAllowed(error)) throw ioError(error, 'the folder for layer indexes could not be made');
    return temporaryFolder();
  }
}

let sharedTemporaryFolder: Promise<string> | undefined;

/** One for the process; it goes with it. */
function temporaryFolder(): Promise<string> {
  sharedTemporaryFolder ??= makeTemporaryFolder();
  return sharedTemporaryFolder;
}

async function makeTemporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'strata-indexes-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
