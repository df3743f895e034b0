import { EngineError } from '../errors.ts';
import type { StoredImage } from '../image.ts';
import {
  canonicalName,
  canonicalReference,
  familiarName,
  familiarReference,
  type Reference,
  type TaggedReference,
} from '../oci/reference.ts';

/**
 * The stored tags of a repository in Docker's order, that of their text.
 * @throws `NotFound` in Docker's words where there is none
 */
export function repositoryTags(
  images: readonly StoredImage[],
  repository: Reference,
): readonly TaggedReference[] {
  const tags = images.flatMap(({ tags }) => tags).filter((tag) => isIn(tag, repository));
  if (tags.length === 0) throw noTags(images, repository);
  return tags.sort((a, b) => (canonicalReference(a) < canonicalReference(b) ? -1 : 1));
}

function noTags(images: readonly StoredImage[], repository: Reference): EngineError {
  const name = familiarName(repository);
  const message = knows(images, repository) ? `no tags to push for ${name}` : noSuchImage(repository);
  return new EngineError('NotFound', message, { reference: name });
}

/** Docker tells a tag that is missing from a repository that is. */
export function noSuchTag(images: readonly StoredImage[], tag: TaggedReference): EngineError {
  const name = familiarReference(tag);
  const message = knows(images, tag) ? `tag does not exist: ${name}` : noSuchImage(tag);
  return new EngineError('NotFound', message, { reference: name });
}

function noSuchImage(repository: Reference): string {
  return `An image does not exist locally with the tag: ${familiarName(repository)}`;
}

function knows(images: readonly StoredImage[], repository: Reference): boolean {
  return images.some(({ tags, repoDigests }) =>
    [...tags, ...repoDigests].some((known) => isIn(known, repository)),
  );
}

function isIn(reference: Reference, repository: Reference): boolean {
  return canonicalName(reference) === canonicalName(repository);
}
