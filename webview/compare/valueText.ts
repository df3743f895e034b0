import { element } from '../common/dom.ts';
import { visibleText } from '../common/visibleText.ts';
import type { Words } from './comparePage.ts';

const longestValue = 20_000;

/** A value on one line of a row. */
export function valueCell(value: string | null, words: Words): HTMLElement {
  return value === null || value === ''
    ? element('span', { class: 'value foreign quiet', text: wordFor(value, words) })
    : element('span', { class: 'value foreign mono', text: visibleText(value) });
}

/** Of what has no value, as a port, there is only to say whether it is there. */
function wordFor(value: '' | null, words: Words): string {
  return value === null ? words.absent : words.present;
}

/** A value at full length, below what it is. */
export function valueBlock(title: string, value: string | null, words: Words): readonly Node[] {
  return [
    element('dt', { text: title }),
    value === null || value === ''
      ? element('dd', { class: 'quiet', text: wordFor(value, words) })
      : element('dd', { class: 'mono whole', text: visibleText(value, longestValue) }),
  ];
}
