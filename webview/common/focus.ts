import { onceAFrame } from './dom.ts';

/** Where a page remembers, while nobody sees it too, which home had the focus. */
export interface FocusMemory {
  home: string | undefined;
}

/**
 * Keeps a page usable by keyboard: gives it the focus when it opens, where it was when it was left; gives it back when the
 * window has it again; and moves it on where what had it is gone, to what stands nearest: the button of a state that is
 * shown instead, or one of the homes. A page that does not have the window's focus never takes it.
 * @param homes what the focus may go to by itself; of several that can be seen, to the first
 */
export function keepFocus(main: HTMLElement, homes: () => Iterable<HTMLElement>, memory: FocusMemory): void {
  /** What had the focus last, and all that it was in, from the inside out. */
  let around: readonly Element[] = [];
  /** The home to go back to, until it is there or the person goes elsewhere. */
  let wanted = memory.home;
  const seenHomes = () => [...homes()].filter(isSeen);
  const remember = () => {
    if (!hasFocus()) return;
    around = ancestors(document.activeElement);
    const home = seenHomes().find((one) => around.includes(one));
    if (home && wanted === undefined) memory.home = nameOf(home);
  };
  const nearest = () => {
    const goals = [...main.querySelectorAll<HTMLElement>('.state vscode-button')].filter(isSeen);
    goals.push(...seenHomes());
    const inside = around.map((one) => goals.find((goal) => one.contains(goal)));
    return inside.find((goal) => goal !== undefined) ?? goals[0];
  };
  const look = () => {
    if (!document.hasFocus()) return;
    const left = wanted === undefined ? undefined : seenHomes().find((home) => nameOf(home) === wanted);
    if (left) {
      take(left, look);
      if (document.activeElement === left) wanted = undefined;
      return;
    }
    if (hasFocus()) return;
    const [last] = around;
    // Somebody has clicked beside it.
    if (last && isSeen(last)) return;
    take(nearest(), look);
  };
  const goElsewhere = () => {
    wanted = undefined;
  };
  document.addEventListener('keydown', goElsewhere, { capture: true });
  document.addEventListener('pointerdown', goElsewhere, { capture: true });
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

function nameOf(home: HTMLElement): string {
  return home.id || home.ariaLabel || home.textContent || '';
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
