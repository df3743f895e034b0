import { isEngineError } from '../errors.ts';
import type { Removal, StoredImage } from '../image.ts';
import { chainIds } from '../oci/chainId.ts';
import type { Digest } from '../oci/digest.ts';
import { canonicalReference, familiarReference, type Reference, withTag } from '../oci/reference.ts';
import { removeRepoDigest, type StoreEntry, untag } from '../store/entries.ts';
import { ImageContent } from './imageContent.ts';
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
  const layers = plan.deleted ? await layersThatGo(home, images, plan, signal) : [];
  await home.store.update((entries) => withoutPlanned(entries, plan), signal);
  if (plan.deleted) await home.store.gc(signal);
  return [
    ...plan.untagged.map((reference): Removal => ({ kind: 'untagged', name: familiarReference(reference) })),
    ...(plan.deleted ? deletedImage(plan) : []),
    ...layers.map((chainId): Removal => ({ kind: 'deleted', name: chainId })),
  ];
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
  if (digest === undefined) return tag === undefined ? entries : untag(entries, withTag(reference, tag));
  return manifests.reduce(
    (edited, manifest) => removeRepoDigest(edited, manifest, { ...reference, digest }),
    entries,
  );
}

/** The chain IDs, top layer first, of the layers that no other image stands on. */
async function layersThatGo(
  home: ImageHome,
  images: readonly StoredImage[],
  plan: RemovalPlan,
  signal?: AbortSignal,
): Promise<readonly Digest[]> {
  const [going] = plan.images;
  if (!going) return [];
  const kept = new Set<Digest>();
  for (const image of images) {
    if (plan.images.includes(image)) continue;
    for (const chainId of await chainOf(home, image, signal)) kept.add(chainId);
  }
  const chain = await chainOf(home, going, signal);
  return chain.filter((chainId) => !kept.has(chainId)).reverse();
}

async function chainOf(
  home: ImageHome,
  image: StoredImage,
  signal?: AbortSignal,
): Promise<readonly Digest[]> {
  try {
    const { config } = await new ImageContent(home, image).documents(signal);
    return chainIds(config.diffIds);
  } catch (error) {
    if (isEngineError(error, 'Cancelled')) throw error;
    // A broken image must be removable, and must not keep others from being removed.
    home.warn(`cannot read the layers of ${image.id}`, error);
    return [];
  }
}
