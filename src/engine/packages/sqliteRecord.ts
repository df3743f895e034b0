import { brokenDatabase } from './packageError.ts';

/** Text is given as its bytes; real numbers, which no table here has, as `undefined`. */
export type SqliteValue = Buffer | number | null | undefined;

/** A variable-length integer with where it ends. */
export interface Varint {
  readonly value: number;
  readonly end: number;
}

/**
 * Seven bits a byte, the highest first; of a ninth byte all eight. https://www.sqlite.org/fileformat2.html#varint
 * @throws `Corrupt` where it does not end, or is negative or larger than any length can be
 */
export function varint(bytes: Buffer, start: number, path: string): Varint {
  let value = 0;
  for (let at = start; at < start + 9; at++) {
    const byte = bytes[at];
    if (byte === undefined) break;
    const isLast = at === start + 8;
    value = isLast ? value * 256 + byte : value * 128 + (byte & 0x7f);
    if (!isLast && byte >= 0x80) continue;
    if (Number.isSafeInteger(value)) return { value, end: at + 1 };
    break;
  }
  throw brokenDatabase(path, 'a number does not end');
}

/** Bytes of the integers by serial type. https://www.sqlite.org/fileformat2.html#record_format */
const integerBytes = [0, 1, 2, 3, 4, 6];

/** @throws `Corrupt` */
export function recordColumns(record: Buffer, path: string): SqliteValue[] {
  const header = varint(record, 0, path);
  if (header.value > record.length) throw brokenDatabase(path, 'a row is shorter than it says');
  const columns: SqliteValue[] = [];
  let place = header.value;
  for (let at = header.end; at < header.value; ) {
    const type = varint(record, at, path);
    at = type.end;
    const length = columnBytes(type.value);
    if (place + length > record.length) throw brokenDatabase(path, 'a column lies outside its row');
    columns.push(columnValue(record, type.value, place, length));
    place += length;
  }
  return columns;
}

function columnBytes(type: number): number {
  if (type >= 12) return Math.floor((type - 12) / 2);
  if (type === 6 || type === 7) return 8;
  return integerBytes[type] ?? 0;
}

function columnValue(record: Buffer, type: number, place: number, length: number): SqliteValue {
  if (type >= 12) return record.subarray(place, place + length);
  if (type === 0) return null;
  if (type === 8 || type === 9) return type - 8;
  const isPlain = type >= 1 && type <= 5;
  return isPlain ? record.readIntBE(place, length) : undefined;
}
