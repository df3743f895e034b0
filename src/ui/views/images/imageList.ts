import type { StoredImage } from '../../../engine/image.ts';
import type { ImageEngine } from '../../../engine/imageEngine.ts';
import { imageFilters } from '../../../engine/images/filterImages.ts';
import {
  groupImages,
  type ImageGroup,
  type TaggedImage,
  taggedImages,
} from '../../../engine/listing/groupImages.ts';
import { type ImageSearch, parseImageSearch, searchImages } from '../../../engine/listing/imageSearch.ts';
import { type OutdatedLatest, outdatedLatest } from '../../../engine/listing/outdatedLatest.ts';
import type { LongList } from '../../../engine/listing/partlySorted.ts';
import { sortGroups, sortTaggedImages, sortUntagged } from '../../../engine/listing/sortImages.ts';
import { canonicalName, type Reference } from '../../../engine/oci/reference.ts';
import type { ImagesLook } from './imagesLook.ts';

type Shelves = Pick<ImagesLook, 'groupBy' | 'sortBy' | 'showDangling'>;

/** The store's images as the view shows them: looked for, divided and sorted, before a single row is made. */
export class ImageList {
  readonly #all: readonly StoredImage[];
  /** With `groupBy: None`. */
  readonly rows: LongList<TaggedImage>;
  readonly groups: readonly ImageGroup[];
  readonly dangling: readonly StoredImage[];
  #repositories: ReadonlyMap<string, ImageGroup> | undefined;

  /** @param found those of `all` that fit the filter, each with the names that do */
  constructor(
    all: readonly StoredImage[],
    found: readonly StoredImage[],
    { groupBy, sortBy, showDangling }: Shelves,
  ) {
    const tagged = found === all ? taggedImages(all) : wholeRows(found, all);
    const untagged = all.filter(({ tags }) => tags.length === 0);
    this.#all = all;
    this.rows = groupBy === 'None' ? sortTaggedImages(tagged, sortBy) : [];
    this.groups = groupBy === 'None' ? [] : sortGroups(groupImages(tagged, groupBy), groupBy, sortBy);
    this.dangling = showDangling ? sortUntagged(sameImages(untagged, found), sortBy) : [];
  }

  /** Images of the store, found or not. */
  get total(): number {
    return this.#all.length;
  }

  /** Images that the view has rows of. */
  get shown(): number {
    const rows = this.rows.length > 0 ? this.rows.slice() : this.groups.flatMap(({ members }) => members);
    return new Set(rows.map(({ image }) => image.manifest.digest)).size + this.dangling.length;
  }

  /** Of the repository as it is in the store, whatever the filter. */
  outdatedLatest(name: Reference): OutdatedLatest | undefined {
    this.#repositories ??= new Map(
      groupImages(taggedImages(this.#all), 'Repository').map((group) => [group.key, group]),
    );
    return outdatedLatest(this.#repositories.get(canonicalName(name))?.members ?? []);
  }
}

/** Rows of the names that were found, each with the image as it is, all its names included. */
function wholeRows(found: readonly StoredImage[], all: readonly StoredImage[]): TaggedImage[] {
  const whole = new Map(all.map((image) => [image.manifest.digest, image]));
  return taggedImages(found).map(({ tag, image }) => ({
    tag,
    image: whole.get(image.manifest.digest) ?? image,
  }));
}

/** Those of the images that were found. */
function sameImages(images: readonly StoredImage[], found: readonly StoredImage[]): readonly StoredImage[] {
  if (images.length === 0) return images;
  const digests = new Set(found.map(({ manifest }) => manifest.digest));
  return images.filter(({ manifest }) => digests.has(manifest.digest));
}

/**
 * Reads the store and finds what `search` asks for. A search for dangling images shows them also where they are hidden.
 * @throws `Invalid` where the search is nonsense, `NotFound` where it names an image that is not there
 */
export async function loadImageList(
  engine: ImageEngine,
  look: Shelves,
  search: string,
  signal?: AbortSignal,
): Promise<ImageList> {
  const { words, filters } = parseImageSearch(search, imageFilters);
  const all = await engine.images(signal);
  const passing = filters.size === 0 ? all : await engine.filteredImages(filters, signal);
  const showDangling = look.showDangling || filters.get('dangling')?.includes('true') === true;
  return new ImageList(all, searchImages(passing, { words }), { ...look, showDangling });
}

/** @throws `Invalid` */
export function checkImageSearch(search: string): ImageSearch {
  return parseImageSearch(search, imageFilters);
}
