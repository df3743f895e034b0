import type { LayerIndex } from './layerIndex.ts';
import { kindCode } from './layerIndexFormat.ts';
import { type EntryPlace, isBeginning, type MergeObserver } from './unionMerge.ts';

/** A path that more than one layer speaks of. */
export interface CostlyPath {
  /** A view into an index. */
  readonly path: Uint8Array;
  /** Layers that put something there or take it away. */
  readonly count: number;
  /** Bytes. */
  readonly cumulativeSize: number;
  /** Position of the second of these layers: the one that began the waste. */
  readonly since: number;
}

/** A layer takes away what was visible at a path. */
interface Removal {
  readonly layer: number;
  readonly isFolder: boolean;
  /** Of the files visible there and below before, as far as this layer took them away. */
  bytes: number;
}

const { opaque, implied, directory, file } = kindCode;

/**
 * What each path costs in all layers, gathered while they are merged. As dive reckons it: every layer that puts a leaf
 * at the path costs its bytes, one that takes a file away costs none, and one that takes a folder away costs, at the
 * folder's path, the files that were visible below (none where no entry describes the folder). A folder is a leaf where
 * its layer has nothing below it. https://github.com/wagoodman/dive/blob/v0.13.1/dive/filetree/efficiency.go
 *
 * Other than in dive a removal is whatever makes a visible path vanish, so that an opaque mark is the same as a whiteout
 * of each thing in the folder, and a whiteout of what is not there is nothing.
 */
export class PathCosts implements MergeObserver {
  /** Bytes of all paths in all layers. */
  discoveredBytes = 0;
  /** The same if each path had only the cheapest of its entries. */
  minimumBytes = 0;
  readonly costly: CostlyPath[] = [];
  readonly #layers: readonly LayerIndex[];
  /** The beginnings of the current path that are paths themselves, for byte order is the preorder of a trie. */
  readonly #chain: PathCost[] = [];

  constructor(layers: readonly LayerIndex[]) {
    this.#layers = layers;
  }

  enter(path: Uint8Array, entries: readonly EntryPlace[]): void {
    while (this.#chain.length > 0 && !isBeginning(path, this.#chain.at(-1)?.path)) this.#leave();
    const parentLength = path.lastIndexOf(0x2f);
    const parent = this.#chain.findLast((above) => above.path.length === parentLength);
    const cost = new PathCost(path, parent);
    for (const entry of entries) (this.#kind(entry) === opaque ? cost : parent)?.occupied.add(entry.layer);
    this.#chain.push(cost);
  }

  change(layer: number, before: EntryPlace | undefined, after: EntryPlace | undefined): void {
    const cost = this.#chain.at(-1);
    if (after) this.#put(cost, after);
    else if (before)
      cost?.removals.push({ layer, isFolder: this.#kind(before) === directory, bytes: this.#size(before) });
  }

  /** The last path is behind. */
  finish(): void {
    while (this.#chain.length > 0) this.#leave();
  }

  #put(cost: PathCost | undefined, entry: EntryPlace): void {
    const kind = this.#kind(entry);
    if (kind === directory) cost?.folders.push(entry.layer);
    else if (kind !== implied) cost?.add(entry.layer, this.#size(entry));
  }

  /** All below the path is behind: it is known which folders are leaves, and what went with each folder. */
  #leave(): void {
    const cost = this.#chain.pop();
    if (!cost) return;
    for (const layer of cost.folders) if (!cost.occupied.has(layer)) cost.add(layer, 0);
    for (const removal of cost.removals) settle(cost, removal);
    if (cost.count === 0) return;
    this.discoveredBytes += cost.total;
    this.minimumBytes += cost.least;
    if (cost.count > 1) this.costly.push(cost.row());
  }

  /** Of regular files alone: a hard link has no bytes of its own. */
  #size({ layer, at }: EntryPlace): number {
    const index = this.#layers[layer];
    return index?.kindCode(at) === file ? index.size(at) : 0;
  }

  #kind({ layer, at }: EntryPlace): number {
    return this.#layers[layer]?.kindCode(at) ?? implied;
  }
}

/** What went together with the folder above is the folder's cost. */
function settle(cost: PathCost, { layer, isFolder, bytes }: Removal): void {
  const above = cost.parent?.removals.findLast((removal) => removal.layer === layer);
  if (above) above.bytes += bytes;
  else cost.add(layer, isFolder ? bytes : 0);
}

class PathCost {
  readonly path: Uint8Array;
  readonly parent: PathCost | undefined;
  /** Layers that put a folder here. */
  readonly folders: number[] = [];
  readonly removals: Removal[] = [];
  count = 0;
  total = 0;
  least = 0;
  #first = Number.POSITIVE_INFINITY;
  #second = Number.POSITIVE_INFINITY;
  #occupied: Set<number> | undefined;

  constructor(path: Uint8Array, parent: PathCost | undefined) {
    this.path = path;
    this.parent = parent;
  }

  /** Layers that have something below. */
  get occupied(): Set<number> {
    this.#occupied ??= new Set();
    return this.#occupied;
  }

  add(layer: number, bytes: number): void {
    this.least = this.count === 0 ? bytes : Math.min(this.least, bytes);
    this.count++;
    this.total += bytes;
    this.#second = Math.min(this.#second, Math.max(this.#first, layer));
    this.#first = Math.min(this.#first, layer);
  }

  row(): CostlyPath {
    return { path: this.path, count: this.count, cumulativeSize: this.total, since: this.#second };
  }
}
