import { EngineError } from '../errors.ts';
import type { Digest } from '../oci/digest.ts';
import type { ImageHome } from './storedImages.ts';

/** What one image takes of the store, in bytes on disk. */
export interface ImageSize {
  /** Of blobs that no other image uses: what removing the image gives back. */
  readonly uniqueBytes: number;
  /** Of blobs that other images use as well. */
  readonly sharedBytes: number;
  /** Manifests of the images that share a layer with it. */
  readonly sharesWith: readonly Digest[];
}

export interface ImageSizes {
  /** By manifest. */
  readonly images: ReadonlyMap<Digest, ImageSize>;
  /** What sharing saves: the bytes that the images would take if each had its own copy, less those they take. */
  readonly savedBytes: number;
  /** Bytes that removing all dangling images would give back. */
  readonly danglingBytes: number;
}

export async function imageSizes(_home: ImageHome, _signal?: AbortSignal): Promise<ImageSizes> {
  throw new EngineError('Unsupported', 'sizes');
}
