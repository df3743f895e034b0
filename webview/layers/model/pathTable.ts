import { type PathSlice, stillUsed, topFolder } from '../../../src/protocol/layersPage.ts';

type Numbers = Uint8Array | Uint16Array | Uint32Array | Float64Array;

/** A typed array that grows by what is added behind. */
class Column<T extends Numbers> {
  values: T;
  length = 0;
  readonly #make: (length: number) => T;

  constructor(make: (length: number) => T) {
    this.#make = make;
    this.values = make(1024);
  }

  append(added: ArrayLike<number>): void {
    const length = this.length + added.length;
    if (length > this.values.length) {
      const grown = this.#make(Math.max(length, this.values.length * 2));
      grown.set(this.values);
      this.values = grown;
    }
    this.values.set(added, this.length);
    this.length = length;
  }
}

/**
 * All paths of an image with what each layer does to them, as columns: a path is a number, and so is a change. Folders
 * come before what is in them.
 */
export class PathTable {
  readonly #names: string[] = [];
  readonly #parent = new Column((length) => new Uint32Array(length));
  readonly #firstChange = new Column((length) => new Uint32Array(length));
  readonly #layer = new Column((length) => new Uint16Array(length));
  readonly #kind = new Column((length) => new Uint8Array(length));
  readonly #type = new Column((length) => new Uint8Array(length));
  readonly #size = new Column((length) => new Float64Array(length));
  readonly #lostBy = new Column((length) => new Uint16Array(length));
  readonly #lowerPaths: string[] = [];

  /** How many paths there are. */
  get length(): number {
    return this.#names.length;
  }

  append(slice: PathSlice): void {
    if (slice.parents.length === 0) return;
    for (const name of slice.names.split('/')) this.#names.push(name);
    this.#parent.append(slice.parents);
    this.#firstChange.append(starts(slice.changes, this.#layer.length));
    this.#layer.append(slice.layers);
    this.#kind.append(slice.kinds);
    this.#type.append(slice.types);
    this.#size.append(slice.sizes);
    this.#lostBy.append(slice.lostBy);
  }

  name(path: number): string {
    return this.#names[path] ?? '';
  }

  /** `undefined` at the top. */
  parent(path: number): number | undefined {
    const parent = this.#parent.values[path] ?? topFolder;
    return parent === topFolder ? undefined : parent;
  }

  /** Absolute. */
  fullPath(path: number): string {
    const parent = this.parent(path);
    return `${parent === undefined ? '' : this.fullPath(parent)}/${this.name(path)}`;
  }

  /** In small letters, to be searched; each made once. */
  lowerPath(path: number): string {
    for (let next = this.#lowerPaths.length; next <= path; next++) {
      const parent = this.parent(next);
      const above = parent === undefined ? '' : this.#lowerPaths[parent];
      this.#lowerPaths.push(`${above}/${this.name(next).toLowerCase()}`);
    }
    return this.#lowerPaths[path] ?? '';
  }

  /** The path's changes, lowest layer first. */
  changes(path: number): { readonly first: number; readonly end: number } {
    return { first: this.#firstChange.values[path] ?? 0, end: this.#endOfChanges(path) };
  }

  #endOfChanges(path: number): number {
    const next = path + 1 < this.length ? this.#firstChange.values[path + 1] : this.#layer.length;
    return next ?? 0;
  }

  /** The last change that layers up to this one make; -1 where there is none. */
  lastChange(path: number, layer: number): number {
    const first = this.#firstChange.values[path] ?? 0;
    for (let change = this.#endOfChanges(path) - 1; change >= first; change--)
      if ((this.#layer.values[change] ?? 0) <= layer) return change;
    return -1;
  }

  layerOf(change: number): number {
    return this.#layer.values[change] ?? 0;
  }

  /** By its place in `changeKinds`. */
  kindOf(change: number): number {
    return this.#kind.values[change] ?? 0;
  }

  /** By its place in `pathTypes`. */
  typeOf(change: number): number {
    return this.#type.values[change] ?? 0;
  }

  /** Bytes. */
  sizeOf(change: number): number {
    return this.#size.values[change] ?? 0;
  }

  /** The layer that replaces or removes these bytes; `undefined` where they are in use. */
  lostBy(change: number): number | undefined {
    const layer = this.#lostBy.values[change] ?? stillUsed;
    return layer === stillUsed ? undefined : layer;
  }
}

/** Where each of them begins that lie one behind the other. */
function starts(counts: Uint16Array, first: number): Uint32Array {
  const begins = new Uint32Array(counts.length);
  let next = first;
  for (let at = 0; at < counts.length; at++) {
    begins[at] = next;
    next += counts[at] ?? 0;
  }
  return begins;
}
