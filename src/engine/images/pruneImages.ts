import { EngineError } from '../errors.ts';
import type { Removal, StoredImage } from '../image.ts';
import type { FilterArguments } from '../listing/filterArguments.ts';
import { parseTimestamp } from '../listing/timestamp.ts';
import type { Digest } from '../oci/digest.ts';
import { canonicalReference, familiarReference } from '../oci/reference.ts';
import type { StoreEntry } from '../store/entries.ts';
import { hasLabels } from './filterImages.ts';
import { referencesOf } from './findImage.ts';
import { type LayerStacks, layersThatGo, readStacks, type StackedLayer, unpackedSize } from './layerUses.ts';
import { createdTime, type ImageHome, storedImages } from './storedImages.ts';

export interface PruneOptions {
  /** Every image, not only those without a tag. */
  readonly all?: boolean;
  /** {@link pruneFilters} */
  readonly filters?: FilterArguments;
}

/** What `image prune` filters by; `dangling=false` is its `-a`. */
export const pruneFilters: readonly string[] = ['until', 'label', 'label!', 'dangling'];

/** What a prune takes, or would take. */
export interface Pruned {
  readonly images: readonly StoredImage[];
  /** Docker's lines, in its order. */
  readonly removals: readonly Removal[];
  /** Unpacked bytes of the layers that go: Docker's `Total reclaimed space`. */
  readonly reclaimedBytes: number;
  /** Bytes that the disk gets back. */
  readonly freedBytes: number;
}

/**
 * What {@link pruneImages} would take now; changes nothing. `freedBytes` counts all that the sweep behind it frees, also
 * what was garbage before.
 * @throws `Invalid` for a filter that is nonsense, in Docker's words
 */
export async function planPrune(
  home: ImageHome,
  options: PruneOptions,
  signal?: AbortSignal,
): Promise<Pruned> {
  const groups = await planGroups(home, options, signal);
  const took = await readLosses(home, groups, signal);
  const after = (entries: readonly StoreEntry[]) => withoutGroups(entries, groups);
  const { reclaimableBytes } = await home.store.usageAfter(after, signal);
  return pruned(groups, took, reclaimableBytes);
}

/**
 * Docker's `image prune`: removes the images that no tag names (those known by digest only among them), or all, and frees
 * what nothing else uses. An image that another process tags meanwhile stays.
 * https://github.com/moby/moby/blob/v20.10.24/daemon/images/image_prune.go
 * @returns what went, which is what this call took and nobody else
 */
export async function pruneImages(
  home: ImageHome,
  options: PruneOptions,
  signal?: AbortSignal,
): Promise<Pruned> {
  const groups = await planGroups(home, options, signal);
  if (groups.length === 0) return pruned([], noLosses, 0);
  const losses = await readLosses(home, groups, signal);
  let gone: ReadonlySet<Digest> = new Set();
  await home.store.update((entries) => {
    const edited = withoutGroups(entries, groups);
    gone = manifestsLost(entries, edited);
    return edited;
  }, signal);
  const { bytes } = await home.store.gc(signal);
  const went = groups.filter((group) => group.every(({ manifest }) => gone.has(manifest.digest)));
  return pruned(went, losses, bytes);
}

/** The manifests of one image ID. */
type Group = readonly [StoredImage, ...StoredImage[]];

async function planGroups(
  home: ImageHome,
  { all = false, filters = new Map() }: PruneOptions,
  signal?: AbortSignal,
): Promise<readonly Group[]> {
  const isInTime = untilFilter(filters);
  const takesTagged = all || takesAll(filters);
  const images = await storedImages(home, signal);
  const groups: Group[] = [];
  for (const group of groupById(images)) {
    const isTagged = group.some(({ tags }) => tags.length > 0);
    if (isTagged && !takesTagged) continue;
    if (group.every(isInTime) && (await hasLabels(home, group[0], filters, signal))) groups.push(group);
  }
  return groups;
}

