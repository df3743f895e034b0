import type { CommonStrings } from '../../src/protocol/commonStrings.ts';
import type { Failure, FailureKind } from '../../src/protocol/messages.ts';
import { button } from './controls.ts';
import { element } from './dom.ts';
import { fill, formatSize } from './format.ts';
import { iconOf } from './icons.ts';
import { visibleText } from './visibleText.ts';

/** Milliseconds after which somebody who waits is told so; before, it would only flicker. */
const patience = 500;

export interface Remedies {
  readonly retry?: () => void;
  readonly signIn?: () => void;
  /** Another way to what was wanted. */
  readonly instead?: Action | undefined;
}

export interface Action {
  readonly label: string;
  readonly onPress: () => void;
}

export interface Emptiness {
  readonly title: string;
  readonly text?: string;
  readonly action?: Action;
}

/**
 * What stands where content would: that it is loading, that there is none, or why it does not come and what to do about it.
 * Screen readers are told as it changes.
 */
export class StateView {
  readonly element = element('div', { class: 'state', attributes: { role: 'status', hidden: '' } });
  readonly #words: CommonStrings;
  readonly #received = element('p', { class: 'received', attributes: { 'aria-live': 'off' } });
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(words: CommonStrings) {
    this.#words = words;
  }

  /** How much of what is being loaded has come. Said only to the eye: a screen reader would read out each step. */
  progress(received: number, total: number): void {
    this.#received.textContent = fill(this.#words.received, formatSize(received), formatSize(total));
  }

  /** Shown only to who has waited a while. @param onCancel offered where it can be stopped */
  loading(text: string = this.#words.loading, onCancel?: () => void): void {
    this.clear();
    this.#received.textContent = '';
    this.#timer = setTimeout(() => {
      const bar = element('div', { class: 'progress', attributes: { 'aria-hidden': 'true' } });
      const stop = onCancel && button({ label: this.#words.cancel, onPress: onCancel }).element;
      this.#show('loading', bar, element('p', { text }), this.#received, ...(stop ? [stop] : []));
    }, patience);
  }

  empty({ title, text, action }: Emptiness): void {
    this.clear();
    const parts: Node[] = [iconOf('empty'), heading(title)];
    if (text !== undefined) parts.push(element('p', { text: visibleText(text) }));
    if (action) parts.push(button({ ...action, look: 'primary' }).element);
    this.#show('empty', ...parts);
  }

  /** As it was asked for. */
  cancelled(retry: () => void): void {
    const action = { label: this.#words.tryAgain, onPress: retry };
    this.empty({ title: this.#words.cancelled, action });
  }

  failure({ kind, text }: Failure, { retry, signIn, instead }: Remedies = {}): void {
    this.clear();
    const parts: Node[] = [
      iconOf(kind),
      heading(failureTitle(kind, this.#words)),
      element('p', { text: visibleText(text) }),
    ];
    const actions: Node[] = [];
    if (signIn && (kind === 'signIn' || kind === 'rateLimited')) {
      actions.push(button({ label: this.#words.signIn, look: 'primary', onPress: signIn }).element);
    }
    if (retry) {
      const look = actions.length > 0 ? 'secondary' : 'primary';
      actions.push(button({ label: this.#words.tryAgain, look, onPress: retry }).element);
    }
    if (instead) actions.push(button(instead).element);
    if (actions.length > 0) parts.push(element('div', { class: 'state-actions' }, ...actions));
    this.#show(kind, ...parts);
  }

  /** There is something to see instead. */
  clear(): void {
    clearTimeout(this.#timer);
    this.element.hidden = true;
    this.element.replaceChildren();
  }

  #show(kind: string, ...parts: readonly Node[]): void {
    this.element.dataset.state = kind;
    this.element.replaceChildren(...parts);
    this.element.hidden = false;
  }
}

/** In two or three words. */
export function failureTitle(kind: FailureKind, words: CommonStrings): string {
  const titles: Record<FailureKind, string> = {
    error: words.errorTitle,
    notFound: words.notFoundTitle,
    signIn: words.signInTitle,
    offline: words.offlineTitle,
    rateLimited: words.rateLimitedTitle,
  };
  return titles[kind];
}

function heading(text: string): HTMLElement {
  return element('h2', { text });
}
