import { setImmediate as nextTurn } from 'node:timers/promises';
import { throwIfCancelled } from '../errors.ts';
import type { FileRow, FileType } from '../image.ts';
import { encodePath } from './entryText.ts';
import { originalOf, resolveBelow } from './hardLinks.ts';
import { folderBytes, type LayerIndex } from './layerIndex.ts';
import { type EntryKind, kindCode } from './layerIndexFormat.ts';
import { childPlaces, lowerBound, type SortedPaths } from './sortedPaths.ts';
import { type EntryPlace, type LayerStats, UnionMerge } from './unionMerge.ts';

export type { EntryPlace, LayerStats } from './unionMerge.ts';

/** An entry that says what is at a path: of a hard link the file's own. */
export interface UnionNode extends EntryPlace {
  readonly index: LayerIndex;
  /** `hardlink` only where it is one to something that is not there, or no longer. */
  readonly kind: EntryKind;
}

/** Paths merged before other work gets its turn: a few milliseconds. */
const portion = 4_000;

/**
 * What a container would see of layers laid one over the other. Six bytes a path beside the indexes themselves.
 * https://github.com/opencontainers/image-spec/blob/v1.1.0/layer.md#applying-changesets
 *
 * - A whiteout hides what lower layers have, never what its own layer has; so does an opaque mark, wherever it stands.
 * - A folder over a folder is one folder with the higher one's mode and owner; anything else replaces all that was there.
 * - A folder that no entry describes is there all the same: as a lower layer has it, else with mode 0755, owned by root.
 */
export class UnionTree implements SortedPaths {
  /** Lowest first. */
  readonly layers: readonly LayerIndex[];
  readonly #rowNumbers: readonly number[];
  readonly #layerOf: Uint16Array;
  readonly #entryOf: Uint32Array;
  readonly #stats: readonly LayerStats[];

  private constructor(
    layers: readonly LayerIndex[],
    rowNumbers: readonly number[] | undefined,
    merge: UnionMerge,
  ) {
    this.layers = layers;
    this.#rowNumbers = rowNumbers ?? layers.map((_, position) => position);
    this.#layerOf = merge.layerOf.values;
    this.#entryOf = merge.entryOf.values;
    this.#stats = this.#statsOf(merge);
  }

  /**
   * Merges the layers in one go. O(entries).
   * @param layers lowest first
   * @param rowNumbers what `layer` is in the rows, for each layer; by default its position
   */
  static build(layers: readonly LayerIndex[], rowNumbers?: readonly number[]): UnionTree {
    const merge = new UnionMerge(layers);
    merge.advance(Number.POSITIVE_INFINITY);
    return new UnionTree(layers, rowNumbers, merge);
  }

  /** The same in portions, so that nothing else on the thread has to wait. @throws `Cancelled` */
  static async buildInPortions(
    layers: readonly LayerIndex[],
    rowNumbers?: readonly number[],
    signal?: AbortSignal,
  ): Promise<UnionTree> {
    const merge = new UnionMerge(layers);
    do {
      throwIfCancelled(signal);
      await nextTurn();
    } while (!merge.advance(portion));
    return new UnionTree(layers, rowNumbers, merge);
  }

  /** Paths, the root not counted. */
  get length(): number {
    return this.#entryOf.length;
  }

  pathBytes(at: number): Uint8Array {
    const { layer, at: entry } = this.place(at);
    return this.index(layer).pathBytes(entry);
  }

  /** In byte order of path. */
  *rows(): Generator<FileRow, void, undefined> {
    for (let at = 0; at < this.length; at++) yield this.row(at);
  }

  /** Direct children of a folder (`/` at the top), in byte order. Costs what it gives. */
  children(path: string): readonly FileRow[] {
    return Array.from(childPlaces(this, folderBytes(path)), (at) => this.row(at));
  }

  /** The row of an absolute path, links not followed; `undefined` where nothing is there. */
  lookup(path: string): FileRow | undefined {
    const at = this.#find(folderBytes(path));
    return at === undefined ? undefined : this.row(at);
  }

  /**
   * The entry that holds the path's content: of a hard link that of the file it names, which may be of a lower layer
   * and need not be visible any more.
   */
  contentPlace(path: string): EntryPlace | undefined {
    const at = this.#find(folderBytes(path));
    return at === undefined ? undefined : this.#content(this.place(at));
  }

  /** What is at the path (empty for the root, which has none), symlinks not followed. */
  node(path: Uint8Array): UnionNode | undefined {
    const at = this.#find(path);
    return at === undefined ? undefined : this.contentNode(this.place(at));
  }

