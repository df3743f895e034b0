import { isEngineError } from '../errors.ts';
import type { StoreFault } from '../image.ts';
import { type Digest, shortDigest } from '../oci/digest.ts';
import { canonicalReference, type Reference } from '../oci/reference.ts';
import type { RegistryRepository } from '../registry/registryRepository.ts';
import { removeImage, type StoreEntry } from '../store/entries.ts';
import type { LayerTransfers } from '../transfer/layerTransfers.ts';
import { restoreImage } from '../transfer/restoreImage.ts';
import type { ImageHome } from './storedImages.ts';

export interface RepairedFault extends StoreFault {
  /** `dropped`: the images that needed the blob are gone from the store. */
  readonly outcome: 'repaired' | 'dropped';
}

export interface RepairParts extends ImageHome {
  readonly layers: LayerTransfers;
  readonly repository: (reference: Reference) => RegistryRepository;
}

/**
 * Fetches what is broken again, from where each image came; an image that cannot be made whole is dropped, so that the
 * store is whole afterwards.
 */
export async function repairStore(
  parts: RepairParts,
  faults: readonly StoreFault[],
  signal?: AbortSignal,
): Promise<readonly RepairedFault[]> {
  const { store } = parts;
  for (const { digest, problem } of faults) if (problem === 'damaged') await store.removeBlob(digest, signal);
  const dropped = new Set<string>();
  for (const [manifest, entries] of groupByManifest(await store.entries(signal))) {
    if (await isRestored(parts, entries, signal)) continue;
    await store.update((all) => removeImage(all, manifest), signal);
    for (const name of namesOf(entries)) dropped.add(name);
  }
  await store.gc(signal);
  return faults.map((fault) => ({
    ...fault,
    outcome: fault.images.some((name) => dropped.has(name)) ? 'dropped' : 'repaired',
  }));
}

function groupByManifest(entries: readonly StoreEntry[]): ReadonlyMap<Digest, readonly StoreEntry[]> {
  const groups = new Map<Digest, StoreEntry[]>();
  for (const entry of entries) {
    const group = groups.get(entry.descriptor.digest);
    if (group) group.push(entry);
    else groups.set(entry.descriptor.digest, [entry]);
  }
  return groups;
}

/** As faults name images: by tag, else by short ID. */
function namesOf(entries: readonly StoreEntry[]): readonly string[] {
  const names = entries.flatMap(({ name }) => (name === undefined ? [] : [name]));
  return names.length > 0
    ? names
    : entries.map(({ imageId, descriptor }) => shortDigest(imageId ?? descriptor.digest));
}

/** Asks every place the image is known to come from; one that is whole asks none. */
async function isRestored(
  parts: RepairParts,
  entries: readonly StoreEntry[],
  signal?: AbortSignal,
): Promise<boolean> {
  const [entry] = entries;
  if (!entry || (await parts.store.isWhole(entry.descriptor, signal))) return true;
  const places = entries.flatMap(({ reference, repoDigests }): Reference[] => [
    ...repoDigests,
    ...(reference ? [reference] : []),
  ]);
  for (const place of places) {
    try {
      await restoreImage({ ...parts, repository: parts.repository(place) }, entry.descriptor, signal);
      if (await parts.store.isWhole(entry.descriptor, signal)) return true;
    } catch (error) {
      if (isEngineError(error, 'Cancelled')) throw error;
      parts.warn(`cannot fetch ${canonicalReference(place)} again`, error);
    }
  }
  return false;
}
