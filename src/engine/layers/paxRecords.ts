import { EngineError } from '../errors.ts';
import { decodePath } from './entryText.ts';

/** Records of an extended header: keyword to value, in order of appearance of the last one each. */
export type PaxRecords = Map<string, Uint8Array>;

/** Keywords of GNU's first sparse format, which stand once for each segment. */
const repeated = new Set(['GNU.sparse.offset', 'GNU.sparse.numbytes']);

export interface ParsedPax {
  readonly records: PaxRecords;
  /** Offsets and lengths of sparse format 0.0, alternating, where there are any. */
  readonly sparsePairs: readonly number[];
}

/**
 * `<length> <keyword>=<value>\n`, one behind the other.
 * https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html#tag_20_92_13_03
 * @throws `Corrupt`
 */
export function parsePaxRecords(bytes: Uint8Array): ParsedPax {
  const records: PaxRecords = new Map();
  const sparsePairs: number[] = [];
  let at = 0;
  while (at < bytes.length && bytes[at] !== 0) {
    const { key, value, end } = recordAt(bytes, at);
    if (repeated.has(key)) sparsePairs.push(paxInteger(value, key));
    else records.set(key, value);
    at = end;
  }
  return { records, sparsePairs };
}

function recordAt(bytes: Uint8Array, start: number): { key: string; value: Uint8Array; end: number } {
  let at = start;
  let length = 0;
  while (at < bytes.length && at - start < 8 && bytes[at] !== 0x20) {
    const digit = (bytes[at] ?? 0) - 0x30;
    if (digit < 0 || digit > 9) throw brokenRecord();
    length = length * 10 + digit;
    at++;
  }
  const end = start + length;
  if (bytes[at] !== 0x20 || end > bytes.length || end <= at + 1 || bytes[end - 1] !== 0x0a)
    throw brokenRecord();
  const equals = bytes.indexOf(0x3d, at + 1);
  if (equals <= at + 1 || equals >= end) throw brokenRecord();
  return {
    key: decodePath(bytes.subarray(at + 1, equals)),
    value: bytes.slice(equals + 1, end - 1),
    end,
  };
}

function brokenRecord(): EngineError {
  return new EngineError('Corrupt', "the layer's tar has a broken PAX record");
}

/** @throws `Corrupt` where it is no decimal integer up to 2⁵³. */
export function paxInteger(value: Uint8Array, key: string): number {
  const text = decodePath(value);
  const number = Number(text);
  if (!/^[+-]?\d+$/.test(text) || !Number.isSafeInteger(number)) throw brokenValue(key, text);
  return number;
}

/** Seconds, a sign and a fraction allowed. @throws `Corrupt` */
export function paxTime(value: Uint8Array, key: string): number {
  const text = decodePath(value);
  if (!/^[+-]?\d+(?:\.\d*)?$/.test(text)) throw brokenValue(key, text);
  return Number(text);
}

/** @throws `Corrupt` where a NUL is in it: no path has one, and tools would disagree on where it ends. */
export function paxPath(value: Uint8Array, key: string): Uint8Array {
  if (value.includes(0)) throw brokenValue(key, decodePath(value));
  return value;
}

function brokenValue(key: string, text: string): EngineError {
  return new EngineError(
    'Corrupt',
    `the layer's tar has a PAX record ${key} with the value ${JSON.stringify(text.slice(0, 200))}`,
  );
}
