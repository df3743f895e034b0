import { visibleText } from '../engine/listing/visibleText.ts';

const spaces = /[\s\u0085]+/g;
const ellipsis = '…';

/**
 * Text from outside, on one line, with nothing in it that acts or hides (bidirectional overrides above all), and at most
 * `maxLength` characters long.
 */
export function foreignText(text: string, maxLength = 200): string {
  const head = text.slice(0, maxLength * 2).replace(spaces, ' ');
  return shorten(visibleText(head), maxLength);
}

function shorten(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  const cut = text.slice(0, maxLength - ellipsis.length);
  return cut.replace(/[\ud800-\udbff]$/, '') + ellipsis;
}

/**
 * The same for places where VS Code looks for more than text: its lists and its status bar draw `$(name)` as an icon, its
 * notifications and input boxes make a link of `[text](command:name)` that runs the command.
 */
export function inertText(text: string, maxLength?: number): string {
  return inert(foreignText(text, maxLength));
}

const beginnings = /[$\]](?=\()/g;
/** Not seen and not spoken; keeps together what it stands between. */
const wordJoiner = '\u2060';

/** Our own text with text from outside in it, made fit for those places. */
export function inert(text: string): string {
  return text.replace(beginnings, `$&${wordJoiner}`);
}
