import { EngineError } from '../errors.ts';
import type { ImageLayer, StoredImage } from '../image.ts';
import type { LayerIndex } from '../layers/layerIndex.ts';
import { UnionTree } from '../layers/unionTree.ts';
import { type ImageConfig, maxConfigBytes, parseImageConfig } from '../oci/imageConfig.ts';
import { type Manifest, maxManifestBytes, parseManifest } from '../oci/manifest.ts';
import { layerRows, rowsOfLayers } from './layerRows.ts';
import type { ImageHome } from './storedImages.ts';

interface Documents {
  readonly manifest: Manifest;
  readonly config: ImageConfig;
}

/**
 * What is inside one image of a store. Documents and the union are kept once read. Every answer about layers goes through
 * `LayerIndexes`, which verifies a layer again when its file has changed.
 */
export class ImageContent {
  readonly #home: ImageHome;
  readonly #image: StoredImage;
  #documents: Documents | undefined;
  #union: UnionTree | undefined;

  constructor(home: ImageHome, image: StoredImage) {
    this.#home = home;
    this.#image = image;
  }

  /** @throws `NotFound`, `DigestMismatch`, `Corrupt` */
  async documents(signal?: AbortSignal): Promise<Documents> {
    this.#documents ??= await this.#readDocuments(signal);
    return this.#documents;
  }

  async #readDocuments(signal?: AbortSignal): Promise<Documents> {
    const { store } = this.#home;
    const bytes = await store.readBlob(this.#image.manifest, maxManifestBytes, signal);
    const manifest = parseManifest(bytes, this.#image.manifest.mediaType);
    if (manifest.kind === 'index')
      throw new EngineError('Corrupt', `${this.#image.manifest.digest} is an index`);
    const config = parseImageConfig(await store.readBlob(manifest.config, maxConfigBytes, signal));
    if (config.diffIds.length !== manifest.layers.length) {
      throw new EngineError(
        'Corrupt',
        `the image contradicts itself: ${manifest.layers.length} layers in the manifest, ${config.diffIds.length} in the config`,
      );
    }
    return { manifest, config };
  }

  /** One row a history step, lowest first. */
  async layers(signal?: AbortSignal): Promise<readonly ImageLayer[]> {
    const { manifest, config } = await this.documents(signal);
    const { indexes, union } = await this.#read(signal);
    const figures = indexes.map(({ uncompressedSize }, position) => ({
      uncompressedSize,
      ...union.layerStats(position),
    }));
    return layerRows(manifest, config, figures);
  }

  /** The tree a container would see. */
  async union(signal?: AbortSignal): Promise<UnionTree> {
    return (await this.#read(signal)).union;
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
    return this.#home.indexes.get(layer, diffId, signal);
  }

  async #read(signal?: AbortSignal): Promise<{ indexes: readonly LayerIndex[]; union: UnionTree }> {
    const { manifest, config } = await this.documents(signal);
    const indexes = await Promise.all(
      manifest.layers.map((layer, position) => {
        const diffId = config.diffIds[position];
        if (diffId === undefined) throw new RangeError(`no diffId for layer ${position}`);
        return this.#home.indexes.get(layer, diffId, signal);
      }),
    );
    this.#union ??= await UnionTree.buildInPortions(indexes, rowsOfLayers(config), signal);
    return { indexes, union: this.#union };
  }
}
