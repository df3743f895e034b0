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
    addNamed(rows, row, reference, repoDigests, digestRows !== 'none');
  }
  let named: readonly Reference[] = tags;
  for (const reference of repoDigests) {
    if (hasRepository(named, reference)) continue;
    named = [...named, reference];
    const row = { image, repository: familiarName(reference) };
    addNamed(rows, row, reference, repoDigests, digestRows === 'all');
  }
  if (tags.length === 0 && repoDigests.length === 0) rows.push({ image });
}

/**
 * @param row made for this call, and its own where it needs no copy: lists are long
 * @param repoDigests the image's, which takes its time to give them
 */
function addNamed(
  rows: ImageRow[],
  row: ImageRow,
  name: Reference,
  repoDigests: StoredImage['repoDigests'],
  perDigest: boolean,
): void {
  const before = rows.length;
  for (const other of repoDigests) {
    if (!isSameRepository(name, other)) continue;
    rows.push(perDigest ? { ...row, digest: other.digest } : Object.assign(row, { digest: other.digest }));
    if (!perDigest) break;
  }
  if (rows.length === before) rows.push(row);
}

function hasRepository(references: readonly Reference[], name: Reference): boolean {
  for (const reference of references) if (isSameRepository(reference, name)) return true;
  return false;
}

function isSameRepository(a: Reference, b: Reference): boolean {
  return a.repository === b.repository && a.registry === b.registry;
}
