import type { Removal, StoredImage } from '../image.ts';
import type { Digest } from '../oci/digest.ts';
import { canonicalReference, familiarReference, type Reference, withTag } from '../oci/reference.ts';
import { removeRepoDigest, type StoreEntry, untag } from '../store/entries.ts';
import { layersThatGo, readStacks, type StackedLayer } from './layerUses.ts';
import { planRemoval, type RemovalPlan } from './planRemoval.ts';
import { type ImageHome, storedImages } from './storedImages.ts';

/**
 * Takes a name from an image or removes the image, as Docker's `image rm`, and frees what nothing else uses.
 * @returns what was untagged and deleted, in the order and the words of Docker's lines
 * @throws `NotFound`, `Ambiguous`, `Conflict`
 */
export async function removeImage(
  home: ImageHome,
  name: string,
  force: boolean,
  signal?: AbortSignal,
): Promise<readonly Removal[]> {
  const images = await storedImages(home, signal);
  const plan = planRemoval(images, name, force);
  const layers = plan.deleted ? await layersOf(home, images, plan, signal) : [];
  await home.store.update((entries) => withoutPlanned(entries, plan), signal);
  if (plan.deleted) await home.store.gc(signal);
  return [
    ...untaggedNames(plan).map(
      (reference): Removal => ({ kind: 'untagged', name: familiarReference(reference) }),
    ),
    ...(plan.deleted ? deletedImage(plan) : []),
    ...layers.map(({ chainId }): Removal => ({ kind: 'deleted', name: chainId })),
  ];
}

function untaggedNames({ untagged, writtenAs }: RemovalPlan): readonly Reference[] {
  return writtenAs ? [writtenAs] : untagged;
}

function deletedImage({ images }: RemovalPlan): readonly Removal[] {
  return images.slice(0, 1).map(({ id }) => ({ kind: 'deleted', name: id }));
}

function withoutPlanned(entries: readonly StoreEntry[], plan: RemovalPlan): readonly StoreEntry[] {
  const manifests = plan.images.map(({ manifest }) => manifest.digest);
  // A tag that another process gave the image since the plan was made keeps it.
  const planned = new Set(plan.untagged.map(canonicalReference));
  const isPlanned = ({ descriptor, name }: StoreEntry) =>
    manifests.includes(descriptor.digest) && (name === undefined || planned.has(name));
  if (plan.deleted) return entries.filter((entry) => !isPlanned(entry));
  return plan.untagged.reduce((edited, reference) => withoutName(edited, manifests, reference), entries);
}

function withoutName(
  entries: readonly StoreEntry[],
  manifests: readonly Digest[],
  reference: Reference,
): readonly StoreEntry[] {
  const { tag, digest } = reference;
  if (digest === undefined) {
    // One that has moved to another image since then is not ours to take.
    const name = canonicalReference(reference);
    const isOurs = entries.some(
      (entry) => entry.name === name && manifests.includes(entry.descriptor.digest),
    );
    return tag === undefined || !isOurs ? entries : untag(entries, withTag(reference, tag));
  }
  return manifests.reduce(
    (edited, manifest) => removeRepoDigest(edited, manifest, { ...reference, digest }),
    entries,
  );
}

async function layersOf(
  home: ImageHome,
  all: readonly StoredImage[],
  { images }: RemovalPlan,
  signal?: AbortSignal,
): Promise<readonly StackedLayer[]> {
  return layersThatGo(await readStacks(home, all, signal), [images]).flat();
}
