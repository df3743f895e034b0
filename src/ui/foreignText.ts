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
