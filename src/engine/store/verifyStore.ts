import { throwIfCancelled } from '../errors.ts';
import type { StoreFault } from '../image.ts';
import { type Digest, shortDigest } from '../oci/digest.ts';
import type { BlobFolder } from './blobFolder.ts';
import type { StoreEntry } from './entries.ts';
import { readGraphs, rootsOf } from './garbage.ts';

interface Needed {
  /** As the descriptors have it; two that differ make the blob wrong for one of them. */
  readonly sizes: Set<number>;
  readonly images: Set<Digest>;
  /** Whole by its digest, and yet not what its descriptor says it is. */
  unreadable: boolean;
}

/** Reads every byte that an image of the list needs. Faults are in the order of the list. */
export async function findFaults(
  blobs: BlobFolder,
  entries: readonly StoreEntry[],
  signal?: AbortSignal,
): Promise<readonly StoreFault[]> {
  const faults: StoreFault[] = [];
  for (const [digest, needed] of await neededBlobs(blobs, entries, signal)) {
    throwIfCancelled(signal);
    const problem = await problemOf(blobs, digest, needed, signal);
    if (problem) faults.push({ digest, problem, images: imageNames(entries, needed.images) });
  }
  return faults;
}

async function problemOf(
  blobs: BlobFolder,
  digest: Digest,
  { sizes, unreadable }: Needed,
  signal: AbortSignal | undefined,
): Promise<StoreFault['problem'] | undefined> {
  const state = await blobs.check({ digest }, signal);
  if (state !== 'whole') return state;
  const actual = await blobs.size(digest);
  return unreadable || [...sizes].some((size) => size !== actual) ? 'damaged' : undefined;
}

async function neededBlobs(
  blobs: BlobFolder,
  entries: readonly StoreEntry[],
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<Digest, Needed>> {
  const needed = new Map<Digest, Needed>();
  const need = (digest: Digest, image: Digest): Needed => {
    const blob = needed.get(digest) ?? { sizes: new Set(), images: new Set(), unreadable: false };
    needed.set(digest, blob);
    blob.images.add(image);
    return blob;
  };
  for (const [image, { reached, broken }] of await readGraphs(blobs, rootsOf(entries), signal)) {
    for (const { digest, size } of reached) {
      const { sizes } = need(digest, image);
      if (size !== undefined) sizes.add(size);
    }
    for (const { descriptor } of broken) need(descriptor.digest, image).unreadable = true;
  }
  for (const { descriptor, repoDigests } of entries) {
    for (const { digest } of repoDigests) {
      if (await blobs.has({ digest })) need(digest, descriptor.digest);
    }
  }
  return needed;
}

/** Tags where an image has some, else its short ID. */
function imageNames(entries: readonly StoreEntry[], images: ReadonlySet<Digest>): readonly string[] {
  const names = [...images].flatMap((digest) => {
    const own = entries.filter(({ descriptor }) => descriptor.digest === digest);
    const tags = own.flatMap(({ name }) => (name === undefined ? [] : [name]));
    return tags.length > 0 ? tags : [shortDigest(own[0]?.imageId ?? digest)];
  });
  return [...new Set(names)].sort();
}
