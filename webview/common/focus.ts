import { onceAFrame } from './dom.ts';

/**
 * Keeps a page usable by keyboard: gives it the focus when it opens, gives it back when the window has it again, and moves
 * it on where what had it is gone, to what stands nearest: the button of a state that is shown instead, or one of the homes.
 * A page that does not have the window's focus never takes it.
 * @param homes what the focus may go to by itself; of several that can be seen, to the first
 */
export function keepFocus(main: HTMLElement, homes: () => Iterable<HTMLElement>): void {
  /** What had the focus last, and all that it was in, from the inside out. */
  let around: readonly Element[] = [];
  const remember = () => {
    if (hasFocus()) around = ancestors(document.activeElement);
  };
  const nearest = () => {
    const goals = [...main.querySelectorAll<HTMLElement>('.state vscode-button'), ...homes()].filter(isSeen);
    const inside = around.map((one) => goals.find((goal) => one.contains(goal)));
    return inside.find((goal) => goal !== undefined) ?? goals[0];
  };
  const look = () => {
    if (!document.hasFocus() || hasFocus()) return;
    const [last] = around;
    // Somebody has clicked beside it.
    if (last && isSeen(last)) return;
    take(nearest(), look);
  };
  document.addEventListener('focusin', remember);
  addEventListener('focus', () => {
    const last = around[0];
    if (!hasFocus() && last instanceof HTMLElement && isSeen(last)) last.focus({ preventScroll: true });
    else look();
  });
  const lookOnceShown = onceAFrame(() => setTimeout(look));
  const changes = new MutationObserver(lookOnceShown);
  changes.observe(main, { childList: true, subtree: true, attributeFilter: ['hidden'] });
  lookOnceShown();
}

/** A control that is not drawn yet cannot have it. */
function take(goal: HTMLElement | undefined, again: () => void): void {
  if (!goal) return;
  goal.focus({ preventScroll: true });
  const { localName } = goal;
  if (document.activeElement === goal || !localName.includes('-') || customElements.get(localName)) return;
  void customElements.whenDefined(localName).then(again);
}

function hasFocus(): boolean {
  const { activeElement } = document;
  return activeElement !== null && activeElement !== document.body && isSeen(activeElement);
}

function isSeen(element: Element): boolean {
  return element.isConnected && element.checkVisibility();
}

function ancestors(element: Element | null): readonly Element[] {
  return element ? [element, ...ancestors(element.parentElement)] : [];
}
