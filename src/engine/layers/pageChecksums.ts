import { crc32 } from './crc32.ts';
import { pageBytes } from './layerIndexFormat.ts';

/** CRC-32 of each page of a file that is written from one place in it on. */
export class PageChecksums {
  readonly #done: number[] = [];
  #checksum = 0;
  #at: number;

  /** @param start where the first bytes will stand in the file, in its first page */
  constructor(start: number) {
    this.#at = start;
  }

  add(bytes: Uint8Array): void {
    for (let from = 0; from < bytes.length; ) {
      const end = Math.min(bytes.length, from + pageBytes - (this.#at % pageBytes));
      this.#checksum = crc32(bytes.subarray(from, end), this.#checksum);
      this.#at += end - from;
      from = end;
      if (this.#at % pageBytes === 0) this.#endPage();
    }
  }

  /** Of all pages, the last one as far as it goes. */
  end(): Uint32Array {
    if (this.#at % pageBytes !== 0) this.#endPage();
    return Uint32Array.from(this.#done);
  }

  #endPage(): void {
    this.#done.push(this.#checksum);
    this.#checksum = 0;
  }
}
