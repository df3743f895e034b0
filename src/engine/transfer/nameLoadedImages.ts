import type { ImageHome } from '../images/storedImages.ts';
import type { Digest } from '../oci/digest.ts';
import { canonicalReference, type TaggedReference } from '../oci/reference.ts';
import { addImage, type StoredImageFacts, type StoreEntry, tagImage } from '../store/entries.ts';
import type { LoadableImage } from './loadableImage.ts';
import type { LoadEvent } from './loadEvent.ts';

type Loaded = Extract<LoadEvent, { kind: 'loaded' }>;

/** Gives all images their names in one change of the store, then tells of each. */
export async function nameLoadedImages(
  home: ImageHome,
  images: readonly LoadableImage[],
  emit: (event: LoadEvent) => void,
  signal: AbortSignal,
): Promise<void> {
  const named: { image: LoadableImage; facts: StoredImageFacts }[] = [];
  for (const image of images) named.push({ image, facts: await imageFacts(home, image, signal) });
  let loaded: Loaded[] = [];
  await home.store.update((entries) => {
    loaded = [];
    return named.reduce((edited, { image, facts }) => {
      loaded.push(loadedEvent(edited, image));
      return image.tags.reduce((tagged, tag) => tagImage(tagged, facts, tag), addImage(edited, facts));
    }, entries);
  }, signal);
  for (const event of loaded) emit(event);
}

async function imageFacts(
  { indexes }: ImageHome,
  { manifest, config, facts, layers }: LoadableImage,
  signal: AbortSignal,
): Promise<StoredImageFacts> {
  let size = 0;
  for (const { descriptor, diffId } of layers) size += await indexes.contentSize(descriptor, diffId, signal);
  return {
    manifest: manifest.descriptor,
    platform: facts.platform,
    id: config.descriptor.digest,
    created: facts.created,
    size,
  };
}

function loadedEvent(entries: readonly StoreEntry[], { config, tags }: LoadableImage): Loaded {
  const id = config.descriptor.digest;
  const moved = tags.flatMap((tag) => {
    const from = ownerOf(entries, tag);
    return from === undefined || from === id ? [] : [{ tag, from }];
  });
  return { kind: 'loaded', id, tags, moved };
}

/** The ID of the image that has the tag; of one that another tool stored, its manifest's digest. */
function ownerOf(entries: readonly StoreEntry[], tag: TaggedReference): Digest | undefined {
  const name = canonicalReference(tag);
  const entry = entries.find((known) => known.name === name);
  return entry && (entry.imageId ?? entry.descriptor.digest);
}
