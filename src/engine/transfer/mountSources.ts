import { isEngineError } from '../errors.ts';
import type { StoredImage } from '../image.ts';
import type { Digest } from '../oci/digest.ts';
import { maxManifestBytes, parseManifest } from '../oci/manifest.ts';
import type { Reference } from '../oci/reference.ts';
import type { Store } from '../store/store.ts';

/** Manifests that are read to find out who shares a layer: a shared base is found among the newest images. */
const maxImages = 64;

/**
 * Which other repositories of a registry have a blob, as far as the store knows: those that its images were pulled from
 * or pushed to. Nothing is read before the first question.
 */
export class MountSources {
  readonly #store: Store;
  readonly #images: readonly StoredImage[];
  readonly #target: Reference;
  #repositories: Promise<ReadonlyMap<Digest, ReadonlySet<string>>> | undefined;

  /** @param images those of the store, the pushed one first so that its own repositories are the first to be asked */
  constructor(store: Store, images: readonly StoredImage[], target: Reference) {
    this.#store = store;
    this.#images = images;
    this.#target = target;
  }

  /** Paths within the registry, the likeliest first. */
  async of(blob: Digest, signal?: AbortSignal): Promise<readonly string[]> {
    this.#repositories ??= this.#read(signal);
    return [...((await this.#repositories).get(blob) ?? [])];
  }

  async #read(signal?: AbortSignal): Promise<ReadonlyMap<Digest, ReadonlySet<string>>> {
    const found = new Map<Digest, Set<string>>();
    const known = this.#images.filter((image) => this.#placesOf(image).length > 0);
    for (const image of known.slice(0, maxImages)) {
      for (const blob of await this.#blobsOf(image, signal)) {
        const repositories = found.get(blob) ?? new Set();
        for (const repository of this.#placesOf(image)) repositories.add(repository);
        found.set(blob, repositories);
      }
    }
    return found;
  }

  #placesOf({ repoDigests }: StoredImage): readonly string[] {
    return repoDigests
      .filter(({ registry }) => registry === this.#target.registry)
      .map(({ repository }) => repository)
      .filter((repository) => repository !== this.#target.repository);
  }

  /** None where the manifest cannot be read: what one might have known is no reason to stop. */
  async #blobsOf({ manifest }: StoredImage, signal?: AbortSignal): Promise<readonly Digest[]> {
    try {
      const bytes = await this.#store.readBlob(manifest, maxManifestBytes, signal);
      const document = parseManifest(bytes, manifest.mediaType);
      if (document.kind === 'index') return [];
      return [document.config, ...document.layers].map(({ digest }) => digest);
    } catch (error) {
      if (isEngineError(error, 'NotFound', 'DigestMismatch', 'Corrupt', 'TooLarge', 'Unsupported')) return [];
      throw error;
    }
  }
}
