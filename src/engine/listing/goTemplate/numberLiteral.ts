import { type GoComplex, goComplex } from './goValue.ts';
import type { NumberNode } from './nodes.ts';
import { quote, unquoteCharacter } from './quote.ts';

type NumberValues = Pick<NumberNode, 'int' | 'uint' | 'float' | 'complex'>;

const nothing: NumberValues = { int: undefined, uint: undefined, float: undefined, complex: undefined };
const highestInt = 2n ** 63n - 1n;
const lowestInt = -(2n ** 63n);
const highestUint = 2n ** 64n - 1n;

/** What a number can be taken for, or the message with which Go refuses it. */
export function readNumber(text: string, kind: 'charConstant' | 'complex' | 'number'): NumberValues | string {
  if (kind === 'charConstant') return readCharacter(text);
  if (kind === 'complex') return readComplex(text);
  if (text.endsWith('i')) {
    const imaginary = readFloat(text.slice(0, -1));
    if (imaginary !== undefined) return complexValues(goComplex(0, imaginary));
  }
  return readReal(text);
}

function readCharacter(text: string): NumberValues | string {
  const character = unquoteCharacter(text);
  if (character === undefined) return 'invalid syntax';
  if (character.rest !== "'") return `malformed character constant: ${text}`;
  const int = BigInt(character.code);
  return { ...nothing, int, uint: int, float: character.code };
}

/** `1+2i`: the pair is cut at its second sign. */
function readComplex(text: string): NumberValues | string {
  const cut = Math.max(text.lastIndexOf('+'), text.lastIndexOf('-'));
  const at = /[eEpP]/.test(text[cut - 1] ?? '') ? Math.max(...signsBefore(text, cut)) : cut;
  const real = readFloat(text.slice(0, at));
  const imaginary = readFloat(text.slice(at, -1));
  if (real === undefined || imaginary === undefined) return 'syntax error scanning complex number';
  return complexValues(goComplex(real, imaginary));
}

function signsBefore(text: string, end: number): readonly number[] {
  return [text.lastIndexOf('+', end - 1), text.lastIndexOf('-', end - 1)];
}

/** A complex constant without an imaginary part is a number of the other kinds too. */
function complexValues(complex: GoComplex): NumberValues {
  if (complex.imaginary !== 0) return { ...nothing, complex };
  return { ...wholeOf(complex.real), float: complex.real, complex };
}

function wholeOf(float: number): { int: bigint | undefined; uint: bigint | undefined } {
  if (!Number.isInteger(float)) return { int: undefined, uint: undefined };
  const whole = BigInt(float);
  return { int: inInt(whole), uint: inUint(whole) };
}

function inInt(value: bigint): bigint | undefined {
  return value >= lowestInt && value <= highestInt ? value : undefined;
}

function inUint(value: bigint): bigint | undefined {
  return value >= 0n && value <= highestUint ? value : undefined;
}

function readReal(text: string): NumberValues | string {
  const whole = readInteger(text);
  const int = whole === undefined ? undefined : inInt(whole);
  const uint = whole === undefined ? undefined : unsigned(text, whole);
  if (int !== undefined || uint !== undefined) return { ...nothing, int, uint, float: Number(int ?? uint) };
  const float = readFloat(text);
  if (float === undefined) return `illegal number syntax: ${quote(text)}`;
  if (!/[.eEpP]/.test(text)) return `integer overflow: ${quote(text)}`;
  return { ...nothing, ...wholeOf(float), float };
}

/** Go takes no sign in an unsigned number, but for zero's. */
function unsigned(text: string, whole: bigint): bigint | undefined {
  return /^[+-]/.test(text) && whole !== 0n ? undefined : inUint(whole);
}

const integerForm =
  /^([+-]?)(?:(0[xX](?:_?[0-9a-fA-F])+)|0[oO]?((?:_?[0-7])+)|(0[bB](?:_?[01])+)|((?:0|[1-9](?:_?[0-9])*)))$/;

/** Go's integer literals, a sign before them: `0x1F`, `0o17`, `017`, `0b11`, `1_000`. Nothing where it is none. */
export function readInteger(text: string): bigint | undefined {
  const match = integerForm.exec(text.length > 1000 ? '' : text);
  if (match === null) return undefined;
  const [, sign, hex, octal, binary, decimal] = match;
  const digits = hex ?? binary ?? decimal ?? `0o${octal ?? ''}`;
  const value = BigInt(digits.replaceAll('_', ''));
  return sign === '-' ? -value : value;
}

const decimalFloat =
  /^[+-]?(?:[0-9](?:_?[0-9])*(?:\.(?:[0-9](?:_?[0-9])*)?)?|\.[0-9](?:_?[0-9])*)(?:[eE][+-]?[0-9]+)?$/;
const hexFloat = /^([+-]?)0[xX]_?([0-9a-fA-F_]*)\.?([0-9a-fA-F_]*)[pP]([+-]?[0-9]+)$/;

/** Nothing where it is no number, or too large for a `float64`. */
function readFloat(text: string): number | undefined {
  if (text.length > 1000) return undefined;
  const value = decimalFloat.test(text) ? Number(text.replaceAll('_', '')) : readHexFloat(text);
  return value !== undefined && Number.isFinite(value) ? value : undefined;
}

function readHexFloat(text: string): number | undefined {
  const match = hexFloat.exec(text);
  if (match === null) return undefined;
  const [, sign, whole = '', fraction = '', exponent = '0'] = match;
  const digits = `${whole}${fraction}`.replaceAll('_', '');
  if (digits === '') return undefined;
  const scale = Number(exponent) - 4 * fraction.replaceAll('_', '').length;
  const value = scaled(Number(`0x${digits}`), scale);
  return sign === '-' ? -value : value;
}

/** In two steps: `2 ** -1074` is as small as a factor may be. */
function scaled(value: number, power: number): number {
  return value * 2 ** Math.trunc(power / 2) * 2 ** (power - Math.trunc(power / 2));
}
