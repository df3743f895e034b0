/** Pixels of the tallest element that every browser lays out rightly; longer lists scroll in proportion. */
const tallest = 15_000_000;

/** A list of rows of one height, of which only those in sight are there. */
export class RowWindow {
  readonly #rowHeight: number;
  readonly #length: number;
  readonly #height: number;

  /** @param height of what is in sight, pixels */
  constructor(length: number, rowHeight: number, height: number) {
    this.#length = length;
    this.#rowHeight = rowHeight;
    this.#height = height;
  }

  /** Pixels of all that can be scrolled. */
  get scrollHeight(): number {
    return Math.min(this.#length * this.#rowHeight, Math.max(tallest, this.#height));
  }

  /** Rows that fit wholly. */
  get page(): number {
    return Math.max(1, Math.floor(this.#height / this.#rowHeight));
  }

  /** First row in sight and the one behind the last, with `more` on either side. */
  range(scrollTop: number, more: number): readonly [first: number, end: number] {
    const top = this.#top(scrollTop);
    const first = Math.floor(top / this.#rowHeight) - more;
    const end = Math.ceil((top + this.#height) / this.#rowHeight) + more;
    return [Math.max(0, first), Math.min(this.#length, end)];
  }

  /** Where a row stands in the scrolled element, pixels. */
  offset(at: number, scrollTop: number): number {
    return at * this.#rowHeight - this.#top(scrollTop) + scrollTop;
  }

  /** Where to scroll so that a row is in sight; the same place where it is. */
  reveal(at: number, scrollTop: number): number {
    const top = this.#top(scrollTop);
    const start = at * this.#rowHeight;
    if (start < top) return this.#scrollTop(start);
    const end = start + this.#rowHeight;
    // Where less than a row is in sight, as before the list is laid out, its beginning counts.
    return end > top + this.#height ? this.#scrollTop(Math.min(start, end - this.#height)) : scrollTop;
  }

  /** Where to scroll so that a row stands at the top, as far as can be. */
  startAt(at: number): number {
    return this.#scrollTop(at * this.#rowHeight);
  }

  #top(scrollTop: number): number {
    return scrollTop * this.#ratio;
  }

  #scrollTop(top: number): number {
    return Math.max(0, top / this.#ratio);
  }

  /** Pixels of the list for one of the scroll bar. */
  get #ratio(): number {
    const whole = this.#length * this.#rowHeight - this.#height;
    const shown = this.scrollHeight - this.#height;
    return shown <= 0 || whole <= shown ? 1 : whole / shown;
  }
}
