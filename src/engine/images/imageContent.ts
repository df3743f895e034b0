import { EngineError } from '../errors.ts';
import type {
  ImageAnalysis,
  ImageLayer,
  PathHistorySlice,
  ReadableImage,
  TreeChoice,
  WastedFile,
} from '../image.ts';
import { analyzeLayers } from '../layers/efficiency.ts';
import { encodePath } from '../layers/entryText.ts';
import { findFile } from '../layers/fileContent.ts';
import type { LayerIndex } from '../layers/layerIndex.ts';
import type { LayerIndexes } from '../layers/layerIndexes.ts';
import { pathHistory } from '../layers/pathHistory.ts';
import { UnionTree } from '../layers/unionTree.ts';
import { type LostFile, wastedFiles } from '../layers/wastedFiles.ts';
import type { Descriptor } from '../oci/descriptor.ts';
import type { ExportSource } from './exportFiles.ts';
import { layerRows, rowsOfLayers } from './layerRows.ts';
import { type DocumentShelf, type StoredDocuments, storedDocuments } from './storedDocuments.ts';

/** What has been read of a place's layers, or is when it is asked for. */
export type LayerReading = Pick<LayerIndexes, 'get' | 'content' | 'filesInOrder'>;

/** A place whose images can be looked into. */
export interface ContentHome {
  readonly store: DocumentShelf;
  readonly indexes: LayerReading;
}

/**
 * What is inside one image of a store. Documents and the union are kept once read. Every answer about layers goes through
 * `LayerIndexes`, which verifies a layer again when its file has changed.
 */
export class ImageContent {
  readonly home: ContentHome;
  readonly #image: ReadableImage;
  #documents: StoredDocuments | undefined;
  #union: UnionTree | undefined;
  /** Of single layers by their row, each with the index that it was made of. */
  readonly #layerTrees = new Map<number, UnionTree>();

  constructor(home: ContentHome, image: ReadableImage) {
    this.home = home;
    this.#image = image;
  }

  /** @throws `NotFound`, `DigestMismatch`, `Corrupt` */
  async documents(signal?: AbortSignal): Promise<StoredDocuments> {
    this.#documents ??= await storedDocuments(this.home, this.#image, signal);
    return this.#documents;
  }

  /** One row a history step, lowest first. */
  async layers(signal?: AbortSignal): Promise<readonly ImageLayer[]> {
    const { manifest, config } = await this.documents(signal);
    const { indexes, union } = await this.#read(signal);
    const figures = indexes.map(({ isListed, uncompressedSize }, position) => ({
      uncompressedSize: isListed ? undefined : uncompressedSize,
      ...union.layerStats(position),
    }));
    return layerRows(manifest, config, figures);
  }

  /** The tree a container would see. */
  async union(signal?: AbortSignal): Promise<UnionTree> {
    return (await this.#read(signal)).union;
  }

  /**
   * The tree of the whole image, or what one layer holds: deletions are not in it, and hard links to what lower layers
   * have lead nowhere.
   * @param row `index` of {@link ImageLayer}
   * @throws `Invalid` where that step made no layer
   */
  async tree(row: number | undefined, signal?: AbortSignal): Promise<UnionTree> {
    if (row === undefined) return this.union(signal);
    const index = await this.layerIndex(row, signal);
    const known = this.#layerTrees.get(row);
    if (known?.layers[0] === index) return known;
    const tree = await UnionTree.buildInPortions([index], [row], signal);
    this.#layerTrees.set(row, tree);
    return tree;
  }

  /** What an export and a search take from. */
  async exportSource(path: string, choice: TreeChoice, signal?: AbortSignal): Promise<ExportSource> {
    const documents = await this.documents(signal);
    const tree = await this.tree(choice.layer, signal);
    const open: ExportSource['open'] = (position, entries, cancel) => {
      const layer = layerOf(documents, choice, position);
      return this.home.indexes.filesInOrder(layer, tree.index(position), entries, cancel);
    };
    return { tree, open, path: encodePath(path) };
  }

  /** What the layers waste. */
  async analyze(signal?: AbortSignal): Promise<ImageAnalysis> {
    return analyzeLayers(await this.#indexes(signal), signal);
  }

  /**
   * The largest files that each layer wastes, largest first.
   * @param most how many of one layer
   * @returns by the row (`index` of {@link ImageLayer}) of the layer
   */
  async wastedFiles(most: number, signal?: AbortSignal): Promise<ReadonlyMap<number, readonly WastedFile[]>> {
    const rows = rowsOfLayers((await this.documents(signal)).config);
    const files = await wastedFiles(await this.union(signal), most, signal);
    const withRow = (file: LostFile): WastedFile => ({ ...file, by: rows[file.by] ?? file.by });
    return new Map(files.map((own, layer) => [rows[layer] ?? layer, own.map(withRow)]));
  }

  /** What each layer does to each path. */
  async *history(signal?: AbortSignal): AsyncGenerator<PathHistorySlice, void, undefined> {
    yield* pathHistory(await this.union(signal), signal);
  }

  /**
   * The bytes of the file that the path leads to.
   * @param options.follow whether a symlink at the end is followed
   * @param options.layer as in {@link tree}
   */
  async readFile(
    path: string,
    options: TreeChoice & { readonly follow: boolean },
    signal?: AbortSignal,
  ): Promise<AsyncGenerator<Uint8Array, void, undefined>> {
    const documents = await this.documents(signal);
    const tree = await this.tree(options.layer, signal);
    const { layer, index, at } = findFile(tree, encodePath(path), options.follow);
    return this.home.indexes.content(layerOf(documents, options, layer), index, at, signal);
  }

  /**
   * One layer's own entries.
   * @param row `index` of {@link ImageLayer}
   * @throws `Invalid` where that step made no layer
   */
  async layerIndex(row: number, signal?: AbortSignal): Promise<LayerIndex> {
    const { manifest, config } = await this.documents(signal);
    const position = rowsOfLayers(config).indexOf(row);
    const layer = manifest.layers[position];
    const diffId = config.diffIds[position];
    if (!layer || diffId === undefined) {
      const rows = rowsOfLayers(config).join(', ');
      throw new EngineError(
        'Invalid',
        `step ${row} of the image made no layer; layers are at ${rows || 'none'}`,
      );
    }
    return this.home.indexes.get(layer, diffId, signal);
  }

  async #read(signal?: AbortSignal): Promise<{ indexes: readonly LayerIndex[]; union: UnionTree }> {
    const { config } = await this.documents(signal);
    const indexes = await this.#indexes(signal);
    const known = this.#union?.layers.some(({ isDamaged }) => isDamaged) ? undefined : this.#union;
    this.#union = known ?? (await UnionTree.buildInPortions(indexes, rowsOfLayers(config), signal));
    return { indexes, union: this.#union };
  }

  async #indexes(signal?: AbortSignal): Promise<readonly LayerIndex[]> {
    const { manifest, config } = await this.documents(signal);
    return Promise.all(
      manifest.layers.map((layer, position) => {
        const diffId = config.diffIds[position];
        if (diffId === undefined) throw new RangeError(`no diffId for layer ${position}`);
        return this.home.indexes.get(layer, diffId, signal);
      }),
    );
  }
}

/** What stands at a position of the chosen tree. */
function layerOf({ manifest, config }: StoredDocuments, { layer }: TreeChoice, position: number): Descriptor {
  const descriptor = manifest.layers[layer === undefined ? position : rowsOfLayers(config).indexOf(layer)];
  if (!descriptor) throw new RangeError(`there is no layer ${position}`);
  return descriptor;
}
