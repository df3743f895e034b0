import { EngineError, isEngineError } from '../errors.ts';
import type { StoredImage } from '../image.ts';
import { digestHex } from '../oci/digest.ts';
import { canonicalName, canonicalReference, parseReference, type Reference } from '../oci/reference.ts';

/** What a user may call an image by: a reference with tag or digest, a full image ID, or the beginning of one. */
export interface FoundImage {
  readonly image: StoredImage;
  /** Present where it was found by a reference and not by ID. */
  readonly reference?: Reference;
}

/**
 * Finds an image as Docker does: a full ID first, then a reference, then the beginning of an ID.
 * @throws `NotFound` and `Ambiguous` in Docker's words, `Invalid` where the text can be none of these
 */
export function findImage(images: readonly StoredImage[], name: string): FoundImage {
  const byId = byFullId(images, name);
  if (byId) return { image: byId };
  const reference = asReference(name);
  const byReference = reference && images.find((image) => answersTo(image, reference));
  if (byReference) return { image: byReference, reference };
  const byPrefix = byIdPrefix(images, name);
  if (byPrefix) return { image: byPrefix };
  throw new EngineError('NotFound', `No such image: ${name}`, { reference: name });
}

function byFullId(images: readonly StoredImage[], name: string): StoredImage | undefined {
  const hex = /^(?:sha256:)?([0-9a-f]{64})$/.exec(name)?.[1];
  if (hex === undefined) return undefined;
  return (
    images.find(({ id }) => digestHex(id) === hex) ??
    images.find(({ manifest }) => digestHex(manifest.digest) === hex)
  );
}

/** A full ID that names nothing must be reported as absent, not as malformed; so must no name at all. */
function asReference(name: string): Reference | undefined {
  if (name === '' || /^(?:sha256:)?[0-9a-f]{64}$/.test(name)) return undefined;
  try {
    return parseReference(name);
  } catch (error) {
    if (isEngineError(error, 'Invalid') && /^sha256:[0-9a-f]+$/.test(name)) return undefined;
    throw error;
  }
}

/** Where both tag and digest are written, the digest decides. */
function answersTo({ tags, repoDigests }: StoredImage, reference: Reference): boolean {
  const name = canonicalName(reference);
  return reference.digest === undefined
    ? tags.some((known) => canonicalName(known) === name && known.tag === reference.tag)
    : repoDigests.some((known) => canonicalName(known) === name && known.digest === reference.digest);
}

function byIdPrefix(images: readonly StoredImage[], name: string): StoredImage | undefined {
  const prefix = /^(?:sha256:)?([0-9a-f]{1,63})$/.exec(name)?.[1];
  if (prefix === undefined) return undefined;
  const found = images.filter(({ id }) => digestHex(id).startsWith(prefix));
  const ids = new Set(found.map(({ id }) => id));
  if (ids.size <= 1) return found[0];
  throw new EngineError(
    'Ambiguous',
    `several images have an ID that begins with ${prefix}: write more of it`,
    {
      reference: name,
      available: [...ids],
    },
  );
}

/** Every image with the same ID: one config may stand behind several manifests. */
export function sameId(images: readonly StoredImage[], { id }: StoredImage): readonly StoredImage[] {
  return images.filter((image) => image.id === id);
}

/** Tags and digests of images, in the order that Docker lists references. */
export function referencesOf(images: readonly StoredImage[]): readonly Reference[] {
  const references = images.flatMap(({ tags, repoDigests }): Reference[] => [...tags, ...repoDigests]);
  const unique = new Map(references.map((reference) => [canonicalReference(reference), reference]));
  return [...unique].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, reference]) => reference);
}
