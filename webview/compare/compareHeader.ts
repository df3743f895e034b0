import type { ComparedFacts, CompareSubject, Pair } from '../../src/protocol/comparePage.ts';
import { button } from '../common/controls.ts';
import { element } from '../common/dom.ts';
import { fill, formatSize } from '../common/format.ts';
import { visibleText } from '../common/visibleText.ts';
import type { Words } from './comparePage.ts';
import { sizesText } from './sizesText.ts';

/** Which two images, how large each is, and how much larger the one than the other. */
export class CompareHeader {
  readonly element: HTMLElement;
  readonly #words: Words;
  readonly #subject: CompareSubject;
  readonly #facts: Pair<HTMLElement> = {
    before: element('div', { class: 'quiet foreign' }),
    after: element('div', { class: 'quiet foreign' }),
  };
  readonly #size = element('p', { class: 'size-change', attributes: { 'aria-live': 'polite' } });

  constructor(words: Words, subject: CompareSubject, onSwap: () => void) {
    this.#words = words;
    this.#subject = subject;
    const { before, after } = subject;
    const title = fill(words.title, visibleText(before.name, 200), visibleText(after.name, 200));
    const swap = button({ label: words.swap, onPress: onSwap });
    this.element = element(
      'header',
      {},
      element('h1', { class: 'hidden-text', text: title }),
      element(
        'div',
        { class: 'sides' },
        this.#side('before'),
        element('div', { class: 'sides-arrow', text: '→', attributes: { 'aria-hidden': 'true' } }),
        this.#side('after'),
      ),
      element('div', { class: 'controls' }, this.#size, swap.element),
    );
  }

  /** Who is where, above what stands side by side. */
  columns(): HTMLElement {
    const { before, after } = this.#subject;
    return element(
      'div',
      { class: 'columns-head', attributes: { 'aria-hidden': 'true' } },
      ...[before, after].map(({ name }) =>
        element('div', { class: 'foreign', text: visibleText(name, 200) }),
      ),
    );
  }

  show({ before, after }: Pair<ComparedFacts>): void {
    const words = this.#words;
    for (const [facts, place] of [
      [before, this.#facts.before],
      [after, this.#facts.after],
    ] as const) {
      const parts = [visibleText(facts.platform, 60), facts.created, sizesText(facts, words)];
      place.textContent = parts.filter(Boolean).join(' · ');
      if (facts.layers.every(({ filesVerified }) => filesVerified)) continue;
      place.append(element('div', { class: 'unverified-text', text: words.unverified }));
    }
    this.#size.textContent = sizeChange(before.size, after.size, words);
  }

  #side(side: keyof Pair<unknown>): HTMLElement {
    const name = visibleText(this.#subject[side].name, 300);
    return element(
      'div',
      { class: 'side' },
      element('div', { class: 'side-name foreign', text: name, attributes: { title: name } }),
      this.#facts[side],
    );
  }
}

/** Of the bytes as distributed: what a pull takes. */
function sizeChange(before: number, after: number, words: Words): string {
  if (before === after) return fill(words.sizeSame, formatSize(after));
  const change = `${after > before ? '+' : '−'}${formatSize(Math.abs(after - before))}`;
  return fill(words.sizeChange, formatSize(before), formatSize(after), change);
}
