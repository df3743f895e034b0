import { isEngineError } from '../errors.ts';
import type { StoredImage } from '../image.ts';
import { chainIds } from '../oci/chainId.ts';
import type { Descriptor } from '../oci/descriptor.ts';
import type { DiffId, Digest } from '../oci/digest.ts';
import { storedDocuments } from './storedDocuments.ts';
import type { ImageHome } from './storedImages.ts';

/** A layer as Docker counts it: together with everything below it. */
export interface StackedLayer {
  readonly chainId: Digest;
  readonly diffId: DiffId;
  readonly descriptor: Descriptor;
}

/** As many images are read at once: enough to hide the disk's latency. */
const readers = 32;

/** The layers of every image of a store, by manifest. */
export type LayerStacks = ReadonlyMap<Digest, readonly StackedLayer[]>;

export async function readStacks(
  home: ImageHome,
  images: readonly StoredImage[],
  signal?: AbortSignal,
): Promise<LayerStacks> {
  const stacks = new Map<Digest, readonly StackedLayer[]>();
  for (let at = 0; at < images.length; at += readers) {
    const read = async (image: StoredImage) =>
      stacks.set(image.manifest.digest, await stackOf(home, image, signal));
    await Promise.all(images.slice(at, at + readers).map(read));
  }
  return stacks;
}

/**
 * For each group of images, when they go one after another, the layers that no image stands on any more, top layer first.
 * @param groups the manifests of one image ID each
 */
export function layersThatGo(
  stacks: LayerStacks,
  groups: readonly (readonly StoredImage[])[],
): readonly (readonly StackedLayer[])[] {
  const users = new Map<Digest, number>();
  for (const stack of stacks.values()) {
    for (const { chainId } of stack) users.set(chainId, (users.get(chainId) ?? 0) + 1);
  }
  return groups.map((group) =>
    group.flatMap(({ manifest }) => release(stacks.get(manifest.digest) ?? [], users)),
  );
}

/** Takes the users of one image away; gives the layers that have none then. */
function release(stack: readonly StackedLayer[], users: Map<Digest, number>): StackedLayer[] {
  return stack.toReversed().filter(({ chainId }) => {
    const left = (users.get(chainId) ?? 1) - 1;
    users.set(chainId, left);
    return left === 0;
  });
}

/**
 * Unpacked bytes of the layer, 0 where it cannot be read.
 * @throws `Cancelled`
 */
export async function unpackedSize(
  home: ImageHome,
  { descriptor, diffId }: StackedLayer,
  signal?: AbortSignal,
): Promise<number> {
  try {
    return await home.indexes.contentSize(descriptor, diffId, signal);
  } catch (error) {
    if (isEngineError(error, 'Cancelled')) throw error;
    home.warn(`cannot read the layer ${descriptor.digest}`, error);
    return 0;
  }
}

/** The layers of an image, lowest first; none where its documents cannot be read, since a broken image must be removable. */
async function stackOf(
  home: ImageHome,
  image: StoredImage,
  signal?: AbortSignal,
): Promise<readonly StackedLayer[]> {
  try {
    const { manifest, config } = await storedDocuments(home, image, signal);
    const ids = chainIds(config.diffIds);
    return manifest.layers.flatMap((descriptor, place) => {
      const [chainId, diffId] = [ids[place], config.diffIds[place]];
      return chainId === undefined || diffId === undefined ? [] : [{ chainId, diffId, descriptor }];
    });
  } catch (error) {
    if (isEngineError(error, 'Cancelled')) throw error;
    home.warn(`cannot read the layers of ${image.id}`, error);
    return [];
  }
}
