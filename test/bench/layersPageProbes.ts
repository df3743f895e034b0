// Functions that run inside the page, whole in themselves; this project compiles without the DOM's types.

interface Probed {
  readonly document: {
    querySelector(selector: string): { scrollTop: number; readonly clientHeight: number } | null;
    addEventListener(type: string, listener: () => void, options: object): void;
  };
  readonly performance: { now(): number };
  readonly hostReady: number;
  readonly console: { log(text: string): void };
  readonly MessageChannel: new () => {
    readonly port1: { onmessage: () => void };
    readonly port2: { postMessage(value: unknown): void };
  };
  /** Kept from the one probe for the other. */
  keystroke?: Promise<number>;
  requestAnimationFrame(callback: (time: number) => void): void;
}

/**
 * Put into the page before anything of its own: says on the console when a frame is done that has what was waited for, in
 * milliseconds since the document began (its host was ready, nothing of it was read). Nothing else may be run in the page
 * meanwhile: a driver's own scripts take longer than what is measured.
 */
export function tellPaints(): void {
  const page = globalThis as unknown as Probed;
  const parts = { 'layers and first rows': '[role=treeitem]', controls: 'vscode-button:defined' };
  const waiting = new Map(Object.entries(parts));
  const look = () => {
    for (const [part, selector] of waiting) {
      if (!page.document.querySelector(selector)) continue;
      waiting.delete(part);
      const { port1, port2 } = new page.MessageChannel();
      // Comes when the frame that this was called for is done.
      port1.onmessage = () => page.console.log(`painted ${part}: ${page.performance.now() - page.hostReady}`);
      port2.postMessage(undefined);
    }
    if (waiting.size > 0) page.requestAnimationFrame(look);
  };
  page.requestAnimationFrame(look);
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
