import { type PathSlice, stillUsed } from '../../../src/protocol/layersPage.ts';

/** A slice that is being made, without an object for any path. */
export class PathColumns {
  readonly #first: number;
  readonly #names: string[] = [];
  readonly #parents: number[] = [];
  readonly #changes: number[] = [];
  readonly #layers: number[] = [];
  readonly #kinds: number[] = [];
  readonly #types: number[] = [];
  readonly #sizes: number[] = [];
  readonly #lostBy: number[] = [];

  constructor(first: number) {
    this.#first = first;
  }

  /** The next path. */
  enter(name: string, parent: number): void {
    this.#names.push(name);
    this.#parents.push(parent);
    this.#changes.push(0);
  }

  /** The next change of that path. */
  change(layer: number, what: number, type: number, size: number, lostBy: number = stillUsed): void {
    this.#changes.push((this.#changes.pop() ?? 0) + 1);
    this.#layers.push(layer);
    this.#kinds.push(what);
    this.#types.push(type);
    this.#sizes.push(size);
    this.#lostBy.push(lostBy);
  }

  slice(): PathSlice {
    return {
      first: this.#first,
      names: this.#names.join('/'),
      parents: Uint32Array.from(this.#parents),
      changes: Uint16Array.from(this.#changes),
      layers: Uint16Array.from(this.#layers),
      kinds: Uint8Array.from(this.#kinds),
      types: Uint8Array.from(this.#types),
      sizes: Float64Array.from(this.#sizes),
      lostBy: Uint16Array.from(this.#lostBy),
    };
  }
}
