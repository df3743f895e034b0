import { type StoredImage, withNames } from '../image.ts';
import { digestHex } from '../oci/digest.ts';
import { formatPlatform } from '../oci/platform.ts';
import { canonicalReference, type Reference } from '../oci/reference.ts';
import { type FilterArguments, parseFilterArguments } from './filterArguments.ts';

/** What a person types to find images: words that their names have, and filters as `image ls --filter` takes them. */
export interface ImageSearch {
  /** In lower case; all of them must fit. */
  readonly words: readonly string[];
  readonly filters: FilterArguments;
}

/**
 * Reads `web label=tier=front reference=*:latest`; double quotes hold a part with spaces together. A filter that has no
 * value yet is left out, since it is being written.
 * @param known the filters that there are
 * @throws `Invalid`
 */
export function parseImageSearch(text: string, known: readonly string[]): ImageSearch {
  const parts = (text.match(/(?:[^\s"]+|"[^"]*"?)+/g) ?? []).map((part) => part.replaceAll('"', ''));
  const isFilter = (part: string) => part.includes('=');
  return {
    words: parts.filter((part) => part !== '' && !isFilter(part)).map((word) => word.toLowerCase()),
    filters: parseFilterArguments(
      parts.filter((part) => isFilter(part) && !part.endsWith('=')),
      known,
    ),
  };
}

/**
 * The images that all words fit, with the names that they fit: by a piece of a name, the beginning of an ID or digest,
 * or the platform (`arm64`).
 */
export function searchImages(
  images: readonly StoredImage[],
  { words }: Pick<ImageSearch, 'words'>,
): readonly StoredImage[] {
  if (words.length === 0) return images;
  return images.flatMap((image) => {
    const rest = words.filter((word) => !fitsImage(image, word));
    if (rest.length === 0) return [image];
    const fits = (name: Reference) => {
      const text = canonicalReference(name).toLowerCase();
      return rest.every((word) => text.includes(word));
    };
    const tags = image.tags.filter(fits);
    const repoDigests = image.repoDigests.filter(fits);
    if (tags.length === 0 && (image.tags.length > 0 || repoDigests.length === 0)) return [];
    return [withNames(image, { tags, repoDigests: image.repoDigests })];
  });
}

/** Whatever it is called. */
function fitsImage({ id, manifest, repoDigests, platform }: StoredImage, word: string): boolean {
  const hex = word.replace(/^sha256:/, '');
  const digests = [id, manifest.digest, ...repoDigests.map(({ digest }) => digest)];
  if (/^[0-9a-f]{4,64}$/.test(hex) && digests.some((digest) => digestHex(digest).startsWith(hex)))
    return true;
  const name = formatPlatform(platform);
  return word === name || word === platform.architecture;
}
