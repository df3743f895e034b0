import type { TarSource } from './fileContent.ts';
import { becameShorter, type LayerBytes } from './tarBytes.ts';

/** A stretch of a layer's uncompressed tar, bytes. */
export interface TarSection {
  readonly offset: number;
  readonly length: number;
}

/**
 * Reads stretches of a layer's uncompressed tar that lie one behind the other, in one pass over the layer. The bytes of a
 * stretch are to be read to their end before the next one is asked for. Nothing is verified here.
 */
export class TarSections implements AsyncDisposable {
  readonly #bytes: AsyncGenerator<Uint8Array, void, undefined>;
  readonly #blob: LayerBytes;
  #at: number;
  #rest: Uint8Array = new Uint8Array(0);

  /** @param extent from the first byte of the first stretch to the last of the last */
  constructor(source: TarSource, extent: TarSection, signal?: AbortSignal) {
    this.#bytes = source.bytes(extent.offset, extent.length, signal);
    this.#at = extent.offset;
    this.#blob = source.blob;
  }

  /** @throws `DigestMismatch` where the layer ends before, and what the source throws */
  async *read({ offset, length }: TarSection): AsyncGenerator<Uint8Array, void, undefined> {
    if (offset < this.#at) throw new RangeError('the stretch lies behind what has been read');
    for (let left = offset - this.#at; left > 0; ) left -= (await this.#next(left)).length;
    for (let left = length; left > 0; ) {
      const piece = await this.#next(left);
      left -= piece.length;
      yield piece;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#bytes.return();
  }

  /** At most so many bytes, and at least one. */
  async #next(length: number): Promise<Uint8Array> {
    while (this.#rest.length === 0) {
      const { value } = await this.#bytes.next();
      if (!value) throw becameShorter(this.#blob);
      this.#rest = value;
    }
    const piece = this.#rest.subarray(0, length);
    this.#rest = this.#rest.subarray(piece.length);
    this.#at += piece.length;
    return piece;
  }
}
