import { changeKinds, type Mark, pathTypes } from '../../../src/protocol/layersPage.ts';
import type { PathTest } from './pathQuery.ts';
import type { PathScope } from './pathScope.ts';
import type { PathTable } from './pathTable.ts';

const added = changeKinds.indexOf('added');
const modified = changeKinds.indexOf('modified');
const removed = changeKinds.indexOf('removed');
const directory = pathTypes.indexOf('directory');

/** What of the scope is looked at. */
export interface ViewChoice {
  readonly filters: readonly Mark[];
  readonly test?: PathTest | undefined;
}

/** Bits of a path's state in a view. */
const isHit = 1;
const hasHit = 2;

/**
 * The paths of one view: those that belong to it by themselves (hits), and the folders above them. Bytes and counts are of
 * the hits alone. O(paths), without an object for any.
 */
export class PathView {
  readonly table: PathTable;
  readonly choice: ViewChoice;
  readonly scope: PathScope;
  /** How many hits have each mark, whatever marks are filtered by. */
  readonly counts: Readonly<Record<Mark, number>>;
  /** Hits. */
  readonly length: number;
  /** Hits and the folders above them. */
  readonly size: number;
  /** What is searched for and was found, filters left aside. Ascending. */
  readonly #found: Uint32Array;
  readonly #state: Uint8Array;
  readonly #bytes: Float64Array;
  #totalBytes = 0;

  /** @param wider a view of the same scope that has found all that this one can find */
  constructor(scope: PathScope, choice: ViewChoice, wider?: PathView) {
    this.table = scope.table;
    this.scope = scope;
    this.choice = choice;
    this.#state = new Uint8Array(this.table.length);
    this.#bytes = new Float64Array(this.table.length);
    this.#found = this.#search(wider ? wider.#found : scope.paths);
    const counts = { added: 0, modified: 0, removed: 0, wasted: 0 };
    this.counts = counts;
    this.length = this.#select(counts);
    this.size = this.#sumUp();
  }

  /** Paths that would be hits without search and filters. */
  get all(): number {
    return this.scope.paths.length;
  }

  /** Whether it is there at all: itself, or something below it. */
  has(path: number): boolean {
    return (this.#state[path] ?? 0) !== 0;
  }

  /** Whether it belongs to the view by itself, and not as a folder above something. */
  isHit(path: number): boolean {
    return ((this.#state[path] ?? 0) & isHit) !== 0;
  }

  hasBelow(path: number): boolean {
    return ((this.#state[path] ?? 0) & hasHit) !== 0;
  }

  /** Bytes of the path and of all below it that this view has. What a layer removed has none. */
  bytes(path: number): number {
    return this.#bytes[path] ?? 0;
  }

  get totalBytes(): number {
    return this.#totalBytes;
  }

  /** The change that says what is at the path in this view; the last one below where it is only a folder above something. */
  changeOf(path: number): number {
    const own = this.scope.changeOf(path);
    return own >= 0 ? own : this.table.lastChange(path, this.scope.layer);
  }

  isFolder(path: number): boolean {
    return this.table.typeOf(this.changeOf(path)) === directory;
  }

  /** What the chosen layer does to the path. */
  mark(path: number): 'added' | 'modified' | 'removed' | undefined {
    const change = this.changeOf(path);
    if (change < 0 || this.table.layerOf(change) !== this.scope.layer) return undefined;
    return markOf(this.table.kindOf(change));
  }

  /** Bytes that are there in this view and that a higher layer throws away. */
  isWasted(path: number): boolean {
    const change = this.scope.changeOf(path);
    return change >= 0 && this.#isWasted(change);
  }

  #isWasted(change: number): boolean {
    return this.table.sizeOf(change) > 0 && this.table.lostBy(change) !== undefined;
  }

  #search(among: Uint32Array): Uint32Array {
    const { test } = this.choice;
    if (!test) return among;
    const found = new Uint32Array(among.length);
    let length = 0;
    for (const path of among) if (test(this.table.lowerPath(path))) found[length++] = path;
    return found.subarray(0, length);
  }

  /** How many hits there are. */
  #select(counts: Record<Mark, number>): number {
    const { table, scope } = this;
    const filters = new Set(this.choice.filters);
    let hits = 0;
    for (const path of this.#found) {
      const change = scope.changeOf(path);
      const kind = table.layerOf(change) === scope.layer ? markOf(table.kindOf(change)) : undefined;
      const isWasted = this.#isWasted(change);
      if (kind) counts[kind]++;
      if (isWasted) counts.wasted++;
      if (filters.size > 0 && !(kind && filters.has(kind)) && !(isWasted && filters.has('wasted'))) continue;
      this.#state[path] = isHit;
      hits++;
    }
    return hits;
  }

  /**
   * Folders come before what is in them, so from the end each is whole when it is added to the one above.
   * @returns how many paths the view has
   */
  #sumUp(): number {
    const { table, scope } = this;
    let size = 0;
    for (let path = table.length - 1; path >= 0; path--) {
      const state = this.#state[path] ?? 0;
      if (state === 0) continue;
      size++;
      const change = scope.changeOf(path);
      const isThere = (state & isHit) !== 0 && change >= 0 && table.kindOf(change) !== removed;
      const bytes = (this.#bytes[path] ?? 0) + (isThere ? table.sizeOf(change) : 0);
      this.#bytes[path] = bytes;
      const parent = table.parent(path);
      if (parent === undefined) this.#totalBytes += bytes;
      else {
        this.#bytes[parent] = (this.#bytes[parent] ?? 0) + bytes;
        this.#state[parent] = (this.#state[parent] ?? 0) | hasHit;
      }
    }
    return size;
  }
}

function markOf(kind: number): 'added' | 'modified' | 'removed' | undefined {
  if (kind === added) return 'added';
  if (kind === modified) return 'modified';
  return kind === removed ? 'removed' : undefined;
}
