import { EngineError } from '../errors.ts';
import type { StoredImage } from '../image.ts';
import type { Digest } from '../oci/digest.ts';
import type { TaggedReference } from '../oci/reference.ts';
import type { ImageHome } from './storedImages.ts';

/** A line of `image history`: one step, the last first. */
export interface HistoryRow {
  /** Of the image whose last step this is; absent for the steps below (`<missing>`). */
  readonly id?: Digest;
  readonly created?: Date;
  readonly createdBy: string;
  /** Bytes of the files that the step's layer holds, unpacked; 0 where it made none. */
  readonly size: number;
  readonly comment: string;
  readonly tags: readonly TaggedReference[];
  /** The step made no layer. */
  readonly empty: boolean;
}

export async function imageHistory(
  _home: ImageHome,
  _image: StoredImage,
  _signal?: AbortSignal,
): Promise<readonly HistoryRow[]> {
  throw new EngineError('Unsupported', 'history');
}
