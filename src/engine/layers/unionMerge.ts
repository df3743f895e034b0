import { NumberColumn } from './columns.ts';
import type { LayerIndex } from './layerIndex.ts';
import { kindCode } from './layerIndexFormat.ts';

/** What a layer does to the union below it. */
export interface LayerStats {
  /** Paths that were not there, implied folders included. */
  readonly added: number;
  /**
   * Paths that were there and are put there again. A folder counts only where its mode or owner changes: layers repeat
   * the folders above whatever they change.
   */
  readonly modified: number;
  /** Paths that are gone, those below a removed or replaced folder included. */
  readonly removed: number;
  /** Bytes of this layer's regular files that a higher layer replaced or hid and that no hard link keeps. */
  readonly wastedBytes: number;
}

/** An entry of one of the layers. */
export interface EntryPlace {
  /** Position of the layer, 0 the lowest. */
  readonly layer: number;
  /** Entry number in the layer's index. */
  readonly at: number;
}

/** Hears what a merge comes upon: every path in byte order, then what the layers do there, the lowest first. */
export interface MergeObserver {
  /** @param entries all layers' at the path, deletions included */
  enter(path: Uint8Array, entries: readonly EntryPlace[]): void;
  /** The layer puts `after` at the path, or (`undefined`) takes away what was visible there. */
  change(layer: number, before: EntryPlace | undefined, after: EntryPlace | undefined): void;
}

/** Something the paths below a path inherit: which layers hide all that lower layers have there. Ascending. */
type Hides = readonly number[];

interface ChainLink {
  readonly path: Uint8Array;
  readonly hides: Hides;
}

const { whiteout, opaque, implied, directory, file } = kindCode;

/**
 * Merges layer indexes in byte order of path, all layers at once: for each path it plays the layers from the lowest to
 * the highest. Costs O(entries × log layers); can be done in portions.
 */
export class UnionMerge {
  /** What is visible: layer and entry number of each path, in byte order. */
  readonly layerOf = new NumberColumn((length) => new Uint16Array(length));
  readonly entryOf = new NumberColumn((length) => new Uint32Array(length));
  readonly added: number[];
  readonly modified: number[];
  readonly removed: number[];
  readonly wastedBytes: number[];
  /** Of each layer: regular files that a higher layer has hidden, size by data offset, where there are hard links that may keep them. */
  readonly hidden: readonly Map<number, number>[];
  readonly #layers: readonly LayerIndex[];
  readonly #queue: MergeQueue;
  readonly #hasHardLinks: boolean;
  readonly #observer: MergeObserver | undefined;
  /** The beginnings of the current path that are paths themselves, for byte order is the preorder of a trie. */
  readonly #chain: ChainLink[] = [];

  constructor(layers: readonly LayerIndex[], observer?: MergeObserver) {
    this.#layers = layers;
    this.#observer = observer;
    this.#queue = new MergeQueue(layers);
    this.#hasHardLinks = layers.some((layer) => layer.hasHardLinks);
    this.added = layers.map(() => 0);
    this.modified = layers.map(() => 0);
    this.removed = layers.map(() => 0);
    this.wastedBytes = layers.map(() => 0);
    this.hidden = layers.map(() => new Map());
  }

  /** Merges at most so many paths. True when all are done. */
  advance(paths: number): boolean {
    for (let count = 0; count < paths; count++) {
      const group = this.#queue.nextGroup();
      if (!group) return true;
      this.#merge(group.path, group.entries);
    }
    return false;
  }

  #merge(path: Uint8Array, entries: readonly EntryPlace[]): void {
    this.#observer?.enter(path, entries);
    const inherited = this.#inherited(path);
    const visible = this.#play(entries, inherited);
    if (visible) {
      this.layerOf.push(visible.layer);
      this.entryOf.push(visible.at);
    }
    this.#chain.push({ path, hides: this.#hidesBelow(entries, inherited) });
  }

  /** What the folder above says; the root's own opaque mark stands on the chain with an empty path. */
  #inherited(path: Uint8Array): Hides {
    while (this.#chain.length > 0 && !isBeginning(path, this.#chain.at(-1)?.path)) this.#chain.pop();
    const parentLength = path.lastIndexOf(0x2f);
    return this.#chain.findLast((link) => link.path.length === parentLength)?.hides ?? noHides;
  }

  /** Layers that hide what is below: inherited ones, whiteouts, opaque marks, and whatever is no folder. */
  #hidesBelow(entries: readonly EntryPlace[], inherited: Hides): Hides {
    const own = entries.filter((entry) => {
      const kind = this.#kind(entry);
      return kind === whiteout || kind === opaque || kind > directory;
    });
    if (own.length === 0) return inherited;
    return [...new Set([...inherited, ...own.map(({ layer }) => layer)])].sort((a, b) => a - b);
  }

  /** The layers' doings at one path, in their order; gives what is visible in the end. */
  #play(entries: readonly EntryPlace[], inherited: Hides): EntryPlace | undefined {
    let current: EntryPlace | undefined;
    let hide = 0;
    let next = 0;
    while (next < entries.length || (current && hide < inherited.length)) {
      const layer = Math.min(
        entries[next]?.layer ?? Number.POSITIVE_INFINITY,
        inherited[hide] ?? Number.POSITIVE_INFINITY,
      );
      let isHidden = inherited[hide] === layer;
      if (isHidden) hide++;
      let put: EntryPlace | undefined;
      for (let entry = entries[next]; entry?.layer === layer; entry = entries[++next]) {
        const kind = this.#kind(entry);
        if (kind === whiteout) isHidden = true;
        else if (kind !== opaque) put = entry;
      }
      current = this.#step(layer, current, isHidden, put);
    }
    return current;
  }

  #step(
    layer: number,
    before: EntryPlace | undefined,
    isHidden: boolean,
    put: EntryPlace | undefined,
  ): EntryPlace | undefined {
    const kept = isHidden ? undefined : before;
    const after = put && !(kept && this.#isImplied(put) && this.#isFolder(kept)) ? put : kept;
    if (after === before) return before;
    if (before) this.#waste(before);
    this.#count(layer, before, after);
    this.#observer?.change(layer, before, after);
    return after;
  }

  #count(layer: number, before: EntryPlace | undefined, after: EntryPlace | undefined): void {
    if (!after) this.removed[layer] = (this.removed[layer] ?? 0) + 1;
    else if (!before) this.added[layer] = (this.added[layer] ?? 0) + 1;
    else if (!isSameFolder(this.#layers, before, after))
      this.modified[layer] = (this.modified[layer] ?? 0) + 1;
  }

  #waste({ layer, at }: EntryPlace): void {
    const index = this.#layers[layer];
    if (index?.kindCode(at) !== file) return;
    const size = index.size(at);
    this.wastedBytes[layer] = (this.wastedBytes[layer] ?? 0) + size;
    if (this.#hasHardLinks) this.hidden[layer]?.set(index.dataOffset(at), size);
  }

  #isFolder(entry: EntryPlace): boolean {
    return isFolder(this.#kind(entry));
  }

  #isImplied(entry: EntryPlace): boolean {
    return this.#kind(entry) === implied;
  }

  #kind({ layer, at }: EntryPlace): number {
    return this.#layers[layer]?.kindCode(at) ?? implied;
  }
}

