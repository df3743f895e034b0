import type { Sort } from '../../../src/protocol/layersPage.ts';
import { type Children, none } from './children.ts';
import type { PathTable } from './pathTable.ts';
import type { PathView } from './pathView.ts';

/** Trees of so few rows are shown unfolded whole. */
const fewRows = 60;

/** A view's paths as the rows of a tree: those whose folders are unfolded, in the order wanted. */
export class PathTree {
  readonly view: PathView;
  readonly #children: Children;
  readonly #sort: Sort;
  /** For each path whether it is a folder that is unfolded. */
  readonly #isUnfolded: Uint8Array;
  /** Of each row, as columns: there may be as many as there are paths. */
  #paths = new Uint32Array(0);
  #positions = new Uint32Array(0);
  /** Of each folder that is unfolded, and first of the top. */
  #setSizes = new Uint32Array(0);
  #length = 0;

  /** @param unfolded folders; `undefined` unfolds what there is good reason to */
  constructor(view: PathView, children: Children, sort: Sort, unfolded?: Iterable<number>) {
    this.view = view;
    this.#children = children;
    this.#sort = sort;
    this.#isUnfolded = new Uint8Array(view.table.length);
    if (unfolded) for (const path of unfolded) this.#isUnfolded[path] = 1;
    else this.#unfoldWhatIsWorth();
    this.#layOut();
  }

  get length(): number {
    return this.#length;
  }

  /** Ascending. */
  get unfolded(): readonly number[] {
    return [...this.#isUnfolded.keys()].filter((path) => this.isUnfolded(path));
  }

  row(at: number): Row | undefined {
    if (at < 0 || at >= this.#length) return undefined;
    const path = this.#paths[at] ?? 0;
    return {
      path,
      level: this.#children.level(path),
      position: this.#positions[at] ?? 1,
      setSize: this.#setSizes[placeOf(this.view.table.parent(path))] ?? 1,
    };
  }

  rowOf(path: number): number | undefined {
    const at = this.#paths.indexOf(path);
    return at < 0 || at >= this.#length ? undefined : at;
  }

  isUnfolded(path: number): boolean {
    return this.#isUnfolded[path] === 1;
  }

  /** Unfolds a folder, and what is the only thing in it as well; or folds it. */
  toggle(path: number): void {
    if (this.isUnfolded(path)) this.#isUnfolded[path] = 0;
    else this.#unfold(path);
    this.#layOut();
  }

  /** Unfolds all that a path is in. */
  reveal(path: number): void {
    const { table } = this.view;
    for (let above = table.parent(path); above !== undefined; above = table.parent(above))
      this.#isUnfolded[above] = 1;
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
      this.#isUnfolded[next] = 1;
  }

  #onlyFolderIn(folder: number): number | undefined {
    const [only, ...others] = this.childrenOf(folder);
    return only !== undefined && others.length === 0 && this.view.hasBelow(only) ? only : undefined;
  }

  /** All folders of a small tree; of a search the folders above what was found, down to the first hit on the way. */
  #unfoldWhatIsWorth(): void {
    const { view } = this;
    const isSmall = view.length <= fewRows;
    if (!isSmall && !view.choice.test) return;
    // Whether the path, or a folder that it is in, was found itself: then so was all below.
    const isFound = new Uint8Array(view.table.length);
    for (let path = 0; path < isFound.length; path++) {
      if (!view.has(path)) continue;
      const parent = view.table.parent(path);
      const isBelow = parent !== undefined && isFound[parent] === 1;
      if (isBelow || view.isHit(path)) isFound[path] = 1;
      if (view.hasBelow(path) && (isSmall || isFound[path] === 0)) this.#isUnfolded[path] = 1;
    }
  }

  #layOut(): void {
    this.#paths = new Uint32Array(this.view.size);
    this.#positions = new Uint32Array(this.view.size);
    this.#setSizes = new Uint32Array(this.view.table.length + 1);
    this.#length = 0;
    if (this.#sort === 'size') this.#layOutBelow(undefined);
    else this.#layOutByName();
  }

  /** All paths in one go, past what is below a folder that is not unfolded. */
  #layOutByName(): void {
    const { table } = this.view;
    for (let place = 0; place < table.length; ) {
      const path = this.#children.at(place);
      if (this.view.has(path)) this.#addRow(path);
      place = this.isUnfolded(path) && this.view.has(path) ? place + 1 : this.#children.end(path);
    }
  }

  #layOutBelow(folder: number | undefined): void {
    for (const path of this.childrenOf(folder)) {
      this.#addRow(path);
      if (this.isUnfolded(path)) this.#layOutBelow(path);
    }
  }

  #addRow(path: number): void {
    const parent = placeOf(this.view.table.parent(path));
    const position = (this.#setSizes[parent] ?? 0) + 1;
    this.#setSizes[parent] = position;
    this.#paths[this.#length] = path;
    this.#positions[this.#length++] = position;
  }
}

export interface Row {
  readonly path: number;
  readonly level: number;
  readonly position: number;
  readonly setSize: number;
}

function placeOf(folder: number | undefined): number {
  return (folder ?? -1) + 1;
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
