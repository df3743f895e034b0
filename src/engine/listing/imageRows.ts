import type { StoredImage } from '../image.ts';
import type { Digest } from '../oci/digest.ts';
import { familiarName } from '../oci/reference.ts';

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
  return images.flatMap((image) => rowsOfImage(image, digestRows));
}

function rowsOfImage(image: StoredImage, digestRows: DigestRows): ImageRow[] {
  const { tags, repoDigests } = image;
  if (tags.length === 0 && repoDigests.length === 0) return [{ image }];
  const digests = new Map<string, Digest[]>();
  for (const reference of repoDigests) {
    const repository = familiarName(reference);
    digests.set(repository, [...(digests.get(repository) ?? []), reference.digest]);
  }
  const tagged = tags.map((reference) => ({ repository: familiarName(reference), tag: reference.tag }));
  const untagged = [...digests.keys()].filter((name) =>
    tagged.every(({ repository }) => repository !== name),
  );
  return [
    ...tagged.flatMap((name) =>
      rowsOfName({ image, ...name }, digests.get(name.repository), digestRows !== 'none'),
    ),
    ...untagged.flatMap((repository) =>
      rowsOfName({ image, repository }, digests.get(repository), digestRows === 'all'),
    ),
  ];
}

function rowsOfName(row: ImageRow, digests: readonly Digest[] = [], perDigest: boolean): ImageRow[] {
  if (digests.length === 0) return [row];
  return (perDigest ? digests : digests.slice(0, 1)).map((digest) => ({ ...row, digest }));
}
