import type { PathTable } from './pathTable.ts';

/** No path. */
export const none = -1;

/** Which paths are in which folder: as lists threaded through the table, and all in the order of a tree unfolded whole. */
export class Children {
  readonly #first: Int32Array;
  readonly #next: Int32Array;
  readonly #order: Uint32Array;
  /** For each path the place behind all that is below it. */
  readonly #end: Uint32Array;
  readonly #level: Uint16Array;

  constructor(table: PathTable) {
    this.#first = new Int32Array(table.length + 1).fill(none);
    this.#next = new Int32Array(table.length).fill(none);
    this.#order = new Uint32Array(table.length);
    this.#end = new Uint32Array(table.length);
    this.#level = new Uint16Array(table.length);
    this.#thread(table);
    this.#arrange(table);
  }

  /** {@link none} where there is none. */
  first(folder: number | undefined): number {
    return this.#first[(folder ?? -1) + 1] ?? none;
  }

  next(path: number): number {
    return this.#next[path] ?? none;
  }

  /** The path at a place in the order of the whole tree. */
  at(place: number): number {
    return this.#order[place] ?? 0;
  }

  /** The place behind all that is below a path. */
  end(path: number): number {
    return this.#end[path] ?? 0;
  }

  /** From 1. */
  level(path: number): number {
    return this.#level[path] ?? 1;
  }

  /** From the end, so that each list is in the order of the table: byte order of name. */
  #thread(table: PathTable): void {
    for (let path = table.length - 1; path >= 0; path--) {
      const place = (table.parent(path) ?? -1) + 1;
      this.#next[path] = this.#first[place] ?? none;
      this.#first[place] = path;
    }
  }

  /** Without recursion: an image may have folders as deep as a path is long. */
  #arrange(table: PathTable): void {
    let level = 1;
    let path = this.first(undefined);
    for (let place = 0; path !== none; ) {
      this.#order[place++] = path;
      this.#level[path] = level;
      const below = this.first(path);
      if (below !== none) {
        path = below;
        level++;
        continue;
      }
      // Up to the first that has something beside it; all that is left is whole.
      let left: number | undefined = path;
      for (; left !== undefined; left = table.parent(left)) {
        this.#end[left] = place;
        if (this.next(left) !== none) break;
        level--;
      }
      path = left === undefined ? none : this.next(left);
    }
  }
}
