import type { ChangeKind } from '../../src/protocol/comparePage.ts';
import { element } from '../common/dom.ts';
import type { Words } from './comparePage.ts';

const letters: Readonly<Record<ChangeKind, string>> = {
  added: 'A',
  removed: 'D',
  modified: 'M',
  renamed: 'R',
};

/** The letter of a change as source control has it; the whole word to who hears the page. */
export function badge(kind: ChangeKind, words: Words): HTMLElement {
  return element(
    'span',
    { class: `badge ${kind}` },
    element('span', { text: letters[kind], attributes: { 'aria-hidden': 'true' } }),
    element('span', { class: 'hidden-text', text: words[kind] }),
  );
}

/** No badge, but the room of one. */
export function noBadge(): HTMLElement {
  return element('span', { class: 'badge' });
}

/** What is there on both sides has changed. */
export function kindOf(before: unknown, after: unknown): ChangeKind {
  if (before === null || before === undefined) return 'added';
  return after === null || after === undefined ? 'removed' : 'modified';
}

/** Before and after, the arrow read out as a word. */
export function transition(before: Node, after: Node, words: Words): readonly Node[] {
  const arrow = element(
    'span',
    { class: 'arrow' },
    element('span', { text: '→', attributes: { 'aria-hidden': 'true' } }),
    element('span', { class: 'hidden-text', text: ` ${words.arrow} ` }),
  );
  return [before, arrow, after];
}
