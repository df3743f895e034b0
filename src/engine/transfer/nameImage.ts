import type { Digest } from '../oci/digest.ts';
import { canonicalReference, type Reference, withDigest, withTag } from '../oci/reference.ts';
import {
  addRepoDigest,
  type RepoDigest,
  removeRepoDigest,
  type StoredImageFacts,
  type StoreEntry,
  tagImage,
} from '../store/entries.ts';

export interface Naming {
  readonly entries: readonly StoreEntry[];
  /** Whether the name is new or has moved to another image. */
  readonly changed: boolean;
}

/**
 * Gives a pulled image its tag (none where it was pulled by digest) and the digest its registry knows it by. A name
 * means one image: a tag or digest that another image had (of another platform, say) moves, and that image stays.
 */
export function nameImage(
  entries: readonly StoreEntry[],
  image: StoredImageFacts,
  reference: Reference,
  topDigest: Digest,
): Naming {
  const repoDigest = withDigest(reference, topDigest);
  const tag = reference.digest === undefined ? reference.tag : undefined;
  const known = entries.some(
    (entry) =>
      isSameImage(entry, image) &&
      (tag === undefined
        ? hasRepoDigest(entry, repoDigest)
        : entry.name === canonicalReference(withTag(reference, tag))),
  );
  const freed = takeRepoDigest(entries, image, repoDigest);
  const tagged = tag === undefined ? freed : tagImage(freed, image, withTag(reference, tag));
  return { entries: addRepoDigest(tagged, image, repoDigest), changed: !known };
}

/** Several manifests may name one image. */
function isSameImage({ descriptor, imageId }: StoreEntry, { manifest, id }: StoredImageFacts): boolean {
  return descriptor.digest === manifest.digest || (id !== undefined && imageId === id);
}

function takeRepoDigest(
  entries: readonly StoreEntry[],
  { manifest }: StoredImageFacts,
  repoDigest: RepoDigest,
): readonly StoreEntry[] {
  return entries
    .filter((entry) => entry.descriptor.digest !== manifest.digest && hasRepoDigest(entry, repoDigest))
    .reduce((edited, { descriptor }) => removeRepoDigest(edited, descriptor.digest, repoDigest), entries);
}

function hasRepoDigest({ repoDigests }: StoreEntry, repoDigest: RepoDigest): boolean {
  return repoDigests.some((known) => canonicalReference(known) === canonicalReference(repoDigest));
}