const noHides: Hides = [];

function isFolder(kind: number | undefined): boolean {
  return kind === directory || kind === implied;
}

/** Whether a layer only says of a folder again what is known: layers repeat the folders above whatever they change. */
export function isSameFolder(layers: readonly LayerIndex[], before: EntryPlace, after: EntryPlace): boolean {
  const left = layers[before.layer];
  const right = layers[after.layer];
  return (
    isFolder(left?.kindCode(before.at)) &&
    isFolder(right?.kindCode(after.at)) &&
    left?.mode(before.at) === right?.mode(after.at) &&
    left?.uid(before.at) === right?.uid(after.at) &&
    left?.gid(before.at) === right?.gid(after.at)
  );
}

/** Whether the path begins with the other's bytes. */
export function isBeginning(path: Uint8Array, prefix: Uint8Array | undefined): boolean {
  if (!prefix || prefix.length > path.length) return false;
  for (let at = prefix.length - 1; at >= 0; at--) if (path[at] !== prefix[at]) return false;
  return true;
}

/** The layers' entries by path: a binary heap of layers, the one with the first path on top, of equal paths the lowest. */
class MergeQueue {
  readonly #layers: readonly LayerIndex[];
  readonly #next: Uint32Array;
  readonly #heads: Uint8Array[];
  readonly #heap: number[] = [];

  constructor(layers: readonly LayerIndex[]) {
    this.#layers = layers;
    this.#next = new Uint32Array(layers.length);
    this.#heads = layers.map((layer) => layer.pathBytes(0));
    for (const [layer, { length }] of layers.entries()) if (length > 0) this.#heap.push(layer);
    for (let at = this.#heap.length >>> 1; at >= 0; at--) this.#siftDown(at);
  }

  /** All entries of the next path, those of the lowest layer first. */
  nextGroup(): { path: Uint8Array; entries: EntryPlace[] } | undefined {
    const first = this.#heap[0];
    const path = first === undefined ? undefined : this.#heads[first];
    if (!path) return undefined;
    const entries: EntryPlace[] = [];
    for (let layer = this.#heap[0]; layer !== undefined && this.#isAt(layer, path); layer = this.#heap[0]) {
      entries.push({ layer, at: this.#next[layer] ?? 0 });
      this.#advance(layer);
    }
    return { path, entries };
  }

  #isAt(layer: number, path: Uint8Array): boolean {
    const head = this.#heads[layer];
    return head === path || (head !== undefined && head.length === path.length && isBeginning(head, path));
  }

  #advance(layer: number): void {
    const next = (this.#next[layer] ?? 0) + 1;
    this.#next[layer] = next;
    const index = this.#layers[layer];
    if (index && next < index.length) {
      this.#heads[layer] = index.pathBytes(next);
    } else {
      const last = this.#heap.pop();
      if (last !== undefined && this.#heap.length > 0) this.#heap[0] = last;
    }
    this.#siftDown(0);
  }

  #siftDown(from: number): void {
    let at = from;
    for (;;) {
      const left = 2 * at + 1;
      const right = left + 1;
      let first = at;
      if (left < this.#heap.length && this.#isBefore(left, first)) first = left;
      if (right < this.#heap.length && this.#isBefore(right, first)) first = right;
      if (first === at) return;
      const moved = this.#heap[at] ?? 0;
      this.#heap[at] = this.#heap[first] ?? 0;
      this.#heap[first] = moved;
      at = first;
    }
  }

  #isBefore(left: number, right: number): boolean {
    const a = this.#heap[left] ?? 0;
    const b = this.#heap[right] ?? 0;
    const order = compareBytes(this.#heads[a], this.#heads[b]);
    return order < 0 || (order === 0 && a < b);
  }
}

function compareBytes(left: Uint8Array | undefined, right: Uint8Array | undefined): number {
  if (!left || !right) return 0;
  const common = Math.min(left.length, right.length);
  for (let at = 0; at < common; at++) {
    const difference = (left[at] ?? 0) - (right[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}
