import * as fs from 'node:fs';
import { promisify } from 'node:util';
import { EngineError, ioError } from '../errors.ts';
import { crc32 } from './crc32.ts';
import {
  alignment,
  checksumOffset,
  columns,
  endianMark,
  formatVersion,
  headerBytes,
  magic,
  pageBytes,
  tableOffset,
} from './layerIndexFormat.ts';

/** Up to here a file is read and checked as it is opened; of a larger one each page when somebody comes to it. */
const wholeBytes = 16 * 1024 * 1024;

/** Read and checked at a time, so that the host's thread is never held for long: whole pages. */
const sliceBytes = 32 * pageBytes;

const openFile = promisify(fs.open);
const statFile = promisify(fs.fstat);
const readFile = promisify(fs.read);

/** Files of those who are gone without having read all of theirs. */
const abandoned = new FinalizationRegistry<number>((descriptor) => fs.closeSync(descriptor));

/**
 * An index file whose bytes are as they were written: those that have been read, or that {@link need} has been asked for.
 * A large one stays open until all of it is read or nobody has it any more.
 */
export class IndexFile {
  readonly path: string;
  /** Header and columns. What has not been read is zeros that take no memory. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly #descriptor: number;
  readonly #checksums: Uint32Array;
  /** 1 for each page that is still to be read. */
  readonly #missing: Uint8Array;
  #missingPages: number;
  #isDamaged = false;

  private constructor(path: string, descriptor: number, { header, end, checksums }: Frame) {
    this.path = path;
    this.bytes = new Uint8Array(end);
    this.bytes.set(header);
    this.#descriptor = descriptor;
    this.#checksums = checksums;
    this.#missing = new Uint8Array(checksums.length).fill(1);
    this.#missingPages = checksums.length;
  }

  /**
   * @param options.wholeBytes up to which size it is read at once; 16 MiB
   * @throws `Corrupt` where it is damaged or of another version, `NotFound`, `Io`
   */
  static async open(path: string, options: { readonly wholeBytes?: number } = {}): Promise<IndexFile> {
    try {
      const descriptor = await openFile(path, 'r');
      try {
        const file = new IndexFile(path, descriptor, await readFrame(path, descriptor));
        if (file.bytes.length <= (options.wholeBytes ?? wholeBytes)) await file.#readWhole();
        else abandoned.register(file, descriptor, file);
        return file;
      } catch (error) {
        fs.closeSync(descriptor);
        throw error;
      }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
        throw new EngineError('NotFound', 'the layer has no index yet', { path }, error);
      }
      throw ioError(error, 'the layer index could not be read');
    }
  }

  /** A page of it has turned out to be damaged: it is of no use any more, and gone from the disk. */
  get isDamaged(): boolean {
    return this.#isDamaged;
  }

  /**
   * Sees to it that these bytes are there. Blocks for the time that it takes to read a page or two from the disk.
   * @throws `Corrupt` where they are damaged: the file is removed, to be made again; `Io`
   */
  need(start: number, end: number): void {
    if (this.#missingPages === 0) return;
    for (let at = start - (start % pageBytes); at < end; at += pageBytes) {
      if (this.#missing[at / pageBytes] === 1) this.#readPage(at / pageBytes);
    }
  }

  #readPage(page: number): void {
    const start = page * pageBytes;
    const end = Math.min(start + pageBytes, this.bytes.length);
    try {
      for (let at = start; at < end; ) {
        const count = fs.readSync(this.#descriptor, this.bytes, at, end - at, at);
        if (count === 0) break;
        at += count;
      }
    } catch (error) {
      throw ioError(error, 'the layer index could not be read');
    }
    this.#check(page);
    if (this.#missingPages > 0) return;
    abandoned.unregister(this);
    fs.closeSync(this.#descriptor);
  }

  async #readWhole(): Promise<void> {
    const { length } = this.bytes;
    const read = (at: number) =>
      readFile(this.#descriptor, this.bytes, at, Math.min(sliceBytes, length - at), at);
    let reading = read(0);
    try {
      for (let at = 0; at < length; ) {
        await reading;
        const end = Math.min(at + sliceBytes, length);
        // The next slice comes while this one is checked, which also tells where bytes are missing.
        if (end < length) reading = read(end);
        for (; at < end; at += pageBytes) this.#check(at / pageBytes);
      }
    } finally {
      // Nobody may write into what is closed.
      await Promise.allSettled([reading]);
    }
    fs.closeSync(this.#descriptor);
  }

  /** @throws `Corrupt` */
  #check(page: number): void {
    const start = page === 0 ? headerBytes : page * pageBytes;
    const content = this.bytes.subarray(start, (page + 1) * pageBytes);
    if (crc32(content, 0) !== this.#checksums[page]) {
      this.#isDamaged = true;
      fs.rmSync(this.path, { force: true });
      throw damaged(this.path);
    }
    this.#missing[page] = 0;
    this.#missingPages -= 1;
  }
}

/** What stands around the columns. */
interface Frame {
  readonly header: Uint8Array;
  /** Where the columns end, and the checksums begin. */
  readonly end: number;
  readonly checksums: Uint32Array;
}

/** @throws `Corrupt` */
async function readFrame(path: string, descriptor: number): Promise<Frame> {
  const { size } = await statFile(descriptor);
  const header = await bytesAt(path, descriptor, 0, headerBytes);
  if (!isCurrentHeader(header)) throw damaged(path);
  const end = endOfColumns(header);
  const pages = Math.ceil(end / pageBytes);
  if (size !== end + pages * Uint32Array.BYTES_PER_ELEMENT) throw damaged(path);
  const checksums = await bytesAt(path, descriptor, end, size - end);
  const checksum = crc32(checksums, crc32(header.subarray(tableOffset), 0));
  if (new Uint32Array(header.buffer, checksumOffset)[0] !== checksum) throw damaged(path);
  return { header, end, checksums: new Uint32Array(checksums.buffer) };
}

async function bytesAt(
  path: string,
  descriptor: number,
  start: number,
  length: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(length);
  const { bytesRead } = await readFile(descriptor, bytes, 0, length, start);
  if (bytesRead < length) throw damaged(path);
  return bytes;
}

function isCurrentHeader({ buffer }: Uint8Array<ArrayBuffer>): boolean {
  const start = Buffer.from(buffer, 0, magic.length).toString('latin1');
  const [mark, version] = new Uint32Array(buffer, magic.length);
  const [, count] = new Uint32Array(buffer, checksumOffset);
  return start === magic && mark === endianMark && version === formatVersion && count === columns.length;
}

/** Where the last one ends, filled up. */
function endOfColumns({ buffer }: Uint8Array<ArrayBuffer>): number {
  const [offset = 0, length = 0] = new Float64Array(buffer, tableOffset).subarray(-2);
  return Math.ceil((offset + length) / alignment) * alignment;
}

function damaged(path: string): EngineError {
  return new EngineError('Corrupt', 'the layer index is damaged or of another version', { path });
}
