import { EngineError } from '../errors.ts';
import type { StoredImage } from '../image.ts';
import type { Digest } from '../oci/digest.ts';
import type { TaggedReference } from '../oci/reference.ts';
import type { ImageHome } from './storedImages.ts';

/** What giving a tag did. */
export interface Tagging {
  readonly image: StoredImage;
  readonly tag: TaggedReference;
  /** The ID of the image that had the tag before, where it was another one. */
  readonly movedFrom?: Digest;
  /** Whether that image is dangling now. */
  readonly leftDangling: boolean;
}

export async function tagStoredImage(
  _home: ImageHome,
  _name: string,
  _tag: TaggedReference,
  _signal?: AbortSignal,
): Promise<Tagging> {
  throw new EngineError('Unsupported', 'tag');
}