  /** The entry itself; of a hard link, that of what it names. */
  contentNode(place: EntryPlace): UnionNode {
    const { layer, at } = this.#content(place) ?? place;
    const index = this.index(layer);
    if (index.kindCode(at) !== kindCode.hardlink) return { layer, at, index, kind: index.kind(at) };
    const original = originalOf(index, at);
    const kind = index.kind(original);
    if (kind !== 'hardlink') return { layer, at: original, index, kind };
    // The name it was linked to is another file's now; its size, bytes and digest the link has itself.
    const isFile = index.contentHash(at).some((byte) => byte !== 0);
    return { layer, at, index, kind: isFile ? 'file' : 'hardlink' };
  }

  isHardLink({ layer, at }: EntryPlace): boolean {
    return this.layers[layer]?.kindCode(at) === kindCode.hardlink;
  }

  /** What the layer at this position (0 the lowest) does to the union of those below it. */
  layerStats(position: number): LayerStats {
    const stats = this.#stats[position];
    if (!stats) throw new RangeError(`there is no layer ${position}`);
    return stats;
  }

  /** One of the paths, by its number in byte order. */
  row(at: number): FileRow {
    const place = this.place(at);
    const { layer, at: entry } = place;
    const row = this.index(layer).row(entry, this.#rowNumbers[layer] ?? layer) as FileRow;
    return row.type === 'hardlink' ? this.#linkRow(row, place) : row;
  }

  /** A link whose name is not (or no longer) the same file's is a file of its own. */
  #linkRow(row: FileRow, place: EntryPlace): FileRow {
    const content = this.#content(place);
    if (!content) return row;
    const index = this.index(content.layer);
    const size = index.size(content.at);
    if (this.#names(row.linkName ?? '', content)) return { ...row, size };
    const target = index.row(originalOf(index, content.at), row.layer);
    const isLink = target.type === 'symlink';
    return { ...row, type: plainType(target.type), size, linkName: isLink ? target.linkName : null };
  }

  #names(path: string, content: EntryPlace): boolean {
    const at = this.#find(encodePath(path));
    const named = at === undefined ? undefined : this.#content(this.place(at));
    return named !== undefined && this.#isSameFile(named, content);
  }

  #isSameFile(left: EntryPlace, right: EntryPlace): boolean {
    if (left.layer !== right.layer) return false;
    const index = this.index(left.layer);
    return index.dataOffset(left.at) === index.dataOffset(right.at);
  }

  #content(place: EntryPlace): EntryPlace | undefined {
    const index = this.index(place.layer);
    if (index.kindCode(place.at) !== kindCode.hardlink) return place;
    if (index.dataOffset(place.at) >= 0) return place;
    return resolveBelow(this.layers, place);
  }

  #find(path: Uint8Array): number | undefined {
    const at = lowerBound(this, path);
    return at < this.length && Buffer.compare(this.pathBytes(at), path) === 0 ? at : undefined;
  }

  /** The entry that is visible as one of the paths. */
  place(at: number): EntryPlace {
    return { layer: this.#layerOf[at] ?? 0, at: this.#entryOf[at] ?? 0 };
  }

  /** By position, 0 the lowest. */
  index(layer: number): LayerIndex {
    const index = this.layers[layer];
    if (!index) throw new RangeError(`there is no layer ${layer}`);
    return index;
  }

  #statsOf(merge: UnionMerge): LayerStats[] {
    this.#rescue(merge);
    return this.layers.map((_, layer) => ({
      added: merge.added[layer] ?? 0,
      modified: merge.modified[layer] ?? 0,
      removed: merge.removed[layer] ?? 0,
      wastedBytes: merge.wastedBytes[layer] ?? 0,
    }));
  }

  /** A file whose name is gone is not wasted while a hard link to it is visible. */
  #rescue(merge: UnionMerge): void {
    if (merge.hidden.every((hidden) => hidden.size === 0)) return;
    for (let at = 0; at < this.length; at++) {
      const place = this.place(at);
      if (this.index(place.layer).kindCode(place.at) !== kindCode.hardlink) continue;
      const content = this.#content(place);
      if (content) rescueFile(merge, content.layer, this.index(content.layer).dataOffset(content.at));
    }
  }
}

function rescueFile(merge: UnionMerge, layer: number, dataOffset: number): void {
  const size = merge.hidden[layer]?.get(dataOffset);
  if (size === undefined) return;
  merge.hidden[layer]?.delete(dataOffset);
  merge.wastedBytes[layer] = (merge.wastedBytes[layer] ?? 0) - size;
}

/** What a name is that once was a hard link: whatever the file is. */
function plainType(type: string): FileType {
  return type === 'hardlink' ? 'file' : (type as FileType);
}
