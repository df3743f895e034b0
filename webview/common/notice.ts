import { element } from './dom.ts';
import { visibleText } from './visibleText.ts';

const shownFor = 8000;

let shown: HTMLElement | undefined;
let timer: ReturnType<typeof setTimeout> | undefined;

/** Says something at the foot of the page for a while, and at once to who hears it. */
export function showNotice(text: string): void {
  shown ??= document.body.appendChild(element('div', { class: 'notice', attributes: { role: 'alert' } }));
  shown.hidden = false;
  shown.textContent = visibleText(text);
  clearTimeout(timer);
  timer = setTimeout(() => {
    if (shown) shown.hidden = true;
  }, shownFor);
}
