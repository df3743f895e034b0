const invisible =
  /[\0-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

const named: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/**
 * Text from outside (file names, history, answers of registries) made safe for a terminal: control characters,
 * invisible ones and those that turn the direction of writing are spelled out (`\x1b`, `\u202e`), and so are lone
 * surrogates: U+DC80…U+DCFF as the byte that they stand for.
 */
export function visibleText(text: string): string {
  return text.replace(invisible, spelledOut);
}

/** Plain ASCII, as nearly every long table is: nothing in it needs a closer look. */
const plainBlock = /^[\t\n\x20-\x7e]*$/;

/** As {@link visibleText}, for text of several lines and cells: line ends and tabs stay. */
export function visibleBlock(text: string): string {
  if (plainBlock.test(text)) return text;
  return text.replace(invisible, (character) =>
    character === '\n' || character === '\t' ? character : spelledOut(character),
  );
}

function spelledOut(character: string): string {
  const code = character.charCodeAt(0);
  if (code >= 0xdc80 && code <= 0xdcff) return hexEscape(code - 0xdc00);
  return named[character] ?? (code <= 0xff ? hexEscape(code) : unicodeEscape(character));
}

function hexEscape(code: number): string {
  return `\\x${code.toString(16).padStart(2, '0')}`;
}

function unicodeEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/**
 * One line of JSON that is safe on a terminal too: what `JSON.stringify` leaves as it is but a terminal might obey is
 * written as an escape, which reads back as the same value.
 */
export function visibleJson(value: unknown): string {
  return JSON.stringify(value).replace(invisible, unicodeEscape);
}
