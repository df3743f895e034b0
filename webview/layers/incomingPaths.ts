import type { PathSlice } from '../../src/protocol/layersPage.ts';
import { nextPaint } from '../common/dom.ts';
import type { OwnPage } from './words.ts';

/** The paths of the image as they come: asked for together with the image, and kept until there is somewhere to show them. */
export class IncomingPaths {
  /** Resolves with the first of them, or once there will be none. */
  readonly begun: Promise<unknown>;
  readonly #all: Promise<undefined>;
  readonly #stopping = new AbortController();
  readonly #kept: PathSlice[] = [];
  #take: (slice: PathSlice) => void = (slice) => this.#kept.push(slice);

  constructor(page: OwnPage) {
    let begin: () => void = () => undefined;
    const first = new Promise<void>((resolve) => {
      begin = resolve;
    });
    this.#all = page.ask('paths', undefined, this.#stopping.signal, (slice) => {
      this.#take(slice);
      begin();
    });
    this.begun = Promise.race([first, this.#all.catch(() => undefined)]);
  }

  get isStopped(): boolean {
    return this.#stopping.signal.aborted;
  }

  stop(): void {
    this.#stopping.abort();
  }

  /**
   * Hands over what has come and what comes, the first of it at once, the rest when that is on the screen.
   * Rejects with `RequestFailed` where the host cannot answer, and once it is stopped.
   */
  async handTo(take: (slice: PathSlice) => void): Promise<void> {
    await this.begun;
    const first = this.#kept.shift();
    if (first) take(first);
    await nextPaint();
    this.#take = take;
    for (const slice of this.#kept.splice(0)) take(slice);
    await this.#all;
  }
}
