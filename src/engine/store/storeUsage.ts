import type { StoreUsage } from '../image.ts';
import type { Digest } from '../oci/digest.ts';
import type { BlobFolder } from './blobFolder.ts';
import type { StoreEntry } from './entries.ts';
import { deadIngests, knownGraphs, type Marks, markStore } from './garbage.ts';
import type { KnownParts } from './imagePartsFile.ts';
import type { StoreLayout } from './layout.ts';

/** What one image holds on to, itself included. */
export interface ImageHoldings {
  readonly blobs: readonly Digest[];
  /** Those of the blobs that are layers. */
  readonly layers: readonly Digest[];
}

export interface StoreHoldings {
  /** By the manifest (or index) that the list names. */
  readonly images: ReadonlyMap<Digest, ImageHoldings>;
  /** On the disk, by blob, of all that are there. */
  readonly bytes: ReadonlyMap<Digest, number>;
}

export async function readHoldings(
  blobs: BlobFolder,
  entries: readonly StoreEntry[],
  known: KnownParts,
  signal?: AbortSignal,
): Promise<StoreHoldings> {
  const images = new Map<Digest, ImageHoldings>();
  const { graphs } = await knownGraphs(blobs, entries, known, signal);
  for (const [root, { reached, manifests }] of graphs) {
    const layers = manifests.flatMap((manifest) => manifest.layers.map(({ digest }) => digest));
    images.set(root, { blobs: reached.map(({ digest }) => digest), layers });
  }
  const bytes = new Map<Digest, number>();
  for await (const { digest, size } of blobs.list()) bytes.set(digest, size);
  return { images, bytes };
}

/** Sizes are the blobs' own on the disk, not what descriptors claim. */
export async function readUsage(
  layout: StoreLayout,
  blobs: BlobFolder,
  entries: readonly StoreEntry[],
  known: KnownParts,
  signal?: AbortSignal,
): Promise<StoreUsage> {
  const marks = await markStore(layout, blobs, entries, known, Date.now(), signal);
  const users = countUsers(marks);
  const sum = { blobs: 0, totalBytes: 0, uniqueBytes: 0, sharedBytes: 0, freeBytes: 0 };
  for await (const { digest, size } of blobs.list()) {
    const count = users.get(digest) ?? 0;
    sum.blobs += 1;
    sum.totalBytes += size;
    if (count === 1) sum.uniqueBytes += size;
    if (count > 1) sum.sharedBytes += size;
    if (!marks.kept.has(digest)) sum.freeBytes += size;
  }
  for (const { bytes } of await deadIngests(layout, marks)) sum.freeBytes += bytes;
  const { freeBytes, ...sizes } = sum;
  return {
    images: marks.graphs.size,
    tags: entries.filter(({ name }) => name !== undefined).length,
    ...sizes,
    // What gc cannot read through, it does not sweep behind.
    reclaimableBytes: isBroken(marks) ? 0 : freeBytes,
  };
}

function countUsers({ graphs }: Marks): ReadonlyMap<Digest, number> {
  const users = new Map<Digest, number>();
  for (const { reached } of graphs.values()) {
    for (const { digest } of reached) users.set(digest, (users.get(digest) ?? 0) + 1);
  }
  return users;
}

function isBroken({ graphs }: Marks): boolean {
  return [...graphs.values()].some(({ broken }) => broken.length > 0);
}
