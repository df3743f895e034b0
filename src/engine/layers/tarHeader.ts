import { EngineError } from '../errors.ts';
import { decodePath } from './entryText.ts';

export const blockSize = 512;

/**
 * The fields of one 512-byte header. Paths may be views into the block.
 * https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html#tag_20_92_13_06
 */
export interface TarHeader {
  /** Name with the ustar prefix put before it. */
  readonly path: Uint8Array;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  /** Seconds since 1970. */
  readonly mtime: number;
  /** The type's character code. */
  readonly typeFlag: number;
  readonly linkPath: Uint8Array;
  readonly deviceMajor: number;
  readonly deviceMinor: number;
}

type Format = 'v7' | 'ustar' | 'star' | 'gnu';

/** @throws `Corrupt` where the checksum or a number is wrong; `offset` (in the tar) is for the message. */
export function parseTarHeader(block: Uint8Array, offset: number): TarHeader {
  checkChecksum(block, offset);
  const format = formatOf(block);
  const hasDevice = format !== 'v7';
  return {
    path: pathOf(block, format),
    mode: field(block, 100, 8, 'mode', offset),
    uid: field(block, 108, 8, 'uid', offset),
    gid: field(block, 116, 8, 'gid', offset),
    size: field(block, 124, 12, 'size', offset),
    mtime: field(block, 136, 12, 'mtime', offset),
    typeFlag: block[156] ?? 0,
    linkPath: text(block, 157, 100),
    deviceMajor: hasDevice ? field(block, 329, 8, 'device', offset) : 0,
    deviceMinor: hasDevice ? field(block, 337, 8, 'device', offset) : 0,
  };
}

export function isZeroBlock(block: Uint8Array): boolean {
  if (block[0] !== 0) return false;
  for (let at = 0; at < blockSize; at++) if (block[at] !== 0) return false;
  return true;
}

/** The checksum counts its own field as spaces; some old writers summed signed bytes. */
function checkChecksum(block: Uint8Array, offset: number): void {
  const claimed = parseNumber(block, 148, 8);
  let unsigned = byteSum(block) + 8 * 0x20;
  for (let at = 148; at < 156; at++) unsigned -= block[at] ?? 0;
  if (claimed !== unsigned && claimed !== unsigned - 256 * highBytes(block)) {
    throw new EngineError('Corrupt', `the layer's tar has a broken header at byte ${offset}`);
  }
}

/** Of 512 bytes at most; four at a time where they are aligned, for each half of a word has room for 256 bytes' sum. */
function byteSum(bytes: Uint8Array): number {
  if (bytes.byteOffset % 4 > 0 || bytes.length % 4 > 0) return bytes.reduce((sum, byte) => sum + byte, 0);
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  let halves = 0;
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? 0;
    halves += (word & 0x00ff00ff) + ((word >>> 8) & 0x00ff00ff);
  }
  return (halves >>> 16) + (halves & 0xffff);
}

/** Those that signed bytes would have as negative, the checksum's own aside. */
function highBytes(block: Uint8Array): number {
  let count = 0;
  for (let at = 0; at < blockSize; at++) if ((block[at] ?? 0) >= 0x80 && (at < 148 || at >= 156)) count++;
  return count;
}

const ustarMagic = Buffer.from('ustar\0');
const gnuMagic = Buffer.from('ustar  \0');
const starTrailer = Buffer.from('tar\0');

function formatOf(block: Uint8Array): Format {
  if (hasAt(block, 257, ustarMagic)) return hasAt(block, 508, starTrailer) ? 'star' : 'ustar';
  return hasAt(block, 257, gnuMagic) ? 'gnu' : 'v7';
}

function hasAt(block: Uint8Array, start: number, bytes: Uint8Array): boolean {
  for (let at = 0; at < bytes.length; at++) if (block[start + at] !== bytes[at]) return false;
  return true;
}

/** GNU headers have times where ustar has the prefix; star has a shorter prefix and then times. */
function pathOf(block: Uint8Array, format: Format): Uint8Array {
  const name = text(block, 0, 100);
  if (format !== 'ustar' && format !== 'star') return name;
  const prefix = text(block, 345, format === 'ustar' ? 155 : 131);
  return prefix.length === 0 ? name : Buffer.concat([prefix, Buffer.from('/'), name]);
}

const noText = new Uint8Array(0);

/** Up to the first NUL; a view. */
function text(block: Uint8Array, start: number, length: number): Uint8Array {
  let end = start;
  while (end < start + length && block[end] !== 0) end++;
  return end === start ? noText : block.subarray(start, end);
}

function field(block: Uint8Array, start: number, length: number, name: string, offset: number): number {
  const value = parseNumber(block, start, length);
  if (value === undefined) {
    const path = decodePath(text(block, 0, 100));
    throw new EngineError(
      'Corrupt',
      `the layer's tar has a header with a broken ${name} at byte ${offset} (${JSON.stringify(path)})`,
    );
  }
  return value;
}

/** Octal text, or base-256 where the first bit is set (GNU). `undefined` where it is neither or beyond 2⁵³. */
export function parseNumber(block: Uint8Array, start: number, length: number): number | undefined {
  return ((block[start] ?? 0) & 0x80) === 0
    ? parseOctal(block, start, length)
    : parseBase256(block, start, length);
}

/** Blanks and NULs may stand before and behind; an empty field is 0. */
function parseOctal(block: Uint8Array, start: number, length: number): number | undefined {
  let at = start;
  const end = start + length;
  while (at < end && isBlank(block[at])) at++;
  let value = 0;
  for (; at < end && !isBlank(block[at]); at++) {
    const digit = (block[at] ?? 0) - 0x30;
    if (digit < 0 || digit > 7) return undefined;
    value = value * 8 + digit;
  }
  // Old writers left junk behind the first blank or NUL; other readers cut there too.
  return Number.isSafeInteger(value) ? value : undefined;
}

function isBlank(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0;
}

/** Two's complement, big-endian; the marker bit is no part of the number, the next one is its sign. */
function parseBase256(block: Uint8Array, start: number, length: number): number | undefined {
  const first = block[start] ?? 0;
  const negative = (first & 0x40) !== 0;
  let value = negative ? (first & 0x7f) - 0x80 : first & 0x7f;
  for (let at = start + 1; at < start + length; at++) value = value * 256 + (block[at] ?? 0);
  return Number.isSafeInteger(value) ? value : undefined;
}
