import { EngineError } from '../errors.ts';

export type Numbers = Uint8Array | Uint16Array | Uint32Array | Float64Array;

/** A typed array that grows. */
export class NumberColumn<T extends Numbers> {
  #values: T;
  length = 0;
  readonly #make: (length: number) => T;

  constructor(make: (length: number) => T) {
    this.#make = make;
    this.#values = make(1024);
  }

  push(value: number): void {
    if (this.length === this.#values.length) this.#grow();
    this.#values[this.length++] = value;
  }

  get(at: number): number {
    return this.#values[at] ?? 0;
  }

  set(at: number, value: number): void {
    this.#values[at] = value;
  }

  /** What has been pushed; valid until the next push. */
  get values(): T {
    return this.#values.subarray(0, this.length) as T;
  }

  #grow(): void {
    const grown = this.#make(this.#values.length * 2);
    grown.set(this.#values);
    this.#values = grown;
  }
}

/** Bytes up to which a loop is quicker than a call out of JavaScript. */
const shortBytes = 64;

/** Bytes of many things, one behind the other. */
export class ByteHeap {
  #bytes = Buffer.alloc(64 * 1024);
  #view = new Uint8Array(0);
  length = 0;
  readonly #limit: number;
  readonly #what: string;

  /** Beyond `limit` bytes it throws `TooLarge`, saying that the layer has too many `what`. */
  constructor(limit: number, what: string) {
    this.#limit = limit;
    this.#what = what;
  }

  /** Gives where the bytes begin. */
  push(bytes: Uint8Array): number {
    const start = this.#take(bytes.length);
    if (bytes.length > shortBytes) this.#bytes.set(bytes, start);
    else for (let at = 0; at < bytes.length; at++) this.#bytes[start + at] = bytes[at] ?? 0;
    return start;
  }

  /** The same for bytes that came as characters, U+0000 to U+00FF. */
  pushLatin1(text: string): number {
    const start = this.#take(text.length);
    this.#bytes.write(text, start, 'latin1');
    return start;
  }

  /** Room for so many bytes. */
  #take(count: number): number {
    const start = this.length;
    const end = start + count;
    if (end > this.#limit) throw new EngineError('TooLarge', `the layer has too many ${this.#what}`);
    if (end > this.#bytes.length) this.#grow(end);
    this.length = end;
    return start;
  }

  /** What has been pushed; valid until the next push. */
  get bytes(): Uint8Array {
    // Asked for much more often than it changes.
    if (this.#view.length !== this.length) this.#view = this.#bytes.subarray(0, this.length);
    return this.#view;
  }

  #grow(needed: number): void {
    const grown = Buffer.alloc(Math.max(needed, Math.min(this.#bytes.length * 2, this.#limit)));
    grown.set(this.#bytes);
    this.#bytes = grown;
  }
}
