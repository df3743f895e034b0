import type { StoredImage } from '../image.ts';
import { type Digest, shortDigest } from '../oci/digest.ts';
import { familiarName, familiarReference, type Reference } from '../oci/reference.ts';
import { humanDuration, humanSize } from './humanUnits.ts';
import { pathMatcher } from './pathMatch.ts';

/** A line of `image ls`: an image under one of its names. What it does not have is absent. */
export interface ImageRow {
  readonly image: StoredImage;
  /** Familiar: `alpine`. */
  readonly repository?: string;
  readonly tag?: string;
  /** What the repository's registry calls it. */
  readonly digest?: Digest;
}

export interface ImageRowOptions {
  /** A row for every digest of a tag, where there are several. */
  readonly digests?: boolean;
  /** `REPO[:TAG]` with wildcards: only names that it fits, and no image without one. */
  readonly pattern?: string;
}

/**
 * Images as Docker lists them: a row a tag; a row for a repository that knows the image by digest only; one row of
 * nothing for a dangling image.
 * https://github.com/docker/cli/blob/v20.10.24/cli/command/formatter/image.go (`imageFormatTaggedAndDigest`)
 * @throws `Invalid` where the pattern is broken
 */
export function imageRows(images: readonly StoredImage[], options: ImageRowOptions = {}): ImageRow[] {
  const matches = options.pattern === undefined ? undefined : referenceMatcher(options.pattern);
  return images.flatMap((image) => rowsOfImage(image, options.digests ?? false, matches));
}

type Matcher = (reference: Reference) => boolean;

/** https://github.com/distribution/reference/blob/v0.6.0/helpers.go (`FamiliarMatch`) */
function referenceMatcher(pattern: string): Matcher {
  const fits = pathMatcher(pattern);
  return (reference) => fits(familiarReference(reference)) || fits(familiarName(reference));
}

function rowsOfImage(image: StoredImage, perDigest: boolean, matches: Matcher | undefined): ImageRow[] {
  const tags = matches ? image.tags.filter(matches) : image.tags;
  const repoDigests = matches ? image.repoDigests.filter(matches) : image.repoDigests;
  if (tags.length === 0 && repoDigests.length === 0) return matches ? [] : [{ image }];
  const digestsOf = (repository: string) =>
    repoDigests.filter((reference) => familiarName(reference) === repository).map(({ digest }) => digest);
  const tagged = new Set(tags.map(familiarName));
  const untagged = new Set(repoDigests.map(familiarName).filter((repository) => !tagged.has(repository)));
  const names = [
    ...tags.map((reference) => ({ repository: familiarName(reference), tag: reference.tag })),
    ...[...untagged].map((repository) => ({ repository })),
  ];
  return names.flatMap((name) => rowsOfName({ image, ...name }, digestsOf(name.repository), perDigest));
}

function rowsOfName(row: ImageRow, digests: readonly Digest[], perDigest: boolean): ImageRow[] {
  if (digests.length === 0) return [row];
  return (perDigest ? digests : digests.slice(0, 1)).map((digest) => ({ ...row, digest }));
}

export interface ImageTableOptions {
  readonly digests?: boolean;
  /** Full image IDs instead of their first 12 digits. */
  readonly fullIds?: boolean;
  /** Milliseconds since 1970 that ages are counted to. */
  readonly now?: number;
}

const none = '<none>';

export function imageTableHeader({ digests }: ImageTableOptions = {}): string[] {
  return ['REPOSITORY', 'TAG', ...(digests ? ['DIGEST'] : []), 'IMAGE ID', 'CREATED', 'SIZE'];
}

export function imageTableCells(row: ImageRow, options: ImageTableOptions = {}): string[] {
  const { image, repository = none, tag = none, digest = none } = row;
  return [
    repository,
    tag,
    ...(options.digests ? [digest] : []),
    options.fullIds ? image.id : shortDigest(image.id),
    createdSince(image.created, options.now ?? Date.now()),
    humanSize(image.size, 3),
  ];
}

/** `3 weeks ago`, or `N/A` as Docker has it for an image that does not say. */
export function createdSince(created: Date | undefined, now: number): string {
  if (created === undefined || created.getUTCFullYear() <= 1) return 'N/A';
  return `${humanDuration(now - Math.floor(created.getTime() / 1000) * 1000)} ago`;
}
