import type { StoredImage } from '../image.ts';
import type { Digest } from '../oci/digest.ts';
import { familiarName, type Reference } from '../oci/reference.ts';

/** A line of `image ls`: an image under one of its names. What it does not have is absent. */
export interface ImageRow {
  readonly image: StoredImage;
  /** Familiar: `alpine`. */
  readonly repository?: string;
  readonly tag?: string;
  /** What the repository's registry calls it. */
  readonly digest?: Digest;
}

/** Which digests make rows of their own, where there are several: all, those of names with a tag, or none. */
export type DigestRows = 'all' | 'tagged' | 'none';

/**
 * Images as Docker lists them: a row a tag; a row for a repository that knows the image by digest only; one row of
 * nothing for a dangling image.
 * https://github.com/docker/cli/blob/v20.10.24/cli/command/formatter/image.go (`imageFormatTaggedAndDigest`)
 */
export function imageRows(images: readonly StoredImage[], digestRows: DigestRows = 'none'): ImageRow[] {
  const rows: ImageRow[] = [];
  for (const image of images) addRows(rows, image, digestRows);
  return rows;
}

function addRows(rows: ImageRow[], image: StoredImage, digestRows: DigestRows): void {
  const { tags, repoDigests } = image;
  for (const reference of tags) {
    const row = { image, repository: familiarName(reference), tag: reference.tag };
    addNamed(rows, row, digestsIn(reference, repoDigests), digestRows !== 'none');
  }
  for (const [at, reference] of repoDigests.entries()) {
    if (repoDigests.findIndex((other) => isSameRepository(reference, other)) < at) continue;
    if (tags.some((tag) => isSameRepository(reference, tag))) continue;
    const row = { image, repository: familiarName(reference) };
    addNamed(rows, row, digestsIn(reference, repoDigests), digestRows === 'all');
  }
  if (tags.length === 0 && repoDigests.length === 0) rows.push({ image });
}

function addNamed(rows: ImageRow[], row: ImageRow, digests: readonly Digest[], perDigest: boolean): void {
  const [first] = digests;
  if (first === undefined) rows.push(row);
  else if (perDigest) for (const digest of digests) rows.push({ ...row, digest });
  else rows.push({ ...row, digest: first });
}

function digestsIn(name: Reference, repoDigests: StoredImage['repoDigests']): Digest[] {
  return repoDigests.filter((other) => isSameRepository(name, other)).map(({ digest }) => digest);
}

function isSameRepository(a: Reference, b: Reference): boolean {
  return a.repository === b.repository && a.registry === b.registry;
}
