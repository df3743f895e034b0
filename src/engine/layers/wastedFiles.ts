import { setImmediate as nextTurn } from 'node:timers/promises';
import { throwIfCancelled } from '../errors.ts';
import { decodePath } from './entryText.ts';
import { contentKey, keptByLinks } from './keptByLinks.ts';
import type { LayerIndex } from './layerIndex.ts';
import { kindCode } from './layerIndexFormat.ts';
import { type EntryPlace, type MergeObserver, UnionMerge } from './unionMerge.ts';
import type { UnionTree } from './unionTree.ts';

/** A regular file of a layer that a higher layer replaced or hid and that no hard link keeps. */
export interface LostFile {
  /** As in `FileRow`. */
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** Position of the layer that did it, 0 the lowest. */
  readonly by: number;
  /** Whether nothing was there afterwards. */
  readonly removed: boolean;
}

/** Paths merged before other work gets its turn: a few milliseconds. */
const portion = 4_000;

/**
 * The largest files that each layer wastes, largest first, of equal ones in byte order of path. O(entries × log layers).
 * @param union of all the layers
 * @param most how many of one layer
 * @returns one list a layer, lowest first
 * @throws `Cancelled`
 */
export async function wastedFiles(
  union: UnionTree,
  most: number,
  signal?: AbortSignal,
): Promise<readonly (readonly LostFile[])[]> {
  const losses = new Losses(union, await keptByLinks(union, signal), most);
  const merge = new UnionMerge(union.layers, losses);
  do {
    throwIfCancelled(signal);
    await nextTurn();
  } while (!merge.advance(portion));
  return union.layers.map((_, layer) => losses.of(layer));
}

interface Loss extends Omit<LostFile, 'path'> {
  /** A view into an index. */
  readonly path: Uint8Array;
}

class Losses implements MergeObserver {
  readonly #layers: readonly LayerIndex[];
  readonly #most: number;
  readonly #kept: ReadonlySet<string>;
  readonly #losses: Loss[][];
  #path: Uint8Array = new Uint8Array();

  constructor(union: UnionTree, kept: ReadonlySet<string>, most: number) {
    this.#layers = union.layers;
    this.#most = most;
    this.#kept = kept;
    this.#losses = union.layers.map(() => []);
  }

  of(layer: number): readonly LostFile[] {
    return this.#worst(layer).map((loss) => ({ ...loss, path: decodePath(loss.path) }));
  }

  enter(path: Uint8Array): void {
    this.#path = path;
  }

  change(by: number, before: EntryPlace | undefined, after: EntryPlace | undefined): void {
    const index = before && this.#layers[before.layer];
    if (!index || index.kindCode(before.at) !== kindCode.file) return;
    const losses = this.#losses[before.layer];
    if (!losses || this.#kept.has(contentKey(before, index))) return;
    losses.push({ path: this.#path, size: index.size(before.at), by, removed: !after });
    if (losses.length >= this.#most * 4 + 100) this.#losses[before.layer] = this.#worst(before.layer);
  }

  /** They come in byte order of path, and sorting keeps equal ones so. */
  #worst(layer: number): Loss[] {
    return (this.#losses[layer] ?? []).sort((a, b) => b.size - a.size).slice(0, this.#most);
  }
}
