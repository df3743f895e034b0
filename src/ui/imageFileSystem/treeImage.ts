import { isEngineError } from '../../engine/errors.ts';
import type { ReadableImage } from '../../engine/image.ts';
import type { ImageEngine } from '../../engine/imageEngine.ts';
import { withDigest } from '../../engine/oci/reference.ts';
import type { ImageTree } from './imageLocation.ts';

/**
 * The image that a tree belongs to: the store's, else the registry's.
 * @throws `NotFound` where neither has it
 */
export async function treeImage(
  engine: ImageEngine,
  { manifest, from }: Pick<ImageTree, 'manifest' | 'from'>,
  signal?: AbortSignal,
): Promise<ReadableImage> {
  try {
    return await engine.image(manifest, signal);
  } catch (error) {
    if (!from || !isEngineError(error, 'NotFound')) throw error;
    return engine.remoteImage(withDigest(from, manifest), {}, signal);
  }
}
