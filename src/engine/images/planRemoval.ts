import { EngineError } from '../errors.ts';
import type { StoredImage } from '../image.ts';
import { digestHex, shortDigest } from '../oci/digest.ts';
import { canonicalName, canonicalReference, type Reference, withDigest } from '../oci/reference.ts';
import { findImage, referencesOf, sameId } from './findImage.ts';

export interface RemovalPlan {
  /** All stored images with the ID in question. */
  readonly images: readonly StoredImage[];
  /** The names that go, in the order Docker reports them. */
  readonly untagged: readonly Reference[];
  /** The one name that goes as it was written, where that was a tag beside its digest: Docker repeats it. */
  readonly writtenAs?: Reference;
  /** Whether the image goes too, since nothing names it any more. */
  readonly deleted: boolean;
}

/**
 * What `image rm NAME` does, by Docker's rules: a name takes away that name, and with the last tag of a repository the
 * repository's digests; an ID takes away the image with all its names, where they are of one repository or `force` is given.
 * https://github.com/moby/moby/blob/v20.10.27/daemon/images/image_delete.go
 * @throws `NotFound`, `Ambiguous`, `Conflict` (an ID that several repositories name, without `force`)
 */
export function planRemoval(all: readonly StoredImage[], name: string, force: boolean): RemovalPlan {
  const { image, reference } = findImage(all, name);
  const images = sameId(all, image);
  const references = referencesOf(images);
  // A name that begins the image's own ID is taken for that.
  const isName = reference !== undefined && !isIdPrefix(image, name);
  return isName ? byName(images, references, reference) : byId(images, references, image, force);
}

function isIdPrefix({ id }: StoredImage, name: string): boolean {
  return id.startsWith(name) || digestHex(id).startsWith(name);
}

function byName(
  images: readonly StoredImage[],
  references: readonly Reference[],
  given: Reference,
): RemovalPlan {
  const wanted = canonicalReference(given.digest === undefined ? given : withDigest(given, given.digest));
  const isGiven = (reference: Reference) => canonicalReference(reference) === wanted;
  const others = references.filter((reference) => !isGiven(reference));
  const inRepository = others.filter((reference) => canonicalName(reference) === canonicalName(given));
  const tagRemains = inRepository.some(({ tag }) => tag !== undefined);
  const digests = given.digest === undefined && !tagRemains ? inRepository : [];
  const untagged = [...references.filter(isGiven), ...digests];
  const deleted = untagged.length === references.length;
  return { images, untagged, deleted, ...(given.tag && given.digest && { writtenAs: given }) };
}

function byId(
  images: readonly StoredImage[],
  references: readonly Reference[],
  { id }: StoredImage,
  force: boolean,
): RemovalPlan {
  if (!force && !isOneName(references)) {
    throw new EngineError(
      'Conflict',
      `conflict: unable to delete ${shortDigest(id)} (must be forced) - image is referenced in multiple repositories`,
      { reference: id },
    );
  }
  return { images, untagged: references, deleted: true };
}

/** At most one tag, and digests of that tag's repository only. */
function isOneName(references: readonly Reference[]): boolean {
  if (references.length <= 1) return true;
  const tags = references.filter(({ tag }) => tag !== undefined);
  return tags.length <= 1 && new Set(references.map(canonicalName)).size === 1;
}
