import type { ArchiveImage } from '../archive/archiveImage.ts';
import { makeManifest } from '../archive/dockerArchive.ts';
import { isEngineError } from '../errors.ts';
import type { StoredImage } from '../image.ts';
import { type StoredDocuments, storedDocuments } from '../images/storedDocuments.ts';
import { type ImageHome, storedImages } from '../images/storedImages.ts';
import { type Descriptor, plainDescriptor } from '../oci/descriptor.ts';
import type { DiffId } from '../oci/digest.ts';
import { layerCompression, mediaType } from '../oci/mediaType.ts';
import type { Lease } from '../store/store.ts';
import type { LoadableImage, LoadableLayer } from './loadableImage.ts';

/**
 * A docker-archive tells image IDs and diffIds, not what was once distributed. Where the store has the image, pulled from
 * a registry perhaps, it stays that image, digest and all; where it has a layer under another compression, that serves.
 * An image that comes with its own manifest keeps it.
 */
export async function reuseStored(
  home: ImageHome,
  lease: Lease,
  images: readonly ArchiveImage[],
  signal: AbortSignal,
): Promise<readonly LoadableImage[]> {
  if (!images.some(({ generated }) => generated)) return images;
  const reuse = new StoreReuse(home, lease, signal);
  const stored = await storedImages(home, signal);
  const loadable: LoadableImage[] = [];
  for (const image of images) {
    loadable.push(image.generated ? await reuse.image(image, stored) : image);
  }
  return loadable;
}

class StoreReuse {
  readonly #home: ImageHome;
  readonly #lease: Lease;
  readonly #signal: AbortSignal;
  #layers: Promise<ReadonlyMap<DiffId, Descriptor>> | undefined;

  constructor(home: ImageHome, lease: Lease, signal: AbortSignal) {
    this.#home = home;
    this.#lease = lease;
    this.#signal = signal;
  }

  async image(image: ArchiveImage, stored: readonly StoredImage[]): Promise<LoadableImage> {
    const { digest: id } = image.config.descriptor;
    for (const same of stored) {
      const known = same.id === id ? await this.#whole(same) : undefined;
      if (known) return { ...image, ...known };
    }
    return this.#withStoredLayers(image, stored);
  }

  /** The stored image as one to load, where nothing of it is missing or damaged. */
  async #whole(image: StoredImage): Promise<Pick<LoadableImage, 'manifest' | 'layers'> | undefined> {
    const documents = await this.#documents(image);
    if (!documents) return undefined;
    const { manifest, config } = documents;
    const digests = [image.manifest, manifest.config, ...manifest.layers].map(({ digest }) => digest);
    await this.#lease.add(digests, this.#signal);
    const layers: LoadableLayer[] = [];
    for (const [position, diffId] of config.diffIds.entries()) {
      const descriptor = manifest.layers[position];
      if (!descriptor || !(await this.#isSound(descriptor, diffId))) return undefined;
      layers.push({ descriptor, diffId });
    }
    const bytes = await this.#home.store.readBlob(image.manifest, image.manifest.size, this.#signal);
    return { manifest: { descriptor: plainDescriptor(image.manifest), bytes }, layers };
  }

  async #withStoredLayers(image: ArchiveImage, stored: readonly StoredImage[]): Promise<LoadableImage> {
    const layers: LoadableLayer[] = [];
    for (const layer of image.layers) layers.push((await this.#storedLayer(layer, stored)) ?? layer);
    return { ...image, layers, manifest: makeManifest(image.config.descriptor, layers) };
  }

  async #storedLayer(
    { descriptor, diffId }: LoadableLayer,
    stored: readonly StoredImage[],
  ): Promise<LoadableLayer | undefined> {
    if (await this.#home.store.exists(descriptor, this.#signal)) return undefined;
    this.#layers ??= this.#layersOf(stored);
    const known = (await this.#layers).get(diffId);
    if (!known) return undefined;
    await this.#lease.add([known.digest], this.#signal);
    return (await this.#isSound(known, diffId)) ? { descriptor: known, diffId } : undefined;
  }

  async #layersOf(stored: readonly StoredImage[]): Promise<ReadonlyMap<DiffId, Descriptor>> {
    const known = new Map<DiffId, Descriptor>();
    for (const image of stored) {
      const documents = await this.#documents(image);
      for (const [position, diffId] of (documents?.config.diffIds ?? []).entries()) {
        const layer = documents?.manifest.layers[position];
        const descriptor = layer && asOciLayer(layer);
        if (descriptor && !known.has(diffId)) known.set(diffId, descriptor);
      }
    }
    return known;
  }

  /** What cannot be read is of no use here, and no business of the load's. */
  async #documents(image: StoredImage): Promise<StoredDocuments | undefined> {
    try {
      return await storedDocuments(this.#home, image, this.#signal);
    } catch (error) {
      if (isEngineError(error, 'NotFound', 'Corrupt', 'DigestMismatch', 'TooLarge')) return undefined;
      throw error;
    }
  }

  async #isSound(layer: Descriptor, diffId: DiffId): Promise<boolean> {
    try {
      await this.#home.indexes.verify(layer, diffId, this.#signal);
      return true;
    } catch (error) {
      if (isEngineError(error, 'NotFound', 'Corrupt', 'DigestMismatch', 'TooLarge', 'Unsupported'))
        return false;
      throw error;
    }
  }
}

/** As an OCI manifest calls it; what has a type of its own is left alone. */
function asOciLayer(layer: Descriptor): Descriptor | undefined {
  const compression = layerCompression(layer.mediaType);
  if (compression === undefined || layer.urls) return undefined;
  const types = { none: mediaType.ociLayer, gzip: mediaType.ociLayerGzip, zstd: mediaType.ociLayerZstd };
  return { ...plainDescriptor(layer), mediaType: types[compression] };
}
