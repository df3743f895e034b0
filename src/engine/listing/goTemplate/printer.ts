import { formatFloat } from './formatFloat.ts';
import { decodeText, encodeText } from './goText.ts';
import type { GoType } from './goType.ts';
import { isPrintable, quote } from './quote.ts';
import { TextBuffer } from './textBuffer.ts';

/** What stands between the `%` and the verb. */
export interface Flags {
  minus: boolean;
  plus: boolean;
  sharp: boolean;
  space: boolean;
  zero: boolean;
  /** `%+v` */
  plusV: boolean;
  /** `%#v` */
  sharpV: boolean;
  width: number | undefined;
  precision: number | undefined;
}

export function noFlags(): Flags {
  return {
    minus: false,
    plus: false,
    sharp: false,
    space: false,
    zero: false,
    plusV: false,
    sharpV: false,
    width: undefined,
    precision: undefined,
  };
}

const bases: Readonly<Record<string, number>> = { v: 10, d: 10, b: 2, o: 8, O: 8, x: 16, X: 16 };
const basePrefixes: Readonly<Record<number, string>> = { 2: '0b', 16: '0x' };

/**
 * Writes single values as Go's verbs do, with padding, signs and precision. What is not of a verb's kind is refused by
 * `false`: the caller then writes `%!d(string=x)`.
 * https://pkg.go.dev/fmt#hdr-Printing
 */
export class Printer {
  readonly buffer = new TextBuffer();
  flags = noFlags();

  /** Left or right in the width asked for, with zeros where asked for. */
  pad(text: string): void {
    const missing = (this.flags.width ?? 0) - runeCount(text, this.flags.width ?? 0);
    if (!this.flags.minus) this.buffer.pad(this.flags.zero ? '0' : ' ', missing);
    this.buffer.write(text);
    if (this.flags.minus) this.buffer.pad(this.flags.zero ? '0' : ' ', missing);
  }

  private padWithSpaces(text: string): void {
    const { zero } = this.flags;
    this.flags.zero = false;
    this.pad(text);
    this.flags.zero = zero;
  }

  bool(value: boolean, verb: string): boolean {
    if (verb !== 't' && verb !== 'v') return false;
    this.pad(String(value));
    return true;
  }

  string(value: string, verb: string): boolean {
    if (verb === 's' || (verb === 'v' && !this.flags.sharpV)) this.pad(this.truncated(value));
    else if (verb === 'x' || verb === 'X') this.hexText(value, verb);
    else if (verb === 'q' || verb === 'v') this.quoted(this.truncated(value));
    else return false;
    return true;
  }

  private truncated(text: string): string {
    const { precision } = this.flags;
    if (precision === undefined || text.length <= precision) return text;
    return Array.from(text).slice(0, precision).join('');
  }

  private quoted(text: string): void {
    if (this.flags.sharp && canBackquote(text)) this.pad(`\`${text}\``);
    else this.pad(quote(text, '"', this.flags.plus));
  }

  /** Bytes as hexadecimal digits: `%x`, `% x`, `%#x`. */
  private hexText(text: string, verb: string): void {
    const bytes = encodeText(text).subarray(0, this.flags.precision);
    const pairs = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0'));
    const prefix = this.flags.sharp && pairs.length > 0 ? '0x' : '';
    const hex = prefix + pairs.join(this.flags.space ? ` ${prefix}` : '');
    this.pad(verb === 'X' ? hex.toUpperCase() : hex);
  }

  integer(value: bigint, isSigned: boolean, verb: string): boolean {
    if (verb === 'c') this.pad(runeOf(value));
    else if (verb === 'q') this.pad(quote(runeOf(value), "'", this.flags.plus));
    else if (verb === 'U') this.unicode(value);
    else if (verb === 'v' && this.flags.sharpV && !isSigned) this.prefixedHex(value);
    else if (Object.hasOwn(bases, verb)) this.digits(value, bases[verb] ?? 10, verb);
    else return false;
    return true;
  }

  private prefixedHex(value: bigint): void {
    const { sharp } = this.flags;
    this.flags.sharp = true;
    this.digits(value, 16, 'v');
    this.flags.sharp = sharp;
  }

  private digits(value: bigint, base: number, verb: string): void {
    const { precision, width, zero } = this.flags;
    const sign = value < 0n ? '-' : this.flags.plus ? '+' : this.flags.space ? ' ' : '';
    const digits = (value < 0n ? -value : value).toString(base);
    const wanted = precision ?? (zero && width !== undefined ? width - sign.length : 0);
    const text = this.basePrefix(base, verb, digits.padStart(wanted, '0'));
    const isBlank = precision === 0 && value === 0n;
    this.padWithSpaces(isBlank ? '' : sign + (verb === 'X' ? text.toUpperCase() : text));
  }

  private basePrefix(base: number, verb: string, digits: string): string {
    const octal = this.flags.sharp && base === 8 && !digits.startsWith('0') ? `0${digits}` : digits;
    const text = this.flags.sharp ? (basePrefixes[base] ?? '') + octal : octal;
    return verb === 'O' ? `0o${text}` : text;
  }

