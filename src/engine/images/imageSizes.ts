import type { Digest } from '../oci/digest.ts';
import type { StoreEntry } from '../store/entries.ts';
import type { ImageHoldings, StoreHoldings } from '../store/storeUsage.ts';
import type { ImageHome } from './storedImages.ts';

/** What one image takes of the store, in bytes on disk. */
export interface ImageSize {
  /** Of blobs that no other image uses: what removing the image gives back. */
  readonly uniqueBytes: number;
  /** Of blobs that other images use as well. */
  readonly sharedBytes: number;
  /** Manifests of the images that share a layer with it. Found out when asked for. */
  readonly sharesWith: readonly Digest[];
}

export interface ImageSizes {
  /** By manifest. */
  readonly images: ReadonlyMap<Digest, ImageSize>;
  /** What sharing saves: the bytes that the images would take if each had its own copy, less those they take. */
  readonly savedBytes: number;
  /** Bytes that removing all dangling images would give back. */
  readonly danglingBytes: number;
}

/** Every manifest is read once and every blob looked at once; costs no more than the number of both. */
export async function imageSizes({ store }: ImageHome, signal?: AbortSignal): Promise<ImageSizes> {
  const entries = await store.entries(signal);
  const holdings = await store.holdings(signal);
  const users = usersOf(holdings);
  const images = new Map<Digest, ImageSize>();
  for (const [manifest, image] of holdings.images) {
    images.set(manifest, sizeOf(manifest, image, users, holdings));
  }
  return {
    images,
    savedBytes: savedBytes(users, holdings),
    danglingBytes: danglingBytes(entries, users, holdings),
  };
}

type Users = ReadonlyMap<Digest, readonly Digest[]>;

/** For each blob the manifests of the images that hold on to it. */
function usersOf({ images }: StoreHoldings): Users {
  const users = new Map<Digest, Digest[]>();
  for (const [manifest, { blobs }] of images) {
    for (const blob of blobs) {
      const known = users.get(blob);
      if (known) known.push(manifest);
      else users.set(blob, [manifest]);
    }
  }
  return users;
}

function sizeOf(manifest: Digest, image: ImageHoldings, users: Users, { bytes }: StoreHoldings): ImageSize {
  let [uniqueBytes, sharedBytes] = [0, 0];
  for (const blob of image.blobs) {
    const size = bytes.get(blob) ?? 0;
    if (users.get(blob)?.length === 1) uniqueBytes += size;
    else sharedBytes += size;
  }
  return {
    uniqueBytes,
    sharedBytes,
    // Ten thousand images on one base are a hundred million pairs.
    get sharesWith() {
      const others = new Set(image.layers.flatMap((layer) => users.get(layer) ?? []));
      others.delete(manifest);
      return [...others].sort();
    },
  };
}

function savedBytes(users: Users, { bytes }: StoreHoldings): number {
  let saved = 0;
  for (const [blob, { length }] of users) saved += (bytes.get(blob) ?? 0) * (length - 1);
  return saved;
}

function danglingBytes(entries: readonly StoreEntry[], users: Users, { bytes }: StoreHoldings): number {
  const tagged = new Set(
    entries.flatMap(({ name, descriptor }) => (name === undefined ? [] : [descriptor.digest])),
  );
  let sum = 0;
  for (const [blob, manifests] of users) {
    if (manifests.every((manifest) => !tagged.has(manifest))) sum += bytes.get(blob) ?? 0;
  }
  return sum;
}
