import { decodeText, encodeText } from './goText.ts';

const named: Readonly<Record<string, string>> = {
  '\x07': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '\\': '\\\\',
};

/** Whether Go prints the character as it is: letters, marks, numbers, punctuation, symbols and the plain space. */
export function isPrintable(character: string): boolean {
  return /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u.test(character);
}

/**
 * Go's `strconv.Quote`.
 * @param mark `"` for text, `'` for one character
 * @param ascii spells out everything else, as `QuoteToASCII`
 */
export function quote(text: string, mark = '"', ascii = false): string {
  let quoted = mark;
  for (const character of text) quoted += quotedCharacter(character, mark, ascii);
  return quoted + mark;
}

function quotedCharacter(character: string, mark: string, ascii: boolean): string {
  if (character === mark) return `\\${mark}`;
  const short = named[character];
  if (short !== undefined) return short;
  const code = character.codePointAt(0) ?? 0;
  if (isPrintable(character) && !(ascii && code >= 0x80)) return character;
  return escaped(code);
}

function escaped(code: number): string {
  if (code >= 0xdc80 && code <= 0xdcff) return `\\x${hex(code - 0xdc00, 2)}`;
  if (code < 0x20 || code === 0x7f) return `\\x${hex(code, 2)}`;
  if (code >= 0xd800 && code <= 0xdfff) return '\\ufffd';
  return code < 0x10000 ? `\\u${hex(code, 4)}` : `\\U${hex(code, 8)}`;
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, '0');
}

const escapeForm = /\\(?:([abfnrtv\\'"])|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3}))/y;
const unescaped: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

/**
 * What a literal stands for, or nothing where Go calls it invalid. Bytes given by `\x` and octal escapes that are not
 * UTF-8 together come out as lone surrogates.
 * @param literal with its quotes: `"…"`, `` `…` ``
 */
export function unquote(literal: string): string | undefined {
  const body = literal.slice(1, -1);
  if (literal.startsWith('`')) return body.replaceAll('\r', '');
  const parts: string[] = [];
  for (let at = 0; at < body.length; ) {
    const one = unquoteAt(body, at, '"');
    if (one === undefined) return undefined;
    parts.push(one.text);
    at = one.end;
  }
  const text = parts.join('');
  return /[\udc80-\udcff]/.test(text) ? decodeText(encodeText(text)) : text;
}

/** The code point of a character constant with its quotes; nothing where it is malformed or not one character. */
export function unquoteCharacter(literal: string): { code: number; rest: string } | undefined {
  const one = unquoteAt(literal, 1, "'");
  if (one === undefined) return undefined;
  const code = one.text.codePointAt(0) ?? 0;
  return { code: code >= 0xdc80 && code <= 0xdcff ? code - 0xdc00 : code, rest: literal.slice(one.end) };
}

function unquoteAt(body: string, at: number, mark: string): { text: string; end: number } | undefined {
  if (body[at] !== '\\') {
    const character = String.fromCodePoint(body.codePointAt(at) ?? 0xfffd);
    return character === mark ? undefined : { text: character, end: at + character.length };
  }
  escapeForm.lastIndex = at;
  const match = escapeForm.exec(body);
  const text = match === null ? undefined : escapeText(match, mark);
  return text === undefined ? undefined : { text, end: escapeForm.lastIndex };
}

function escapeText(match: RegExpExecArray, mark: string): string | undefined {
  const [, letter, byte, short, long, octal] = match;
  if (letter === '"' || letter === "'") return letter === mark ? letter : undefined;
  if (letter !== undefined) return unescaped[letter] ?? letter;
  if (byte !== undefined) return byteText(Number.parseInt(byte, 16));
  if (octal !== undefined) return byteText(Number.parseInt(octal, 8));
  return runeText(Number.parseInt(short ?? long ?? '', 16));
}

function byteText(byte: number): string | undefined {
  if (byte > 0xff) return undefined;
  return String.fromCharCode(byte < 0x80 ? byte : 0xdc00 + byte);
}

function runeText(code: number): string | undefined {
  return code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff) ? undefined : String.fromCodePoint(code);
}
