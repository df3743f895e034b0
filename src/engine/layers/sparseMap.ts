import { EngineError } from '../errors.ts';
import { decodePath } from './entryText.ts';
import { maxSparseSegments } from './limits.ts';
import { paxInteger } from './paxRecords.ts';
import { blockSize, parseNumber } from './tarHeader.ts';

/** A stretch of a sparse file that has bytes; all else of the file is zeros. The stretches' bytes follow each other in the tar. */
export interface SparseSegment {
  /** In the file, bytes. */
  readonly offset: number;
  readonly length: number;
}

/** The map in a GNU header (`S`, format 0 of old): 4 pairs, then whether a block of 21 more follows. */
export function gnuHeaderSegments(block: Uint8Array): {
  segments: SparseSegment[];
  extended: boolean;
  realSize: number;
} {
  const realSize = parseNumber(block, 483, 12);
  if (realSize === undefined || realSize < 0) throw brokenMap();
  return { segments: pairs(block, 386, 4), extended: block[482] !== 0, realSize };
}

export function gnuExtensionSegments(block: Uint8Array): { segments: SparseSegment[]; extended: boolean } {
  return { segments: pairs(block, 0, 21), extended: block[504] !== 0 };
}

function pairs(block: Uint8Array, start: number, count: number): SparseSegment[] {
  const segments: SparseSegment[] = [];
  for (let at = start; at < start + count * 24; at += 24) {
    if (block[at] === 0) break;
    const offset = parseNumber(block, at, 12);
    const length = parseNumber(block, at + 12, 12);
    if (offset === undefined || length === undefined) throw brokenMap();
    segments.push({ offset, length });
  }
  return segments;
}

/** Formats 0.0 (numbers already) and 0.1 (a list with commas) of GNU's PAX sparse files. */
export function segmentsOfNumbers(numbers: readonly number[]): SparseSegment[] {
  if (numbers.length % 2 !== 0) throw brokenMap();
  const segments: SparseSegment[] = [];
  for (let at = 0; at < numbers.length; at += 2) {
    segments.push({ offset: numbers[at] ?? 0, length: numbers[at + 1] ?? 0 });
  }
  return segments;
}

export function numbersOfList(value: Uint8Array): number[] {
  if (value.length === 0) return [];
  const parts = decodePath(value).split(',');
  if (parts.length > 2 * maxSparseSegments) throw tooManySegments();
  return parts.map((part) => paxInteger(Buffer.from(part), 'GNU.sparse.map'));
}

/**
 * Format 1.0: the map stands before the data, decimal numbers a line each (how many, then offset and length of each),
 * filled up to a whole block. https://www.gnu.org/software/tar/manual/html_section/Sparse-Formats.html
 */
export class LeadingSparseMap {
  #numbers: number[] = [];
  #digits = '';

  /** Takes one block; gives the map once it is whole. */
  push(block: Uint8Array): SparseSegment[] | undefined {
    for (let at = 0; at < blockSize; at++) {
      const byte = block[at] ?? 0;
      if (byte === 0x0a) this.#endOfNumber();
      else this.#digit(byte);
      if (this.#isWhole()) return segmentsOfNumbers(this.#numbers.slice(1));
    }
    return undefined;
  }

  #digit(byte: number): void {
    if (byte < 0x30 || byte > 0x39 || this.#digits.length > 20) throw brokenMap();
    this.#digits += String.fromCharCode(byte);
  }

  #endOfNumber(): void {
    const value = Number(this.#digits);
    if (this.#digits === '' || !Number.isSafeInteger(value)) throw brokenMap();
    if (this.#numbers.length === 0 && value > maxSparseSegments) throw tooManySegments();
    this.#numbers.push(value);
    this.#digits = '';
  }

  #isWhole(): boolean {
    const count = this.#numbers[0];
    return count !== undefined && this.#numbers.length === 1 + 2 * count;
  }
}

/**
 * Holds the map against the file: in order, without overlaps, within the real size, and as many bytes as the tar has.
 * @throws `Corrupt`, `TooLarge`
 */
export function checkedSegments(
  segments: readonly SparseSegment[],
  realSize: number,
  storedSize: number,
): SparseSegment[] {
  if (segments.length > maxSparseSegments) throw tooManySegments();
  let end = 0;
  let stored = 0;
  for (const { offset, length } of segments) {
    if (offset < end || length < 0 || offset + length > realSize) throw brokenMap();
    end = offset + length;
    stored += length;
  }
  if (stored !== storedSize) throw brokenMap();
  return segments.filter(({ length }) => length > 0);
}

export function brokenMap(): EngineError {
  return new EngineError('Corrupt', "the layer's tar has a sparse file with a broken map");
}

export function tooManySegments(): EngineError {
  return new EngineError(
    'TooLarge',
    `the layer has a sparse file of more than ${maxSparseSegments} segments`,
  );
}
