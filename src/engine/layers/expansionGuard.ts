import { limitText } from '../byteLimit.ts';
import { EngineError } from '../errors.ts';
import { mostUnpacked } from './limits.ts';

/** Stops a layer that unpacks to absurdly more than it weighs; see {@link mostUnpacked}. */
export class ExpansionGuard {
  readonly #limit: number;
  #expanded = 0;

  /** `distributedSize`: bytes of the layer as distributed. */
  constructor(distributedSize: number) {
    this.#limit = mostUnpacked(distributedSize);
  }

  /** Counts bytes that came out: inflated ones and the holes of sparse files. @throws `TooLarge` */
  add(bytes: number): void {
    this.#expanded += bytes;
    this.expect(0);
  }

  /** Says what a header promises, so that a bomb that admits to be one is not unpacked first. @throws `TooLarge` */
  expect(bytes: number): void {
    if (this.#expanded + bytes > this.#limit) {
      throw new EngineError(
        'TooLarge',
        `the layer unpacks to more than ${limitText(this.#limit)}, which is out of all proportion to its size`,
      );
    }
  }
}
