import { sprint } from './formatValue.ts';
import { encodeText } from './goText.ts';
import type { GoValue } from './goValue.ts';
import { isPrintable } from './quote.ts';
import { indirect } from './reflection.ts';

const inHtml: Readonly<Record<string, string>> = {
  '\0': '\ufffd',
  '"': '&#34;',
  "'": '&#39;',
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
};

/** `html`: https://pkg.go.dev/text/template#HTMLEscaper */
export function escapeHtml(values: readonly GoValue[]): string {
  return printed(values).replace(/[\0"'&<>]/g, (character) => inHtml[character] ?? character);
}

const inScript: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  "'": "\\'",
  '"': '\\"',
  '<': '\\u003C',
  '>': '\\u003E',
  '&': '\\u0026',
  '=': '\\u003D',
};

/** `js`: https://pkg.go.dev/text/template#JSEscaper */
export function escapeScript(values: readonly GoValue[]): string {
  return printed(values).replace(/[\\'"<>&=\0-\x1f]|[^\0-\x7f]/gu, scriptCharacter);
}

function scriptCharacter(character: string): string {
  const named = inScript[character];
  if (named !== undefined) return named;
  const isStray = /[\ud800-\udfff]/u.test(character);
  if (isStray || isPrintable(character)) return character;
  return `\\u${hex(character.codePointAt(0) ?? 0, 4)}`;
}

/** `urlquery`: https://pkg.go.dev/net/url#QueryEscape */
export function escapeQuery(values: readonly GoValue[]): string {
  return printed(values).replace(/[^A-Za-z0-9\-_.~]+/g, queryRun);
}

function queryRun(run: string): string {
  return Array.from(encodeText(run), (byte) => (byte === 0x20 ? '+' : `%${hex(byte, 2)}`)).join('');
}

function hex(code: number, digits: number): string {
  return code.toString(16).toUpperCase().padStart(digits, '0');
}

/** As the template itself would print them: through pointers, and nil without a type as `<no value>`. */
function printed(values: readonly GoValue[]): string {
  return sprint(values.map(printable));
}

/** What is printed for a value: pointers are followed, and there is a word for what is not there. */
export function printable(value: GoValue): GoValue {
  const inside = typeof value === 'object' && value.kind === 'pointer' ? indirect(value).value : value;
  return inside === undefined ? '<no value>' : inside;
}
