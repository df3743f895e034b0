import { isEngineError } from '../errors.ts';
import type { StoredImage } from '../image.ts';
import { ChainIds } from '../oci/chainId.ts';
import type { Descriptor } from '../oci/descriptor.ts';
import type { DiffId, Digest } from '../oci/digest.ts';
import type { ImageParts } from '../store/imageParts.ts';
import { storedDocuments } from './storedDocuments.ts';
import type { ImageHome } from './storedImages.ts';

/** A layer as Docker counts it: together with everything below it. */
export interface StackedLayer {
  readonly chainId: Digest;
  readonly diffId: DiffId;
  readonly descriptor: Descriptor;
}

/** The layers of every image of a store, by manifest. */
export type LayerStacks = ReadonlyMap<Digest, readonly StackedLayer[]>;

export async function readStacks(
  home: ImageHome,
  images: readonly StoredImage[],
  signal?: AbortSignal,
): Promise<LayerStacks> {
  const parts = await home.store.imageParts(
    images.map(({ manifest }) => manifest),
    signal,
  );
  const chains = new ChainIds();
  const stacks = new Map<Digest, readonly StackedLayer[]>();
  for (const image of images) {
    const own = parts.get(image.manifest.digest) ?? (await readParts(home, image, signal));
    stacks.set(image.manifest.digest, own ? stackOf(own, chains) : []);
  }
  return stacks;
}

function stackOf(
  { layers, diffIds }: Pick<ImageParts, 'layers' | 'diffIds'>,
  chains: ChainIds,
): StackedLayer[] {
  const stack: StackedLayer[] = [];
  for (const [place, diffId] of diffIds.entries()) {
    const descriptor = layers[place];
    if (descriptor) stack.push({ chainId: chains.above(stack.at(-1)?.chainId, diffId), diffId, descriptor });
  }
  return stack;
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

/** Of an image that is no plain one; nothing where its documents cannot be read, since a broken image must be removable. */
async function readParts(
  home: ImageHome,
  image: StoredImage,
  signal?: AbortSignal,
): Promise<Pick<ImageParts, 'layers' | 'diffIds'> | undefined> {
  try {
    const { manifest, config } = await storedDocuments(home, image, signal);
    return { layers: manifest.layers, diffIds: config.diffIds };
  } catch (error) {
    if (isEngineError(error, 'Cancelled')) throw error;
    home.warn(`cannot read the layers of ${image.id}`, error);
    return undefined;
  }
}
