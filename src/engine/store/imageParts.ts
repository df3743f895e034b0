import { isEngineError } from '../errors.ts';
import { type Descriptor, plainDescriptor } from '../oci/descriptor.ts';
import type { DiffId } from '../oci/digest.ts';
import { maxConfigBytes, parseImageConfig } from '../oci/imageConfig.ts';
import { type Manifest, maxManifestBytes, parseManifest } from '../oci/manifest.ts';
import { isForeignLayer, isImageConfigMediaType, isManifestMediaType } from '../oci/mediaType.ts';
import type { BlobFolder } from './blobFolder.ts';
import type { ImageGraph } from './imageGraph.ts';

/**
 * What a plain image is made of, as its manifest and config say. All of it must be there, and by the manifest's digest it
 * is the same for ever. Indexes, artefacts, and images with a subject or with layers that are not distributed are no
 * plain ones: what those hold on to depends on what is there.
 */
export interface ImageParts {
  readonly config: Descriptor;
  /** Lowest first. */
  readonly layers: readonly Descriptor[];
  /** As many as layers. */
  readonly diffIds: readonly DiffId[];
}

/**
 * Reads manifest and config, both verified.
 * @returns `undefined` where it is no plain image, or cannot be read; who needs to know why reads it by the other ways
 * @throws `Io`, `Cancelled`
 */
export async function readImageParts(
  blobs: Pick<BlobFolder, 'read'>,
  root: Descriptor,
  signal?: AbortSignal,
): Promise<ImageParts | undefined> {
  if (!isManifestMediaType(root.mediaType)) return undefined;
  try {
    const manifest = parseManifest(await blobs.read(root, maxManifestBytes, signal), root.mediaType);
    if (manifest.kind !== 'manifest' || !isPlain(manifest)) return undefined;
    const { diffIds } = parseImageConfig(await blobs.read(manifest.config, maxConfigBytes, signal));
    return diffIds.length === manifest.layers.length
      ? { config: plainDescriptor(manifest.config), layers: manifest.layers.map(plainDescriptor), diffIds }
      : undefined;
  } catch (error) {
    if (!isEngineError(error) || isEngineError(error, 'Io', 'Cancelled')) throw error;
    return undefined;
  }
}

function isPlain({ config, layers, subject }: Manifest): boolean {
  return (
    isImageConfigMediaType(config.mediaType) &&
    !subject &&
    !layers.some((layer) => isForeignLayer(layer.mediaType))
  );
}

/** What {@link readImageGraph} finds of a plain image. */
export function graphOfParts({ digest, size }: Descriptor, { config, layers }: ImageParts): ImageGraph {
  return {
    reached: [{ digest, size }, config, ...layers],
    absent: [],
    manifests: [{ config, layers }],
    broken: [],
  };
}
