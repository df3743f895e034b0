import type { Sort } from '../../../src/protocol/layersPage.ts';
import type { PathTable } from './pathTable.ts';
import type { PathView } from './pathView.ts';

/** Trees of so few rows are shown unfolded whole. */
const fewRows = 60;
const none = -1;

/** A view's paths as the rows of a tree: those whose folders are unfolded, in the order wanted. */
export class PathTree {
  readonly view: PathView;
  readonly #children: Children;
  readonly #sort: Sort;
  readonly #unfolded: Set<number>;
  /** Of each row, as columns: there may be as many as there are paths. */
  #paths = new Uint32Array(0);
  #levels = new Uint16Array(0);
  #positions = new Uint32Array(0);
  #setSizes = new Uint32Array(0);
  #length = 0;

  /** @param unfolded folders; `undefined` unfolds what there is good reason to */
  constructor(view: PathView, children: Children, sort: Sort, unfolded?: Iterable<number>) {
    this.view = view;
    this.#children = children;
    this.#sort = sort;
    this.#unfolded = new Set(unfolded ?? this.#worthUnfolding());
    this.#layOut();
  }

  get length(): number {
    return this.#length;
  }

  get unfolded(): Iterable<number> {
    return this.#unfolded;
  }

  row(at: number): Row | undefined {
    if (at < 0 || at >= this.#length) return undefined;
    return {
      path: this.#paths[at] ?? 0,
      level: this.#levels[at] ?? 1,
      position: this.#positions[at] ?? 1,
      setSize: this.#setSizes[at] ?? 1,
    };
  }

  rowOf(path: number): number | undefined {
    const at = this.#paths.indexOf(path);
    return at < 0 || at >= this.#length ? undefined : at;
  }

  isUnfolded(path: number): boolean {
    return this.#unfolded.has(path);
  }

  /** Unfolds a folder, and what is the only thing in it as well; or folds it. */
  toggle(path: number): void {
    if (!this.#unfolded.delete(path)) this.#unfold(path);
    this.#layOut();
  }

  /** Unfolds all that a path is in. */
  reveal(path: number): void {
    const { table } = this.view;
    for (let above = table.parent(path); above !== undefined; above = table.parent(above))
      this.#unfolded.add(above);
    this.#layOut();
  }

  /** How much of the bytes of the folder that it is in a path has: 0 to 1. */
  share(path: number): number {
    const parent = this.view.table.parent(path);
    const whole = parent === undefined ? this.view.totalBytes : this.view.bytes(parent);
    return whole === 0 ? 0 : this.view.bytes(path) / whole;
  }

  /** The view's paths in a folder, in order. */
  childrenOf(folder: number | undefined): number[] {
    const found: number[] = [];
    for (let path = this.#children.first(folder); path !== none; path = this.#children.next(path))
      if (this.view.has(path)) found.push(path);
    if (this.#sort === 'size') found.sort((a, b) => this.view.bytes(b) - this.view.bytes(a) || a - b);
    return found;
  }

  #unfold(path: number): void {
    for (let next: number | undefined = path; next !== undefined; next = this.#onlyFolderIn(next))
      this.#unfolded.add(next);
  }

  #onlyFolderIn(folder: number): number | undefined {
    const [only, ...others] = this.childrenOf(folder);
    return only !== undefined && others.length === 0 && this.view.hasBelow(only) ? only : undefined;
  }

  /** All folders of a small tree; of a search the folders above what was found, down to the first hit on the way. */
  #worthUnfolding(): number[] {
    const { view } = this;
    const isSmall = view.length <= fewRows;
    if (!isSmall && !view.choice.test) return [];
    const folders: number[] = [];
    // Whether the path, or a folder that it is in, was found itself: then so was all below.
    const isFound = new Uint8Array(view.table.length);
    for (let path = 0; path < isFound.length; path++) {
      if (!view.has(path)) continue;
      const parent = view.table.parent(path);
      const isBelow = parent !== undefined && isFound[parent] === 1;
      if (isBelow || view.isHit(path)) isFound[path] = 1;
      if (view.hasBelow(path) && (isSmall || isFound[path] === 0)) folders.push(path);
    }
    return folders;
  }

  #layOut(): void {
    const most = this.view.size;
    this.#paths = new Uint32Array(most);
    this.#levels = new Uint16Array(most);
    this.#positions = new Uint32Array(most);
    this.#setSizes = new Uint32Array(most);
    this.#length = 0;
    this.#layOutBelow(undefined, 1);
  }

  #layOutBelow(folder: number | undefined, level: number): void {
    const paths = this.childrenOf(folder);
    for (let index = 0; index < paths.length; index++) {
      const path = paths[index] ?? 0;
      const at = this.#length++;
      this.#paths[at] = path;
      this.#levels[at] = level;
      this.#positions[at] = index + 1;
      this.#setSizes[at] = paths.length;
      if (this.#unfolded.has(path)) this.#layOutBelow(path, level + 1);
    }
  }
}

export interface Row {
  readonly path: number;
  readonly level: number;
  readonly position: number;
  readonly setSize: number;
}

/** Which paths are in which folder, as a list threaded through the table. */
export class Children {
  readonly #first: Int32Array;
  readonly #next: Int32Array;

  constructor(table: PathTable) {
    this.#first = new Int32Array(table.length + 1).fill(none);
    this.#next = new Int32Array(table.length).fill(none);
    // From the end, so that each list is in the order of the table: byte order of name.
    for (let path = table.length - 1; path >= 0; path--) {
      const place = (table.parent(path) ?? -1) + 1;
      this.#next[path] = this.#first[place] ?? none;
      this.#first[place] = path;
    }
  }

  /** -1 where there is none. */
  first(folder: number | undefined): number {
    return this.#first[(folder ?? -1) + 1] ?? none;
  }

  next(path: number): number {
    return this.#next[path] ?? none;
  }
}

/** The path that is called so. @param path absolute */
export function findPath(table: PathTable, children: Children, path: string): number | undefined {
  let found: number | undefined;
  for (const name of path.split('/').slice(1)) {
    let child = children.first(found);
    while (child !== none && table.name(child) !== name) child = children.next(child);
    if (child === none) return undefined;
    found = child;
  }
  return found;
}
