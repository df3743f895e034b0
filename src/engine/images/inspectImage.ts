import { EngineError } from '../errors.ts';
import type { StoredImage } from '../image.ts';
import type { JsonObject } from '../oci/json.ts';
import type { ImageHome } from './storedImages.ts';

/** Docker's document about an image, as far as an image without containers has it. */
export type ImageInspection = JsonObject;

export async function inspectImage(
  _home: ImageHome,
  _image: StoredImage,
  _signal?: AbortSignal,
): Promise<ImageInspection> {
  throw new EngineError('Unsupported', 'inspect');
}
