import { EngineError } from '../errors.ts';
import type { ReadableImage } from '../image.ts';
import { type ImageConfig, maxConfigBytes, parseImageConfig } from '../oci/imageConfig.ts';
import { type Manifest, maxManifestBytes, parseManifest } from '../oci/manifest.ts';
import type { ImageShelf } from './storedImages.ts';

/** Where an image's manifest and config are read. */
export type DocumentShelf = Pick<ImageShelf, 'readBlob'>;

export interface StoredDocuments {
  readonly manifest: Manifest;
  readonly config: ImageConfig;
}

/**
 * Manifest and config of a stored image, verified, and as many layers in the one as in the other.
 * @throws `NotFound`, `DigestMismatch`, `Corrupt`
 */
export async function storedDocuments(
  { store }: { readonly store: DocumentShelf },
  image: ReadableImage,
  signal?: AbortSignal,
): Promise<StoredDocuments> {
  const manifest = await storedManifest(store, image, signal);
  const config = parseImageConfig(await store.readBlob(manifest.config, maxConfigBytes, signal));
  if (config.diffIds.length === manifest.layers.length) return { manifest, config };
  throw new EngineError(
    'Corrupt',
    `the image contradicts itself: ${manifest.layers.length} layers in the manifest, ${config.diffIds.length} in the config`,
  );
}

async function storedManifest(
  store: DocumentShelf,
  { manifest: descriptor }: ReadableImage,
  signal?: AbortSignal,
): Promise<Manifest> {
  const bytes = await store.readBlob(descriptor, maxManifestBytes, signal);
  const manifest = parseManifest(bytes, descriptor.mediaType);
  if (manifest.kind === 'manifest') return manifest;
  throw new EngineError('Corrupt', `${descriptor.digest} is an index`);
}
