import { type StoredImage, withNames } from '../image.ts';
import { sortedReferences } from './storedImages.ts';

/**
 * Images as Docker has them, for which all manifests of one ID are one image: each with the names of all, and the manifest
 * of the first.
 * @param images those of one ID side by side, as the store lists them
 */
export function joinById(images: readonly StoredImage[]): readonly StoredImage[] {
  if (!images.some(({ id }, at) => at > 0 && images[at - 1]?.id === id)) return images;
  const joined: StoredImage[] = [];
  for (let at = 0; at < images.length; ) {
    const [first, ...others] = sameId(images, at);
    if (!first) break;
    joined.push(others.length === 0 ? first : withAllNames(first, others));
    at += 1 + others.length;
  }
  return joined;
}

/** The image with the names of all images of its ID. */
export function joinedWith(image: StoredImage, images: readonly StoredImage[]): StoredImage {
  const others = images.filter(
    ({ id, manifest }) => id === image.id && manifest.digest !== image.manifest.digest,
  );
  return others.length === 0 ? image : withAllNames(image, others);
}

function sameId(images: readonly StoredImage[], start: number): readonly StoredImage[] {
  let end = start;
  while (end < images.length && images[end]?.id === images[start]?.id) end++;
  return images.slice(start, end);
}

function withAllNames(first: StoredImage, others: readonly StoredImage[]): StoredImage {
  const all = [first, ...others];
  return withNames(first, {
    tags: sortedReferences(all.flatMap(({ tags }) => tags)),
    repoDigests: sortedReferences(all.flatMap(({ repoDigests }) => repoDigests)),
  });
}
