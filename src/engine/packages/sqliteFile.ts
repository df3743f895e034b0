import { brokenDatabase } from './packageError.ts';

const magic = 'SQLite format 3\0';

/** Where the first page's own header begins: behind the file's. */
const fileHeaderBytes = 100;

/** The pages of an SQLite database, each given once: no page is in two places of sound trees and chains, and so none goes round. */
export class SqliteFile {
  readonly path: string;
  /** Bytes of a page that hold content. */
  readonly usable: number;
  readonly #bytes: Buffer;
  readonly #pageSize: number;
  readonly #given: Uint8Array;

  /** @throws `Corrupt` where it is no SQLite database. https://www.sqlite.org/fileformat2.html#the_database_header */
  constructor(bytes: Buffer, path: string) {
    this.path = path;
    this.#bytes = bytes;
    if (bytes.length < fileHeaderBytes || bytes.toString('latin1', 0, magic.length) !== magic) {
      throw brokenDatabase(path, 'it is no SQLite database');
    }
    const size = bytes.readUInt16BE(16);
    this.#pageSize = size === 1 ? 65_536 : size;
    this.usable = this.#pageSize - bytes.readUInt8(20);
    const isPower = (this.#pageSize & (this.#pageSize - 1)) === 0;
    if (this.#pageSize < 512 || !isPower || this.usable < 480) {
      throw brokenDatabase(path, 'its pages have no sound size');
    }
    this.#given = new Uint8Array(Math.ceil(bytes.length / this.#pageSize) + 1);
  }

  /** @throws `Corrupt` where there is no such page, or it was given before */
  page(number: number): SqlitePage {
    const start = (number - 1) * this.#pageSize;
    const bytes = this.#bytes.subarray(Math.max(0, start), start + this.#pageSize);
    if (number < 1 || bytes.length < this.#pageSize) throw brokenDatabase(this.path, 'a page is missing');
    if (this.#given[number] === 1) throw brokenDatabase(this.path, 'a page is used twice');
    this.#given[number] = 1;
    return { bytes, header: number === 1 ? fileHeaderBytes : 0 };
  }

  /** Forgets which pages were given: a table of contents is read, and then what it names. */
  begin(): void {
    this.#given.fill(0);
  }
}

export interface SqlitePage {
  readonly bytes: Buffer;
  /** Where the page's header begins in it. */
  readonly header: number;
}
