import { isEngineError } from '../engine/errors.ts';
import type { StoredImage } from '../engine/image.ts';
import type { ImageEngine } from '../engine/imageEngine.ts';
import { canonicalReference, type Reference } from '../engine/oci/reference.ts';

/** The image that the store has for a reference. */
export async function storedImage(
  engine: ImageEngine,
  reference: Reference,
  signal?: AbortSignal,
): Promise<StoredImage | undefined> {
  try {
    return await engine.image(canonicalReference(reference), signal);
  } catch (error) {
    if (isEngineError(error, 'NotFound')) return undefined;
    throw error;
  }
}
