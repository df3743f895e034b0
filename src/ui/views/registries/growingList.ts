import { withinTime } from '../../withinTime.ts';

/** Milliseconds between two tellings of growth: what is drawn again each time must stay readable. */
const tellInterval = 500;

/**
 * What a slow source gives bit by bit, kept as it comes and read once. Whoever waits, waits only so long; what comes
 * later is told of.
 */
export class GrowingList<T> implements Disposable {
  readonly #items: T[] = [];
  readonly #cancel = new AbortController();
  readonly #ended: Promise<void>;
  readonly #tell: () => void;
  #isGrowing = true;
  #error: unknown;
  /** Somebody was shown less than there will be. */
  #isAwaited = false;
  #lastTold = 0;

  /** @param tell that there is more, or the end, since somebody was shown an unfinished list; a few times a second */
  constructor(source: (signal: AbortSignal) => AsyncIterable<T>, tell: () => void) {
    this.#tell = tell;
    this.#ended = this.#read(source(this.#cancel.signal));
  }

  get items(): readonly T[] {
    return this.#items;
  }

  get isGrowing(): boolean {
    return this.#isGrowing;
  }

  /** Why it ended early; `undefined` where it did not. */
  get error(): unknown {
    return this.#error;
  }

  /** Resolves at the end, or after `patience` milliseconds, whichever comes first; never rejects. */
  async settled(patience: number): Promise<void> {
    if ((await withinTime(this.#ended, patience)) === 'late') this.#isAwaited = true;
  }

  /** Reads no further; nothing is told any more. */
  [Symbol.dispose](): void {
    this.#isAwaited = false;
    this.#cancel.abort();
  }

  async #read(source: AsyncIterable<T>): Promise<void> {
    try {
      for await (const item of source) {
        this.#items.push(item);
        this.#tellSometimes();
      }
    } catch (error) {
      this.#error = error;
    }
    this.#isGrowing = false;
    if (this.#isAwaited) this.#tell();
  }

  #tellSometimes(): void {
    if (!this.#isAwaited) return;
    const now = performance.now();
    if (now - this.#lastTold < tellInterval) return;
    this.#lastTold = now;
    this.#tell();
  }
}
