import { changeKinds, type Mark, pathTypes, type Scope } from '../../../src/protocol/layersPage.ts';
import type { PathTest } from './pathQuery.ts';
import type { PathTable } from './pathTable.ts';

const [repeated, added, modified, removed] = changeKinds.map((_, kind) => kind) as [
  number,
  number,
  number,
  number,
];
const directory = pathTypes.indexOf('directory');

/** What of the table is looked at. */
export interface ViewChoice {
  /** Position, 0 the lowest. */
  readonly layer: number;
  readonly scope: Scope;
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
  /** How many hits have each mark, whatever marks are filtered by. */
  readonly counts: Readonly<Record<Mark, number>>;
  /** Hits. */
  readonly length: number;
  /** Paths that would be hits without search and filters. */
  readonly all: number;
  readonly #change: Int32Array;
  readonly #state: Uint8Array;
  readonly #bytes: Float64Array;
  #totalBytes = 0;

  constructor(table: PathTable, choice: ViewChoice) {
    this.table = table;
    this.choice = choice;
    this.#change = new Int32Array(table.length).fill(-1);
    this.#state = new Uint8Array(table.length);
    this.#bytes = new Float64Array(table.length);
    const counts = { added: 0, modified: 0, removed: 0, wasted: 0 };
    this.counts = counts;
    [this.length, this.all] = this.#select(counts);
    this.#sumUp();
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
    const own = this.#change[path] ?? -1;
    return own >= 0 ? own : this.table.lastChange(path, this.choice.layer);
  }

  isFolder(path: number): boolean {
    return this.table.typeOf(this.changeOf(path)) === directory;
  }

  /** What the chosen layer does to the path. */
  mark(path: number): 'added' | 'modified' | 'removed' | undefined {
    const change = this.changeOf(path);
    if (change < 0 || this.table.layerOf(change) !== this.choice.layer) return undefined;
    return markOf(this.table.kindOf(change));
  }

  /** Bytes that are there in this view and that a higher layer throws away. */
  isWasted(path: number): boolean {
    const change = this.#change[path] ?? -1;
    return change >= 0 && this.#isWasted(change);
  }

  #isWasted(change: number): boolean {
    return this.table.sizeOf(change) > 0 && this.table.lostBy(change) !== undefined;
  }

  #select(counts: Record<Mark, number>): [hits: number, all: number] {
    const { table, choice } = this;
    const filters = new Set(choice.filters);
    let hits = 0;
    let all = 0;
    for (let path = 0; path < table.length; path++) {
      const change = this.#inScope(path);
      this.#change[path] = change;
      if (change < 0) continue;
      all++;
      if (choice.test && !choice.test(table.lowerPath(path))) continue;
      const kind = table.layerOf(change) === choice.layer ? markOf(table.kindOf(change)) : undefined;
      const isWasted = this.#isWasted(change);
      if (kind) counts[kind]++;
      if (isWasted) counts.wasted++;
      if (filters.size > 0 && !(kind && filters.has(kind)) && !(isWasted && filters.has('wasted'))) continue;
      this.#state[path] = isHit;
      hits++;
    }
    return [hits, all];
  }

  /** The change by which a path is in scope; -1 where it is not. */
  #inScope(path: number): number {
    const { table, choice } = this;
    const change = table.lastChange(path, choice.layer);
    if (change < 0) return -1;
    const kind = table.kindOf(change);
    if (choice.scope === 'image') return kind === removed ? -1 : change;
    if (table.layerOf(change) !== choice.layer) return -1;
    return kind === (choice.scope === 'layer' ? removed : repeated) ? -1 : change;
  }

  /** Folders come before what is in them, so from the end each is whole when it is added to the one above. */
  #sumUp(): void {
    const { table } = this;
    for (let path = table.length - 1; path >= 0; path--) {
      const state = this.#state[path] ?? 0;
      if (state === 0) continue;
      const change = this.#change[path] ?? -1;
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
  }
}

function markOf(kind: number): 'added' | 'modified' | 'removed' | undefined {
  if (kind === added) return 'added';
  if (kind === modified) return 'modified';
  return kind === removed ? 'removed' : undefined;
}
