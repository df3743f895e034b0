import { byteLength, sliceBytes } from './goText.ts';
import {
  GoCallError,
  type GoFunction,
  type GoSlice,
  type GoValue,
  goFunction,
  goStrings,
} from './goValue.ts';
import { goJson } from './json.ts';
import { integerOf, textOf } from './reflection.ts';
import { TextBuffer } from './textBuffer.ts';

/**
 * The functions that Docker's commands add to Go's own.
 * https://github.com/docker/cli/blob/v20.10.27/templates/templates.go
 */
export const dockerFunctions: Readonly<Record<string, GoFunction>> = {
  json: goFunction(['interface {}'], (value) => goJson(value) ?? ''),
  split: goFunction(
    ['string', 'string'],
    (text, by) => goStrings(split(string(text), string(by))),
    '[]string',
  ),
  join: goFunction(['[]string', 'string'], (items, by) => join(items, string(by))),
  title: goFunction(['string'], (text) => title(string(text))),
  lower: goFunction(['string'], (text) => lower(string(text))),
  upper: goFunction(['string'], (text) => upper(string(text))),
  pad: goFunction(['string', 'int', 'int'], (text, before, after) => pad(string(text), before, after)),
  truncate: goFunction(['string', 'int'], (text, length) => truncate(string(text), length)),
};

/**
 * The same names for a table's header, whose words are to stay as they are; what is missing here pads it all the same.
 * https://github.com/docker/cli/blob/v20.10.27/templates/templates.go
 */
export const dockerHeaderFunctions: Readonly<Record<string, GoFunction>> = {
  ...dockerFunctions,
  json: goFunction(['string'], (text) => text),
  split: goFunction(['string', 'string'], (text) => text),
  join: goFunction(['string', 'string'], (text) => text),
  title: goFunction(['string'], (text) => text),
  lower: goFunction(['string'], (text) => text),
  upper: goFunction(['string'], (text) => text),
  truncate: goFunction(['string', 'int'], (text) => text),
};

function string(value: GoValue): string {
  return textOf(value) ?? '';
}

/** By nothing: into characters. */
function split(text: string, by: string): readonly string[] {
  return by === '' ? Array.from(text) : text.split(by);
}

function join(items: GoValue, by: string): string {
  const buffer = new TextBuffer();
  const slice = items as GoSlice;
  slice.items.forEach((item, at) => {
    if (at > 0) buffer.write(by);
    buffer.write(string(item));
  });
  return buffer.text();
}

/** Go's `strings.Title`: the first letter of each word. */
function title(text: string): string {
  if (isAscii(text)) return text.replace(/(?<![A-Za-z0-9_])[a-z]/g, (letter) => letter.toUpperCase());
  let isStart = true;
  return Array.from(text, (character) => {
    const shown = isStart ? titleCase(character) : mapCharacters(character, (same) => same);
    isStart = isSeparator(character);
    return shown;
  }).join('');
}

function isAscii(text: string): boolean {
  return !/[^\0-\x7f]/.test(text);
}

function isSeparator(character: string): boolean {
  if (character < '\x80') return !/[A-Za-z0-9_]/.test(character);
  return !/[\p{L}\p{Nd}]/u.test(character) && /[\p{White_Space}]/u.test(character);
}

/** The two letters in one, such as `ǆ`, have a third form for titles. */
function titleCase(character: string): string {
  const digraph = ['ǄǅǆǇǈǉǊǋǌ', 'ǱǲǳǱ'].find((letters) => letters.includes(character));
  if (digraph === undefined) return upper(character);
  const at = digraph.indexOf(character);
  return digraph[at - (at % 3) + 1] ?? character;
}

function upper(text: string): string {
  return isAscii(text) ? text.toUpperCase() : mapCharacters(text, (character) => character.toUpperCase());
}

function lower(text: string): string {
  if (isAscii(text)) return text.toLowerCase();
  return mapCharacters(text, (character) => (character === 'İ' ? 'i' : character.toLowerCase()));
}

/** Only where one character stays one, as `ß` has no capital of its own. Bytes that are not UTF-8 become U+FFFD. */
function mapCharacters(text: string, change: (character: string) => string): string {
  return Array.from(text, (character) => {
    if (/[\ud800-\udfff]/u.test(character)) return '\ufffd';
    const changed = change(character);
    return changed.length === character.length ? changed : character;
  }).join('');
}

function pad(text: string, before: GoValue, after: GoValue): string {
  if (text === '') return text;
  const buffer = new TextBuffer();
  buffer.pad(' ', repeatCount(before));
  buffer.write(text);
  buffer.pad(' ', repeatCount(after));
  return buffer.text();
}

function repeatCount(value: GoValue): number {
  const count = integerOf(value) ?? 0n;
  if (count < 0n) throw new GoCallError('strings: negative Repeat count');
  return Number(count);
}

/** In bytes, as Docker counts. */
function truncate(text: string, value: GoValue): string {
  const length = integerOf(value) ?? 0n;
  if (byteLength(text) < length) return text;
  if (length < 0n) throw new GoCallError(`runtime error: slice bounds out of range [:${length}]`);
  return sliceBytes(text, 0, Number(length));
}
