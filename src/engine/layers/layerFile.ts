import * as fs from 'node:fs';
import type { FileSection } from './layerJob.ts';
import { batchBytes } from './layerWorkerProtocol.ts';

/** The file that keeps a layer's bytes while they arrive. Blocks: made for a worker, where a write costs less than its dispatch. */
export class IngestFile {
  readonly #fd: number;
  #length: number;

  private constructor(fd: number, length: number) {
    this.#fd = fd;
    this.#length = length;
  }

  /** Keeps the first `offset` bytes, or what there is of them. */
  static open(path: string, offset: number): IngestFile {
    const fd = fs.openSync(path, fs.constants.O_RDWR | fs.constants.O_CREAT, 0o644);
    const length = Math.min(fs.fstatSync(fd).size, offset);
    fs.ftruncateSync(fd, length);
    return new IngestFile(fd, length);
  }

  get length(): number {
    return this.#length;
  }

  /** What was there on opening. */
  pieces(): Generator<Uint8Array> {
    return piecesOf(this.#fd, this.#length);
  }

  append(bytes: Uint8Array): void {
    let done = 0;
    while (done < bytes.length) {
      done += fs.writeSync(this.#fd, bytes, done, bytes.length - done, this.#length + done);
    }
    this.#length += bytes.length;
  }

  [Symbol.dispose](): void {
    fs.closeSync(this.#fd);
  }
}

/** The bytes of a file, or of a section of it. */
export function* piecesOfFile(path: string, section?: FileSection): Generator<Uint8Array> {
  const fd = fs.openSync(path, 'r');
  try {
    const begin = section?.offset ?? 0;
    yield* piecesOf(fd, begin + (section?.size ?? Number.POSITIVE_INFINITY), begin);
  } finally {
    fs.closeSync(fd);
  }
}

/** Each piece is a buffer of its own: the inflater keeps it until it has worked it off. */
function* piecesOf(fd: number, end: number, begin = 0): Generator<Uint8Array> {
  let at = begin;
  while (at < end) {
    const piece = Buffer.allocUnsafeSlow(Math.min(batchBytes, end - at));
    const count = fs.readSync(fd, piece, 0, piece.length, at);
    if (count === 0) return;
    at += count;
    yield piece.subarray(0, count);
  }
}
