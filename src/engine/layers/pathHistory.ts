import { setImmediate as nextTurn } from 'node:timers/promises';
import { throwIfCancelled } from '../errors.ts';
import { noLayer, noPath, type PathHistorySlice, pathChangeKinds, pathTypes } from '../image.ts';
import { decodePath } from './entryText.ts';
import { contentKey, keptByLinks } from './keptByLinks.ts';
import type { LayerIndex } from './layerIndex.ts';
import { kindCode } from './layerIndexFormat.ts';
import { type EntryPlace, isBeginning, isSameFolder, type MergeObserver, UnionMerge } from './unionMerge.ts';
import type { UnionTree } from './unionTree.ts';

/** Paths merged before other work gets its turn: a few milliseconds. */
const portion = 2_000;
/** Fewer before the first slice: more than a screen has, and nobody waits for the rest. */
const firstPortion = 500;
/** Milliseconds that slices gather; the first one does not wait. */
const gathering = 50;
const slash = 0x2f;

/**
 * What each layer does to each path. O(entries × log layers); holds no more than a slice.
 * @param union of all the layers
 * @throws `Cancelled`
 */
export async function* pathHistory(
  union: UnionTree,
  signal?: AbortSignal,
): AsyncGenerator<PathHistorySlice, void, undefined> {
  const recorder = new HistoryRecorder(union, await keptByLinks(union, signal));
  const merge = new UnionMerge(union.layers, recorder);
  let last = Number.NEGATIVE_INFINITY;
  for (let isDone = false; !isDone; ) {
    throwIfCancelled(signal);
    await nextTurn();
    isDone = merge.advance(Number.isFinite(last) ? portion : firstPortion);
    if (isDone || performance.now() - last >= gathering) {
      yield recorder.take(isDone);
      last = performance.now();
    }
  }
}

/** A folder above the current path. */
interface Above {
  readonly path: Uint8Array;
  readonly number: number;
}

class HistoryRecorder implements MergeObserver {
  readonly #layers: readonly LayerIndex[];
  readonly #kept: ReadonlySet<string>;
  /** The beginnings of the current path that are paths themselves, for byte order is the preorder of a trie. */
  readonly #chain: Above[] = [];
  #columns = emptyColumns();
  #path: Uint8Array = new Uint8Array();
  #current: Change[] = [];
  #first = 0;
  #next = 0;

  constructor(union: UnionTree, kept: ReadonlySet<string>) {
    this.#layers = union.layers;
    this.#kept = kept;
  }

  enter(path: Uint8Array): void {
    this.#finish();
    this.#path = path;
  }

  change(layer: number, before: EntryPlace | undefined, after: EntryPlace | undefined): void {
    const last = this.#current.at(-1);
    if (before && last && this.#isLost(before)) last.lostBy = layer;
    const place = after ?? before;
    if (!place) return;
    const kind = this.#kindOf(before, after);
    this.#current.push({
      layer,
      kind,
      type: this.#typeOf(place),
      size: this.#sizeOf(place),
      lostBy: noLayer,
    });
  }

  /** What has been gathered since the last time. @param isLast whether no path comes any more */
  take(isLast: boolean): PathHistorySlice {
    if (isLast) this.#finish();
    const { names, parents, changes, layers, kinds, types, sizes, lostBy } = this.#columns;
    const slice: PathHistorySlice = {
      first: this.#first,
      names: names.join('/'),
      parents: Uint32Array.from(parents),
      changes: Uint16Array.from(changes),
      layers: Uint16Array.from(layers),
      kinds: Uint8Array.from(kinds),
      types: Uint8Array.from(types),
      sizes: Float64Array.from(sizes),
      lostBy: Uint16Array.from(lostBy),
    };
    this.#columns = emptyColumns();
    this.#first = this.#next;
    return slice;
  }

  /** The root has no name and is in no folder; a path that nothing was ever visible at has no history. */
  #finish(): void {
    if (this.#path.length === 0 || this.#current.length === 0) {
      this.#current = [];
      return;
    }
    const nameStart = this.#path.lastIndexOf(slash) + 1;
    const columns = this.#columns;
    columns.names.push(decodePath(this.#path.subarray(nameStart)));
    columns.parents.push(this.#parent(nameStart - 1));
    columns.changes.push(this.#current.length);
    for (const { layer, kind, type, size, lostBy } of this.#current) {
      columns.layers.push(layer);
      columns.kinds.push(kind);
      columns.types.push(type);
      columns.sizes.push(size);
      columns.lostBy.push(lostBy);
    }
    this.#chain.push({ path: this.#path, number: this.#next++ });
    this.#current = [];
  }

  #parent(length: number): number {
    while (this.#chain.length > 0 && !isBeginning(this.#path, this.#chain.at(-1)?.path)) this.#chain.pop();
    return this.#chain.findLast(({ path }) => path.length === length)?.number ?? noPath;
  }

  #kindOf(before: EntryPlace | undefined, after: EntryPlace | undefined): number {
    if (!after) return kindNumber.removed;
    if (!before) return kindNumber.added;
    return isSameFolder(this.#layers, before, after) ? kindNumber.repeated : kindNumber.modified;
  }

  #isLost(place: EntryPlace): boolean {
    const index = this.#layers[place.layer];
    if (index?.kindCode(place.at) !== kindCode.file) return false;
    return this.#kept.size === 0 || !this.#kept.has(contentKey(place, index));
  }

  #typeOf({ layer, at }: EntryPlace): number {
    return typeOfKind[this.#layers[layer]?.kindCode(at) ?? kindCode.implied] ?? typeNumber.other;
  }

  #sizeOf({ layer, at }: EntryPlace): number {
    const index = this.#layers[layer];
    return index?.kindCode(at) === kindCode.file ? index.size(at) : 0;
  }
}

interface Change {
  readonly layer: number;
  readonly kind: number;
  readonly type: number;
  readonly size: number;
  lostBy: number;
}

function emptyColumns() {
  return {
    names: [] as string[],
    parents: [] as number[],
    changes: [] as number[],
    layers: [] as number[],
    kinds: [] as number[],
    types: [] as number[],
    sizes: [] as number[],
    lostBy: [] as number[],
  };
}

const kindNumber = numbersOf(pathChangeKinds);
const typeNumber = numbersOf(pathTypes);

const typeOfKind: Readonly<Record<number, number>> = {
  [kindCode.implied]: typeNumber.directory,
  [kindCode.directory]: typeNumber.directory,
  [kindCode.file]: typeNumber.file,
  [kindCode.symlink]: typeNumber.symlink,
  [kindCode.hardlink]: typeNumber.hardlink,
};

function numbersOf<T extends string>(names: readonly T[]): Readonly<Record<T, number>> {
  return Object.fromEntries(names.map((name, number) => [name, number])) as Record<T, number>;
}