  private unicode(value: bigint): void {
    const code = BigInt.asUintN(64, value);
    const digits = code.toString(16).toUpperCase();
    const name = `U+${digits.padStart(Math.max(this.flags.precision ?? 4, 4), '0')}`;
    const shown = this.flags.sharp && code <= 0x10ffffn && isPrintable(runeOf(code));
    this.padWithSpaces(shown ? `${name} '${runeOf(code)}'` : name);
  }

  float(value: number, bits: 32 | 64, verb: string): boolean {
    if (verb === 'v') this.floatText(value, bits, 'g', -1);
    else if ('bgGxX'.includes(verb)) this.floatText(value, bits, verb, -1);
    else if ('feE'.includes(verb)) this.floatText(value, bits, verb, 6);
    else if (verb === 'F') this.floatText(value, bits, 'f', 6);
    else return false;
    return true;
  }

  private floatText(value: number, bits: 32 | 64, form: string, usual: number): void {
    const precision = this.flags.precision ?? usual;
    const text = formatFloat(value, form, precision, bits);
    const sign = /^[+-]/.test(text) ? text.slice(0, 1) : '+';
    const size = text.replace(/^[+-]/, '');
    if (!Number.isFinite(value)) this.infinite(sign, size);
    else this.signedNumber(sign, this.flags.sharp && form !== 'b' ? withPoint(size, form, precision) : size);
  }

  private infinite(sign: string, size: string): void {
    const shown = sign === '-' || this.flags.plus ? sign : this.flags.space ? ' ' : '';
    this.padWithSpaces(shown + size);
  }

  private signedNumber(sign: string, size: string): void {
    const shown = sign === '-' || this.flags.plus ? sign : this.flags.space ? ' ' : '';
    const missing = (this.flags.width ?? 0) - shown.length - size.length;
    const isFilled = shown !== '' && this.flags.zero && missing > 0;
    if (isFilled) this.buffer.write(shown + '0'.repeat(missing) + size);
    else this.pad(shown + size);
  }

  complex(real: number, imaginary: number, verb: string): boolean {
    if (!'vbgGxXfFeE'.includes(verb)) return false;
    const { plus } = this.flags;
    this.buffer.write('(');
    this.float(real, 64, verb);
    this.flags.plus = true;
    this.float(imaginary, 64, verb);
    this.buffer.write('i)');
    this.flags.plus = plus;
    return true;
  }

  /** Bytes as text, hexadecimal digits or a quoted string. */
  bytes(bytes: Uint8Array, verb: string): boolean {
    return this.string(decodeText(Buffer.from(bytes)), verb);
  }

  /** @param address 0 for nil */
  pointer(address: bigint, type: GoType, verb: string): boolean {
    if (verb === 'v') this.pointerValue(address, type);
    else if (verb === 'p') this.address(address, !this.flags.sharp);
    else if ('bodxX'.includes(verb)) return this.integer(address, false, verb);
    else return false;
    return true;
  }

  private pointerValue(address: bigint, type: GoType): void {
    if (this.flags.sharpV) {
      this.buffer.write(`(${type.name})(`);
      if (address === 0n) this.buffer.write('nil');
      else this.address(address, true);
      this.buffer.write(')');
    } else if (address === 0n) this.pad('<nil>');
    else this.address(address, !this.flags.sharp);
  }

  private address(address: bigint, prefixed: boolean): void {
    const { sharp } = this.flags;
    this.flags.sharp = prefixed;
    this.digits(address, 16, 'v');
    this.flags.sharp = sharp;
  }
}

/** Code points; beyond `enough` it does not matter how many. */
function runeCount(text: string, enough: number): number {
  if (enough === 0 || text.length > 2 * enough) return text.length;
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

function runeOf(value: bigint): string {
  const isRune = value >= 0n && value <= 0x10ffffn && !(value >= 0xd800n && value <= 0xdfffn);
  return isRune ? String.fromCodePoint(Number(value)) : '\ufffd';
}

function canBackquote(text: string): boolean {
  return !/[`\ufeff\x7f\ud800-\udfff]|[\0-\x08\x0a-\x1f]/u.test(text);
}

/** `%#g` and its like: a decimal point always, and the zeros that were cut. */
function withPoint(text: string, form: string, precision: number): string {
  const end = text.search(form === 'x' || form === 'X' ? /[pP]/ : /[eEpP]/);
  const body = end < 0 ? text : text.slice(0, end);
  const pointed = body.includes('.') ? body : `${body}.`;
  const wanted = 'gGx'.includes(form) ? (precision === -1 ? 6 : precision) : 0;
  const missing = wanted - significantDigits(body);
  return pointed + '0'.repeat(Math.max(missing, 0)) + text.slice(body.length);
}

/** From the first digit that is not zero; a zero alone counts as one. */
function significantDigits(body: string): number {
  return body === '0' ? 1 : body.replace('.', '').replace(/^0+/, '').length;
}
