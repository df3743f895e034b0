import { EngineError } from '../errors.ts';
import type { ImageHome } from '../images/storedImages.ts';

/**
 * A docker-archive of the images, as `docker save` writes it: every name given is a name in it, an ID gives an image
 * without one, a repository gives all its tags.
 */
export async function* saveImages(
  _home: ImageHome,
  _names: readonly string[],
  _signal?: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  yield await Promise.reject(new EngineError('Unsupported', 'save'));
}
