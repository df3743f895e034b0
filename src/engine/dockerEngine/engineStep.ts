import type { Digest } from '../oci/digest.ts';
import { asObject, asSize, asString, optional } from '../oci/json.ts';
import { imageId } from './engineImage.ts';

/** A step of an image's history, as an engine tells it. */
export interface EngineStep {
  /** Absent for the steps of which no image is kept (`<missing>`). */
  readonly id?: Digest;
  readonly created?: Date;
  readonly createdBy: string;
  /** Bytes of the files that the step's layer holds, unpacked. */
  readonly size: number;
  readonly comment: string;
}

/** https://docs.docker.com/reference/api/engine/version/v1.47/#tag/Image/operation/ImageHistory @throws `Corrupt` */
export function parseStep(row: unknown): EngineStep {
  const { Id, Created, CreatedBy, Size, Comment } = asObject(row, 'a step');
  const id = optional(Id, 'Id', asString);
  return {
    ...(id && id !== '<missing>' && { id: imageId(id, 'Id') }),
    // Go's zero time lies long before 1970.
    ...(typeof Created === 'number' && Created > 0 && { created: new Date(Created * 1000) }),
    createdBy: optional(CreatedBy, 'CreatedBy', asString) ?? '',
    size: optional(Size, 'Size', asSize) ?? 0,
    comment: optional(Comment, 'Comment', asString) ?? '',
  };
}
