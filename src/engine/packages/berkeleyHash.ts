import { limitText } from '../byteLimit.ts';
import { brokenDatabase, tooLargeDatabase } from './packageError.ts';
import { maxRecordBytes } from './packageLimits.ts';

const hashMagic = 0x061561;
const pageHeaderBytes = 26;
/** https://github.com/berkeleydb/libdb/blob/v5.3.28/src/dbinc/db_page.h */
const pageTypes = { unsortedHash: 2, overflow: 7, hashMetadata: 8, hash: 13 };
const itemTypes = { inline: 1, elsewhere: 3 };
/** Behind an `elsewhere`: its first page and its length. */
const elsewhereBytes = 12;

/** A value and the key it stands under. */
export interface HashItem {
  readonly key: Buffer;
  readonly value: Buffer;
}

/**
 * Keys and values of a Berkeley DB hash table, in the order of its pages.
 * @throws `Corrupt`, `TooLarge`
 */
export function* berkeleyHash(bytes: Buffer, path: string): Generator<HashItem> {
  const file = new BerkeleyFile(bytes, path);
  for (let number = 1; number < file.pageCount; number++) {
    const page = file.pageAt(number);
    if (page.type === pageTypes.hash || page.type === pageTypes.unsortedHash) yield* file.items(page);
  }
}

interface Page {
  readonly start: number;
  readonly type: number;
}

class BerkeleyFile {
  readonly pageCount: number;
  readonly #bytes: Buffer;
  readonly #path: string;
  readonly #isLittle: boolean;
  readonly #pageSize: number;
  /** Overflow pages are of one value each. */
  readonly #used: Uint8Array;

  constructor(bytes: Buffer, path: string) {
    this.#bytes = bytes;
    this.#path = path;
    if (bytes.length < 512) throw this.#broken('it is no Berkeley DB');
    this.#isLittle = bytes.readUInt32LE(12) === hashMagic;
    if (!this.#isLittle && bytes.readUInt32BE(12) !== hashMagic)
      throw this.#broken('it is no Berkeley DB hash');
    this.#pageSize = this.#uint32(20);
    const isSound = this.#pageSize >= 512 && this.#pageSize <= 65_536 && bytes[25] === pageTypes.hashMetadata;
    if (!isSound || (this.#pageSize & (this.#pageSize - 1)) !== 0)
      throw this.#broken('its first page is damaged');
    if (bytes[24] !== 0) throw this.#broken('it is encrypted');
    this.pageCount = Math.floor(bytes.length / this.#pageSize);
    this.#used = new Uint8Array(this.pageCount);
  }

  pageAt(number: number): Page {
    const start = number * this.#pageSize;
    return { start, type: this.#bytes[start + 25] ?? 0 };
  }

  /** Keys at even places, their values behind them. */
  *items(page: Page): Generator<HashItem> {
    const places = this.#places(page);
    for (let at = 0; at + 1 < places.length; at += 2) {
      yield { key: this.#item(page, places, at), value: this.#item(page, places, at + 1) };
    }
  }

  #places({ start }: Page): number[] {
    const count = this.#uint16(start + 20);
    if (pageHeaderBytes + 2 * count > this.#pageSize) throw this.#broken('a page has more items than room');
    return Array.from({ length: count }, (_, at) => this.#uint16(start + pageHeaderBytes + 2 * at));
  }

  /** Items are written from the page's end down: one ends where the one before it begins. */
  #item({ start }: Page, places: readonly number[], at: number): Buffer {
    const from = places[at] ?? 0;
    const to = places[at - 1] ?? this.#pageSize;
    if (from < pageHeaderBytes || to > this.#pageSize || from >= to)
      throw this.#broken('an item lies outside its page');
    const item = this.#bytes.subarray(start + from, start + to);
    if (item[0] === itemTypes.inline) return item.subarray(1);
    if (item[0] === itemTypes.elsewhere && item.length >= elsewhereBytes) {
      return this.#elsewhere(this.#uint32(start + from + 4), this.#uint32(start + from + 8));
    }
    throw this.#broken('an item is of a kind that RPM does not write');
  }

  #elsewhere(first: number, length: number): Buffer {
    if (length > maxRecordBytes) {
      throw tooLargeDatabase(this.#path, `a package has more than ${limitText(maxRecordBytes)}`);
    }
    const pieces: Buffer[] = [];
    let left = length;
    for (let number = first; left > 0; ) {
      const { piece, next } = this.#overflow(number, left);
      pieces.push(piece);
      left -= piece.length;
      number = next;
    }
    return Buffer.concat(pieces, length);
  }

  #overflow(number: number, wanted: number): { piece: Buffer; next: number } {
    if (number >= this.pageCount) throw this.#broken('a page is missing');
    const { start, type } = this.pageAt(number);
    if (type !== pageTypes.overflow || this.#used[number] === 1)
      throw this.#broken('a chain of pages is damaged');
    this.#used[number] = 1;
    const length = Math.min(wanted, this.#uint16(start + 22));
    const data = start + pageHeaderBytes;
    if (length === 0 || pageHeaderBytes + length > this.#pageSize) throw this.#broken('a page holds nothing');
    return { piece: this.#bytes.subarray(data, data + length), next: this.#uint32(start + 16) };
  }

  #uint32(at: number): number {
    return this.#isLittle ? this.#bytes.readUInt32LE(at) : this.#bytes.readUInt32BE(at);
  }

  #uint16(at: number): number {
    return this.#isLittle ? this.#bytes.readUInt16LE(at) : this.#bytes.readUInt16BE(at);
  }

  #broken(problem: string) {
    return brokenDatabase(this.#path, problem);
  }
}
