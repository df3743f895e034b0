import * as fs from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { EngineError, ioError } from '../errors.ts';
import { NumberColumn } from './columns.ts';
import { crc32 } from './crc32.ts';

/** A piece of a file where it lies in the layer. */
export interface FileChunk {
  /** In the layer as distributed, where a stream of its own begins; -1 for zeros, which lie nowhere. */
  readonly offset: number;
  /** Where the next one begins, or it says itself that it ends; 0 where that is not known yet. */
  readonly end: number;
  /** Bytes of the unpacked stream before the piece. */
  readonly inner: number;
  /** Bytes of the piece. */
  readonly size: number;
  /** SHA-256 of the piece; `undefined` where only the whole file's is known. */
  readonly sha256: Uint8Array | undefined;
}

const numbers = 4;
const hashBytes = 32;
const rowBytes = numbers * 8 + hashBytes;
const checksumBytes = 4;
const noHash = Buffer.alloc(hashBytes);

/** Rows in the order in which they are read: those of a file stand together. */
export class ChunkRows {
  readonly #offset = column();
  readonly #end = column();
  readonly #inner = column();
  readonly #size = column();
  readonly #hashes = new Map<number, Uint8Array>();

  get length(): number {
    return this.#offset.length;
  }

  push({ offset, end, inner, size, sha256 }: FileChunk): void {
    if (sha256) this.#hashes.set(this.length, sha256);
    this.#offset.push(offset);
    this.#end.push(end);
    this.#inner.push(inner);
    this.#size.push(size);
  }

  /** Lets each piece end where the next one in the layer begins, and the last where the layer's files do. */
  closeAt(end: number): void {
    const begins = Float64Array.from(new Set([...this.#offset.values, end])).sort();
    const next = new Map<number, number>();
    for (let at = 0; at + 1 < begins.length; at++) next.set(begins[at] ?? 0, begins[at + 1] ?? end);
    for (let row = 0; row < this.length; row++) {
      const latest = next.get(this.#offset.get(row)) ?? end;
      this.#end.set(row, Math.min(this.#end.get(row) || latest, latest));
    }
  }

  /** With a checksum behind the rows. Blocks: made for a worker. @throws `Io` */
  write(file: string): void {
    const bytes = Buffer.alloc(this.length * rowBytes + checksumBytes);
    for (let row = 0; row < this.length; row++) {
      const at = row * rowBytes;
      const columns = [this.#offset, this.#end, this.#inner, this.#size];
      for (const [place, values] of columns.entries()) bytes.writeDoubleLE(values.get(row), at + place * 8);
      bytes.set(this.#hashes.get(row) ?? noHash, at + numbers * 8);
    }
    const end = bytes.length - checksumBytes;
    bytes.writeUInt32LE(crc32(bytes.subarray(0, end), 0), end);
    try {
      fs.writeFileSync(file, bytes, { mode: 0o644 });
    } catch (error) {
      throw ioError(error, "the layer's table of contents could not be kept");
    }
  }
}

function column(): NumberColumn<Float64Array> {
  return new NumberColumn((length) => new Float64Array(length));
}

/** Bytes that are read at a time to be held against their checksum. */
const pieceBytes = 1024 * 1024;

/** Whether the file is there and as it was written: one that is not is to be made again. @throws `Io` */
export async function isWholeChunkFile(file: string): Promise<boolean> {
  try {
    await using handle = await open(file, 'r');
    const { size } = await handle.stat();
    const end = size - checksumBytes;
    if (end < 0 || end % rowBytes !== 0) return false;
    let checksum = 0;
    for (let at = 0; at < end; at += pieceBytes)
      checksum = crc32(await bytesAt(handle, at, Math.min(pieceBytes, end - at)), checksum);
    return (await bytesAt(handle, end, checksumBytes)).readUInt32LE() === checksum;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw unreadable(error);
  }
}

/** Zeros where the file has become shorter. */
async function bytesAt(handle: FileHandle, at: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  await handle.read(bytes, 0, length, at);
  return bytes;
}

function unreadable(error: unknown): EngineError {
  return ioError(error, "the layer's table of contents could not be read");
}

/** Rows read at a time. */
const batch = 1024;

/** A file by its pieces. */
export interface ChunkedFile {
  /** Row of its first piece; of an empty file it means nothing. */
  readonly first: number;
  /** Bytes. */
  readonly size: number;
}

/** The rows that make up the files, one file behind the other. @throws `Corrupt` where there are too few, `Io` */
export async function* fileChunks(
  file: string,
  files: Iterable<ChunkedFile>,
): AsyncGenerator<FileChunk, void, undefined> {
  await using handle = await open(file, 'r').catch((error: unknown) => {
    throw unreadable(error);
  });
  const rows = new Rows(handle);
  for (const { first, size } of files) {
    let left = size;
    for (let row = first; left > 0; row++) {
      const chunk = await rows.get(row);
      left -= chunk.size;
      yield chunk;
    }
  }
}

/** Reads those that stand side by side together. */
class Rows {
  readonly #handle: FileHandle;
  #first = 0;
  #bytes = Buffer.alloc(0);

  constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  async get(row: number): Promise<FileChunk> {
    if (!this.#has(row)) await this.#read(row);
    if (!this.#has(row)) throw new EngineError('Corrupt', "the layer's table of contents is damaged");
    return rowAt(this.#bytes, (row - this.#first) * rowBytes);
  }

  #has(row: number): boolean {
    return row >= this.#first && (row - this.#first + 1) * rowBytes <= this.#bytes.length;
  }

  async #read(row: number): Promise<void> {
    const bytes = Buffer.alloc(batch * rowBytes);
    const { bytesRead } = await this.#handle.read(bytes, 0, bytes.length, row * rowBytes);
    this.#first = row;
    this.#bytes = bytes.subarray(0, bytesRead);
  }
}

function rowAt(bytes: Buffer, at: number): FileChunk {
  const [offset = 0, end = 0, inner = 0, size = 0] = [0, 1, 2, 3].map((place) =>
    bytes.readDoubleLE(at + place * 8),
  );
  const hash = bytes.subarray(at + numbers * 8, at + rowBytes);
  return { offset, end, inner, size, sha256: hash.equals(noHash) ? undefined : hash };
}
