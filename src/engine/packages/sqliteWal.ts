import { brokenDatabase } from './packageError.ts';

/** The last bit says in which byte order sums are made. */
const magic = 0x377f0682;
const headerBytes = 32;
const frameHeaderBytes = 24;

/**
 * A database with what its write-ahead log has committed but was not yet written into it: an RPM that was stopped, or whose
 * folder was copied meanwhile, leaves one. https://www.sqlite.org/fileformat2.html#the_write_ahead_log
 * @throws `Corrupt`
 */
export function withLog(database: Buffer, log: Buffer, path: string): Buffer {
  if (log.length < headerBytes) return database;
  const pageSize = log.readUInt32BE(8);
  const isSound = pageSize >= 512 && pageSize <= 65_536 && (log.readUInt32BE(0) | 1) === (magic | 1);
  if (!isSound) throw brokenDatabase(path, 'its write-ahead log is damaged');
  const { frames, pages } = committedFrames(log, pageSize);
  if (frames.size === 0) return database;
  // As many pages as there can be; what the log claims beyond is not there to be read either.
  const mostPages = Math.ceil(database.length / pageSize) + frames.size;
  const whole = Buffer.alloc(Math.min(pages, mostPages) * pageSize);
  database.copy(whole);
  for (const [number, start] of frames) {
    log.copy(whole, (number - 1) * pageSize, start, start + pageSize);
  }
  return whole;
}

interface Committed {
  /** Where in the log the last committed form of each page begins. */
  readonly frames: ReadonlyMap<number, number>;
  /** Of the database. */
  readonly pages: number;
}

/** Frames up to the last commit; one that does not add up, or is of an earlier log, ends the log. */
function committedFrames(log: Buffer, pageSize: number): Committed {
  const sum = new LogSum((log.readUInt32BE(0) & 1) === 1);
  sum.add(log.subarray(0, 24));
  const frames = new Map<number, number>();
  const pending = new Map<number, number>();
  let pages = 0;
  const frameBytes = frameHeaderBytes + pageSize;
  for (let at = headerBytes; at + frameBytes <= log.length; at += frameBytes) {
    sum.add(log.subarray(at, at + 8));
    sum.add(log.subarray(at + frameHeaderBytes, at + frameBytes));
    const isOfThisLog = log.compare(log, 16, 24, at + 8, at + 16) === 0;
    const number = log.readUInt32BE(at);
    if (!isOfThisLog || number === 0 || !sum.equals(log, at + 16)) break;
    pending.set(number, at + frameHeaderBytes);
    const committed = log.readUInt32BE(at + 4);
    if (committed === 0) continue;
    pages = committed;
    for (const [page, start] of pending) frames.set(page, start);
    pending.clear();
  }
  return { frames, pages };
}

/** https://www.sqlite.org/fileformat2.html#checksum_algorithm */
class LogSum {
  readonly #isBig: boolean;
  #first = 0;
  #second = 0;

  constructor(isBig: boolean) {
    this.#isBig = isBig;
  }

  add(bytes: Buffer): void {
    for (let at = 0; at + 8 <= bytes.length; at += 8) {
      this.#first = (this.#first + this.#word(bytes, at) + this.#second) >>> 0;
      this.#second = (this.#second + this.#word(bytes, at + 4) + this.#first) >>> 0;
    }
  }

  equals(bytes: Buffer, at: number): boolean {
    return bytes.readUInt32BE(at) === this.#first && bytes.readUInt32BE(at + 4) === this.#second;
  }

  #word(bytes: Buffer, at: number): number {
    return this.#isBig ? bytes.readUInt32BE(at) : bytes.readUInt32LE(at);
  }
}
