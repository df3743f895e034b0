/** What is asked of a list that may be long: how long it is, and what stands on a page of it. */
export type LongList<T> = Pick<readonly T[], 'length' | 'slice'>;

/** A list whose parts stand in their order and are sorted, each within itself, when somebody comes to them. */
export class PartlySorted<T> implements LongList<T> {
  readonly length: number;
  readonly #parts: readonly (readonly T[])[];
  readonly #sort: (part: readonly T[]) => readonly T[];
  readonly #sorted: T[] = [];
  #sortedParts = 0;

  constructor(parts: readonly (readonly T[])[], sort: (part: readonly T[]) => readonly T[]) {
    this.length = parts.reduce((length, part) => length + part.length, 0);
    this.#parts = parts;
    this.#sort = sort;
  }

  slice(start = 0, end = this.length): T[] {
    const last = start < 0 || end < 0 ? this.length : end;
    while (this.#sorted.length < last && this.#sortedParts < this.#parts.length) this.#sortNext();
    return this.#sorted.slice(start, end);
  }

  #sortNext(): void {
    for (const item of this.#sort(this.#parts[this.#sortedParts] ?? [])) this.#sorted.push(item);
    this.#sortedParts += 1;
  }
}
