import type { ListedTable } from '../image.ts';
import { type ChunkedLayer, chunkedContent } from '../layers/chunkedContent.ts';
import type { FilesInOrder } from '../layers/filesInOrder.ts';
import { sniffCompression } from '../layers/inflater.ts';
import type { LayerIndex } from '../layers/layerIndex.ts';
import type { LayerIndexes, ListedLayer } from '../layers/layerIndexes.ts';
import { ListedFiles } from '../layers/listedFiles.ts';
import {
  footerBytes,
  type TableOfContents,
  tableInAnnotations,
  tableInFooter,
} from '../layers/tableOfContents.ts';
import type { StreamedBlob } from '../layers/tarBytes.ts';
import type { Descriptor } from '../oci/descriptor.ts';
import { type DiffId, parseDigest } from '../oci/digest.ts';
import { type Compression, layerCompression } from '../oci/mediaType.ts';
import type { RegistryRepository } from '../registry/registryRepository.ts';
import type { ByteRange } from '../target.ts';
import { atIntervals } from '../tasks/atIntervals.ts';
import { fromAnySource } from '../tasks/fromAnySource.ts';
import { SharedTasks } from '../tasks/sharedTasks.ts';

/** Bytes by which a compression is known. */
const magicBytes = 6;

export interface RemoteLayersParts {
  readonly repository: RegistryRepository;
  readonly indexes: LayerIndexes;
  /** Whether a layer is on this machine's disk, so that nobody need be asked for it. */
  readonly isHere: (layer: Descriptor, signal?: AbortSignal) => Promise<boolean>;
}

/** What is known of a layer that is not here, and by what: its bytes, or the list in it that it has of itself. */
type Reading = { readonly by: 'bytes'; readonly index: LayerIndex } | ListedReading;

type ListedReading = { readonly by: 'table'; readonly table: TableOfContents } & ListedLayer;

/**
 * The layers of a registry's images, read where they are. What is here already is read here. Of the rest the table of
 * contents in a layer tells what it holds (eStargz, zstd:chunked); a layer without one is read once from end to end,
 * verified, and only its index is kept. A file's bytes are fetched when it is read.
 */
export class RemoteLayers {
  readonly #parts: RemoteLayersParts;
  readonly #reading = new SharedTasks<number, Reading>(() => 'received');
  readonly #blobs = new Map<string, StreamedBlob>();
  /** By layer and diffId, those read by their table of contents. */
  readonly #listed = new Map<string, ListedReading>();

  constructor(parts: RemoteLayersParts) {
    this.#parts = parts;
  }

  get(layer: Descriptor, diffId: DiffId, signal?: AbortSignal): Promise<LayerIndex> {
    return this.read(layer, diffId, () => undefined, signal);
  }

