// Functions that run inside the page, whole in themselves; this project compiles without the DOM's types.

interface Probed {
  readonly document: {
    querySelector(selector: string): { scrollTop: number; readonly clientHeight: number } | null;
    addEventListener(type: string, listener: () => void, options: object): void;
  };
  readonly performance: { now(): number };
  readonly hostReady: number;
  /** Kept from the one probe for the other. */
  keystroke?: Promise<number>;
  requestAnimationFrame(callback: (time: number) => void): void;
}

/** Milliseconds from the time when its host was ready to the frame in which the tree has rows. */
export function measureFirstPaint(): Promise<number> {
  const page = globalThis as unknown as Probed;
  return new Promise((resolve) => {
    const look = () => {
      if (page.document.querySelector('[role=treeitem]')) resolve(page.performance.now() - page.hostReady);
      else page.requestAnimationFrame(look);
    };
    look();
  });
}

/** Milliseconds of each frame while the tree scrolls a screen every other frame. */
export function measureScroll(frames: number): Promise<number[]> {
  const page = globalThis as unknown as Probed;
  const tree = page.document.querySelector('[role=tree]');
  const times: number[] = [];
  return new Promise((resolve) => {
    let last = 0;
    let count = 0;
    const step = (time: number) => {
      if (last > 0) times.push(time - last);
      last = time;
      if (tree && count % 2 === 0) tree.scrollTop += tree.clientHeight;
      if (++count > frames) resolve(times);
      else page.requestAnimationFrame(step);
    };
    page.requestAnimationFrame(step);
  });
}

/** Has the next keystroke measured. Resolves once it is listened to: a busy page takes a key before a script. */
export function awaitKeystroke(): void {
  const page = globalThis as unknown as Probed;
  page.keystroke = new Promise((resolve) => {
    const typed = () => {
      const start = page.performance.now();
      // The page draws in the first frame; by the second it is on the screen.
      page.requestAnimationFrame(() =>
        page.requestAnimationFrame(() => resolve(page.performance.now() - start)),
      );
    };
    page.document.addEventListener('input', typed, { capture: true, once: true });
  });
}

/** Milliseconds from that keystroke to the frame that shows what it has changed. */
export function measureKeystroke(): Promise<number> | undefined {
  return (globalThis as unknown as Probed).keystroke;
}
