import * as crypto from 'node:crypto';
import type { SparseSegment } from './sparseMap.ts';

export const contentDigestBytes = 32;

const zeros = Buffer.alloc(1024 * 1024);
const ofNothing = sha256(Buffer.alloc(0));

/** SHA-256 of one file's content after the other, holes of sparse files as zeros. */
export class ContentHasher {
  #size = 0;
  #sparse: readonly SparseSegment[] | undefined;
  /** Next segment, and how many of its bytes are here. */
  #segment = 0;
  #inSegment = 0;
  /** In the file, holes included. */
  #position = 0;
  #whole: string | undefined;
  #hash: crypto.Hash | undefined;

  begin(size: number, sparse: readonly SparseSegment[] | undefined): void {
    this.#size = size;
    this.#sparse = sparse;
    this.#segment = 0;
    this.#inSegment = 0;
    this.#position = 0;
    this.#whole = undefined;
    this.#hash = undefined;
  }

  update(bytes: Uint8Array): void {
    if (this.#sparse) {
      this.#updateSparse(bytes, this.#sparse);
    } else if (bytes.length === this.#size) {
      this.#whole = sha256(bytes);
    } else {
      this.#add(bytes);
    }
  }

  /** 32 bytes as so many characters, U+0000 to U+00FF: a Buffer for each file would cost more than the hash of most. */
  end(): string {
    if (this.#sparse) this.#addZeros(this.#size - this.#position);
    return this.#whole ?? this.#hash?.digest('binary') ?? ofNothing;
  }

  #updateSparse(bytes: Uint8Array, segments: readonly SparseSegment[]): void {
    let at = 0;
    while (at < bytes.length) {
      const segment = segments[this.#segment];
      if (!segment) return;
      this.#addZeros(segment.offset + this.#inSegment - this.#position);
      const taken = Math.min(segment.length - this.#inSegment, bytes.length - at);
      this.#add(bytes.subarray(at, at + taken));
      at += taken;
      this.#inSegment += taken;
      if (this.#inSegment === segment.length) {
        this.#segment++;
        this.#inSegment = 0;
      }
    }
  }

  #addZeros(count: number): void {
    for (let left = count; left > 0; left -= zeros.length)
      this.#add(zeros.subarray(0, Math.min(left, zeros.length)));
  }

  #add(bytes: Uint8Array): void {
    this.#hash ??= crypto.createHash('sha256');
    this.#hash.update(bytes);
    this.#position += bytes.length;
  }
}

/** One shot where Node has it (20.12): several times as fast for small files, and most files are small. */
function sha256(bytes: Uint8Array): string {
  return typeof crypto.hash === 'function'
    ? crypto.hash('sha256', bytes, 'binary')
    : crypto.createHash('sha256').update(bytes).digest('binary');
}
