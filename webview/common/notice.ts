import { element } from './dom.ts';
import { visibleText } from './visibleText.ts';

/** Milliseconds: what went wrong is read, that something went well is glanced at. */
const shownFor = { failure: 8000, news: 4000 } as const;

let shown: HTMLElement | undefined;
let timer: ReturnType<typeof setTimeout> | undefined;

/** Says at the head of the page for a while, and at once to who hears it, what has been done or could not be. */
export function showNotice(text: string, kind: keyof typeof shownFor = 'failure'): void {
  shown ??= document.body.appendChild(element('div', { class: 'notice', attributes: { role: 'alert' } }));
  shown.hidden = false;
  shown.textContent = visibleText(text, 1000);
  shown.dataset.kind = kind;
  clearTimeout(timer);
  timer = setTimeout(hideNotice, shownFor[kind]);
}

/** It is about something that nobody looks at any more. */
export function hideNotice(): void {
  if (shown) shown.hidden = true;
}