function groupById(images: readonly StoredImage[]): Iterable<Group> {
  const groups = new Map<Digest, [StoredImage, ...StoredImage[]]>();
  for (const image of images) {
    const group = groups.get(image.id);
    if (group) group.push(image);
    else groups.set(image.id, [image]);
  }
  return groups.values();
}

/** What is exactly as old as the bound goes. */
function untilFilter(filters: FilterArguments): (image: StoredImage) => boolean {
  const [text, ...others] = filters.get('until') ?? [];
  if (text === undefined) return () => true;
  if (others.length > 0) throw new EngineError('Invalid', 'more than one until filter specified');
  const until = parseTimestamp(text, new Date()).getTime();
  return (image) => createdTime(image) <= until;
}

function takesAll(filters: FilterArguments): boolean {
  const values = filters.get('dangling') ?? [];
  const wrong = values.find((value) => !['true', '1', 'false', '0'].includes(value));
  if (wrong !== undefined) {
    throw new EngineError('Invalid', `invalid filter 'dangling=[${wrong}]': write true or false`);
  }
  return values.some((value) => value === 'false' || value === '0');
}

/** A tag that another process gave an image since the plan was made keeps it. */
function withoutGroups(entries: readonly StoreEntry[], groups: readonly Group[]): readonly StoreEntry[] {
  const namesOf = new Map<Digest, ReadonlySet<string>>();
  for (const { manifest, tags } of groups.flat()) {
    namesOf.set(manifest.digest, new Set(tags.map(canonicalReference)));
  }
  const stays = ({ descriptor, name }: StoreEntry) => {
    const names = namesOf.get(descriptor.digest);
    return !names || (name !== undefined && !names.has(name));
  };
  const kept = entries.filter(stays);
  return kept.length === entries.length ? entries : kept;
}

function manifestsLost(before: readonly StoreEntry[], after: readonly StoreEntry[]): ReadonlySet<Digest> {
  const left = new Set(after.map(({ descriptor }) => descriptor.digest));
  return new Set(before.map(({ descriptor }) => descriptor.digest).filter((digest) => !left.has(digest)));
}

/** What is to be known of layers while they are there. */
interface Losses {
  /** Of every image of the store. */
  readonly stacks: LayerStacks;
  /** Unpacked bytes by layer, of those that go. */
  readonly sizes: ReadonlyMap<Digest, number>;
}

const noLosses: Losses = { stacks: new Map(), sizes: new Map() };

async function readLosses(home: ImageHome, groups: readonly Group[], signal?: AbortSignal): Promise<Losses> {
  if (groups.length === 0) return noLosses;
  const stacks = await readStacks(home, await storedImages(home, signal), signal);
  const sizes = new Map<Digest, number>();
  for (const layer of layersThatGo(stacks, groups).flat()) {
    sizes.set(layer.chainId, await unpackedSize(home, layer, signal));
  }
  return { stacks, sizes };
}

function pruned(groups: readonly Group[], { stacks, sizes }: Losses, freedBytes: number): Pruned {
  const layers = layersThatGo(stacks, groups);
  return {
    images: groups.flat(),
    removals: groups.flatMap((group, place) => removalsOf(group, layers[place] ?? [])),
    reclaimedBytes: layers.flat().reduce((sum, { chainId }) => sum + (sizes.get(chainId) ?? 0), 0),
    freedBytes,
  };
}

/** Docker's lines for an image that goes with all its names. */
export function removalsOf(group: Group, layers: readonly StackedLayer[]): readonly Removal[] {
  return [
    ...referencesOf(group).map(
      (reference): Removal => ({ kind: 'untagged', name: familiarReference(reference) }),
    ),
    ...group.slice(0, 1).map(({ id }): Removal => ({ kind: 'deleted', name: id })),
    ...layers.map(({ chainId }): Removal => ({ kind: 'deleted', name: chainId })),
  ];
}