  /**
   * As {@link get}, telling how many bytes of the layer have come.
   * @throws what `LayerIndexes.indexElsewhere` and the registry throw
   */
  async read(
    layer: Descriptor,
    diffId: DiffId,
    onProgress: (received: number) => void,
    signal?: AbortSignal,
  ): Promise<LayerIndex> {
    if (await this.#parts.isHere(layer, signal)) return this.#parts.indexes.get(layer, diffId, signal);
    const key = `${layer.digest} ${diffId}`;
    const listed = this.#listed.get(key);
    if (listed && !listed.index.isDamaged) return listed.index;
    const read = (emit: (received: number) => void, shared: AbortSignal) =>
      this.#read(layer, diffId, atIntervals(emit), shared);
    const reading = await this.#reading.run(key, read, onProgress, signal);
    if (reading.by === 'table') this.#listed.set(key, reading);
    return reading.index;
  }

  /** Layers that are known by their table of contents alone, and whether the manifest vouches for that. */
  tables(): readonly ListedTable[] {
    return [...this.#listed].map(([key, { table }]) => ({
      layer: parseDigest(key.slice(0, key.indexOf(' '))),
      verified: table.digest !== undefined,
    }));
  }

  async *content(
    layer: Descriptor,
    index: LayerIndex,
    at: number,
    signal?: AbortSignal,
  ): AsyncGenerator<Uint8Array, void, undefined> {
    const listed = this.#listedAs(layer, index);
    if (listed) yield* chunkedContent(this.#chunked(layer, listed), index, at, signal);
    else yield* await this.#unpackedContent(layer, index, at, signal);
  }

  async #unpackedContent(layer: Descriptor, index: LayerIndex, at: number, signal?: AbortSignal) {
    const { indexes, isHere } = this.#parts;
    return (await isHere(layer, signal))
      ? indexes.content(layer, index, at, signal)
      : indexes.contentElsewhere(this.#streamed(layer), index, at, signal);
  }

  /** Files of a layer in the order in which it has them: each of its bytes comes once at most. */
  async filesInOrder(
    layer: Descriptor,
    index: LayerIndex,
    entries: readonly number[],
    signal?: AbortSignal,
  ): Promise<FilesInOrder> {
    const { indexes, isHere } = this.#parts;
    const listed = this.#listedAs(layer, index);
    if (listed) return new ListedFiles(this.#chunked(layer, listed), index, entries, signal);
    return (await isHere(layer, signal))
      ? indexes.filesInOrder(layer, index, entries, signal)
      : indexes.filesElsewhere(this.#streamed(layer), index, entries, signal);
  }

  /** How the layer is read by its table of contents, where the index came from that. */
  #listedAs(layer: Descriptor, index: LayerIndex): ListedReading | undefined {
    const listed = this.#listed.get(`${layer.digest} ${index.diffId}`);
    return listed?.index === index ? listed : undefined;
  }

  #chunked(layer: Descriptor, { chunks, table }: ListedReading): ChunkedLayer {
    const open = (range: ByteRange, cancel?: AbortSignal) =>
      this.#parts.repository.fetchUnverified(layer, range, cancel);
    return { chunks, compression: table.kind === 'estargz' ? 'gzip' : 'zstd', open };
  }

  #read(
    layer: Descriptor,
    diffId: DiffId,
    onProgress: (received: number) => void,
    signal: AbortSignal,
  ): Promise<Reading> {
    return fromAnySource(
      (error) => this.#parts.repository.giveUp(layer, error),
      () => this.#readOnce(layer, diffId, onProgress, signal),
    );
  }

  async #readOnce(
    layer: Descriptor,
    diffId: DiffId,
    onProgress: (received: number) => void,
    signal: AbortSignal,
  ): Promise<Reading> {
    const { indexes } = this.#parts;
    const known = await indexes.known(diffId);
    if (known) return { by: 'bytes', index: known };
    const table = await this.#table(layer, signal);
    const listed = table && (await this.#list(layer, diffId, table, signal));
    if (listed) return listed;
    const open = (offset: number, cancel: AbortSignal) => this.#open(layer, offset, cancel);
    return { by: 'bytes', index: await indexes.indexElsewhere(layer, diffId, open, onProgress, signal) };
  }

  async #list(
    layer: Descriptor,
    diffId: DiffId,
    table: TableOfContents,
    signal: AbortSignal,
  ): Promise<Reading | undefined> {
    const { offset, size } = table;
    const open = (from: number, cancel: AbortSignal) =>
      this.#parts.repository.fetchUnverified(layer, { offset: offset + from, length: size - from }, cancel);
    const listed = await this.#parts.indexes.listElsewhere(layer, diffId, table, open, signal);
    return listed && { by: 'table', table, ...listed };
  }

  /** Asks the layer's last bytes where the manifest does not say. */
  async #table(layer: Descriptor, signal: AbortSignal): Promise<TableOfContents | undefined> {
    const compression = layerCompression(layer.mediaType);
    if (compression === 'none' || layer.size <= footerBytes) return undefined;
    const told = tableInAnnotations(layer);
    if (told) return told;
    const range = { offset: layer.size - footerBytes, length: footerBytes };
    return tableInFooter(layer, await this.#bytes(layer, range, signal));
  }

  #streamed(layer: Descriptor): StreamedBlob {
    const known = this.#blobs.get(layer.digest);
    if (known) return known;
    let compression: Promise<Compression> | undefined;
    const findOut = () => {
      compression ??= this.#compression(layer).catch((error: unknown) => {
        compression = undefined;
        throw error;
      });
      return compression;
    };
    const made = {
      compression: findOut,
      open: (offset: number, signal?: AbortSignal) => this.#open(layer, offset, signal),
    };
    this.#blobs.set(layer.digest, made);
    return made;
  }

  async #compression(layer: Descriptor): Promise<Compression> {
    return sniffCompression(await this.#bytes(layer, { offset: 0, length: magicBytes }));
  }

  async #bytes(layer: Descriptor, range: ByteRange, signal?: AbortSignal): Promise<Uint8Array> {
    const pieces: Uint8Array[] = [];
    const stream = await this.#parts.repository.fetchUnverified(layer, range, signal);
    for await (const piece of stream) pieces.push(piece as Uint8Array);
    return Buffer.concat(pieces);
  }

  #open(layer: Descriptor, offset: number, signal?: AbortSignal) {
    return this.#parts.repository.fetchUnverified(layer, { offset }, signal);
  }
}
