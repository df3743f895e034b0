import { isEngineError } from '../errors.ts';
import type { StoredImage } from '../image.ts';
import type { LayerIndexes } from '../layers/layerIndexes.ts';
import { noTime } from '../listing/createdSince.ts';
import { plainDescriptor } from '../oci/descriptor.ts';
import { canonicalOrUndefined, canonicalReference, type Reference } from '../oci/reference.ts';
import { isWritableFolder } from '../store/durableFile.ts';
import type { StoreEntry } from '../store/entries.ts';
import type { Store } from '../store/store.ts';
import { formatImageList, readImageList } from './imageListFile.ts';

/** What is read of a place that holds images: of a store, a layout, an archive. */
export type ImageShelf = Pick<Store, 'directory' | 'entries' | 'describe' | 'readBlob'>;

/** A place that holds images, and what has been read of its layers. */
export interface ReadingHome extends Omit<ImageHome, 'store'> {
  readonly store: ImageShelf;
}

/** A store and what has been read of its layers. */
export interface ImageHome {
  readonly store: Store;
  readonly indexes: LayerIndexes;
  /** What is wrong without stopping anything. */
  readonly warn: (message: string, error: unknown) => void;
}

/** All images of a store, newest first as Docker lists them; of equally old ones in the order of their IDs. */
export async function storedImages(home: ImageHome, signal?: AbortSignal): Promise<readonly StoredImage[]> {
  const state = await home.store.state(signal);
  const kept = state === undefined ? undefined : await keptImages(home, state);
  if (kept) return kept;
  const { images, isSure } = await readImages(home, signal);
  if (state !== undefined && isSure) await keepImages(home, state, images);
  return images;
}

/** The list as its entries have it; sure where no entry had to be looked up or was broken. */
async function readImages(
  home: ImageHome,
  signal?: AbortSignal,
): Promise<{ images: readonly StoredImage[]; isSure: boolean }> {
  const images: StoredImage[] = [];
  let isSure = true;
  for (const group of entriesByImage(await home.store.entries(signal))) {
    const listed = listedImage(group);
    if (!listed) isSure = false;
    // Waiting for what is there already would take longer than all the rest.
    const image = listed ?? (await readableImage(home, group, signal));
    if (image) images.push(image);
  }
  return { images: images.sort(newestFirst), isSure };
}

/** Of each store the last list, with the state that it is of. */
const lastLists = new WeakMap<Store, { readonly state: string; readonly images: readonly StoredImage[] }>();

/** A shorter list is read as fast from `index.json`. */
const worthAFile = 1000;

async function keptImages({ store }: ImageHome, state: string): Promise<readonly StoredImage[] | undefined> {
  const last = lastLists.get(store);
  if (last?.state === state) return last.images;
  const images = await readImageList(store.imageListFile, state);
  if (images) lastLists.set(store, { state, images });
  return images;
}

/** In memory, and a long list in a file where the store may be written to. */
async function keepImages(
  { store, warn }: ImageHome,
  state: string,
  images: readonly StoredImage[],
): Promise<void> {
  lastLists.set(store, { state, images });
  const content = images.length < worthAFile ? undefined : formatImageList(images, state);
  if (!content) return;
  try {
    if (!(await isWritableFolder(store.cacheDirectory))) return;
    await store.keepImageList(content);
  } catch (error) {
    warn('cannot keep the list of images', error);
  }
}

function entriesByImage(entries: readonly StoreEntry[]): Iterable<readonly StoreEntry[]> {
  const groups = new Map<string, StoreEntry[]>();
  for (const entry of entries) {
    const group = groups.get(entry.descriptor.digest);
    if (group) group.push(entry);
    else groups.set(entry.descriptor.digest, [entry]);
  }
  return groups.values();
}

/**
 * Makes an image that is there but cannot be read say why, where it would otherwise pass for absent.
 * @throws what reading it throws
 */
export async function requireReadable(home: ImageHome, name: string, signal?: AbortSignal): Promise<void> {
  const entries = await home.store.entries(signal);
  const named = entries.filter(
    (entry) => entry.name !== undefined && entry.name === canonicalOrUndefined(name),
  );
  if (named.length > 0) await imageOfEntries(home, named, signal);
}

/** One entry that another tool left broken, or that is no image, must not hide all the others. */
async function readableImage(
  home: ImageHome,
  group: readonly StoreEntry[],
  signal?: AbortSignal,
): Promise<StoredImage | undefined> {
  try {
    return await imageOfEntries(home, group, signal);
  } catch (error) {
    if (isEngineError(error, 'Cancelled', 'Io')) throw error;
    home.warn(`cannot read the image ${group[0]?.name ?? group[0]?.descriptor.digest}`, error);
    return undefined;
  }
}

/** Milliseconds since 1970; long ago where the image does not say. */
export function createdTime({ created }: StoredImage): number {
  return created?.getTime() ?? noTime;
}

function newestFirst(a: StoredImage, b: StoredImage): number {
  return (
    createdTime(b) - createdTime(a) ||
    compareText(a.id, b.id) ||
    compareText(firstName(a), firstName(b)) ||
    compareText(a.manifest.digest, b.manifest.digest)
  );
}

/** What has none comes last. */
function firstName({ tags: [first] }: StoredImage): string {
  return first ? canonicalReference(first) : '\uffff';
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** One image from all its entries. Those that Strata wrote carry what a list shows; of others the documents are read. `undefined` where it is no image (an artefact). */
export async function imageOfEntries(
  home: ReadingHome,
  group: readonly StoreEntry[],
  signal?: AbortSignal,
): Promise<StoredImage | undefined> {
  const [entry] = group;
  if (!entry) throw new RangeError('an image has at least one entry');
  const listed = listedImage(group);
  if (listed) return listed;
  const facts = await readFacts(home, entry, signal);
  return facts && { ...facts, ...namesOf(group) };
}

/** The image as its entries tell of it; `undefined` where they do not tell enough. */
function listedImage(group: readonly StoreEntry[]): StoredImage | undefined {
  const [entry] = group;
  if (!entry) return undefined;
  const { descriptor, imageId: id, created, size } = entry;
  const { platform } = descriptor;
  if (id === undefined || size === undefined || !platform) return undefined;
  const manifest = plainDescriptor(descriptor);
  const { tags, repoDigests } = namesOf(group);
  // Written out twice: a spread takes several times as long, and lists are long.
  if (!created) return { id, manifest, tags, repoDigests, platform, size };
  return { id, manifest, tags, repoDigests, platform, created, size };
}

function namesOf(group: readonly StoreEntry[]): Pick<StoredImage, 'tags' | 'repoDigests'> {
  const [entry] = group;
  // Nearly every image of a long list has one tag.
  if (group.length === 1 && entry?.reference) {
    return { tags: [entry.reference], repoDigests: sortedReferences(entry.repoDigests) };
  }
  return {
    tags: sortedReferences(group.flatMap(({ reference }) => reference ?? [])),
    repoDigests: sortedReferences(group.flatMap(({ repoDigests }) => repoDigests)),
  };
}

type Facts = Omit<StoredImage, 'tags' | 'repoDigests'>;

async function readFacts(
  home: ReadingHome,
  entry: StoreEntry,
  signal?: AbortSignal,
): Promise<Facts | undefined> {
  const documents = await home.store.describe(entry, signal);
  if (!documents) return undefined;
  const { id, descriptor, manifest, config, platform } = documents;
  let size = 0;
  for (const [position, layer] of manifest.layers.entries()) {
    const diffId = config.diffIds[position];
    if (diffId !== undefined) size += await home.indexes.contentSize(layer, diffId, signal);
  }
  return {
    id,
    manifest: plainDescriptor(descriptor),
    platform,
    ...(config.created && { created: config.created }),
    size,
  };
}

/** Each once, by canonical form. */
export function sortedReferences<T extends Reference>(references: readonly T[]): readonly T[] {
  if (references.length <= 1) return references;
  const unique = new Map(references.map((reference) => [canonicalReference(reference), reference]));
  return [...unique].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, reference]) => reference);
}
