import type { Frame, Page } from 'playwright-core';
import { settled } from './settled.ts';

/**
 * The document of the webview whose tab or view has this title, once VS Code shows it. It is another one each time the
 * webview comes to be seen again: hold on to none.
 * @param patience milliseconds; many after a reload, which starts the extension host anew
 */
export async function webviewFrame(page: Page, title: string, patience?: number): Promise<Frame> {
  const isFound = (frame: Frame | undefined) => frame !== undefined;
  const frame = await settled(() => find(page, title), isFound, patience);
  if (frame === undefined) throw new Error(`no webview is called ${title}`);
  await frame.waitForLoadState();
  return frame;
}

async function find(page: Page, title: string): Promise<Frame | undefined> {
  for (const frame of page.frames()) {
    if ((await shownTitle(frame)) === title) return frame;
  }
  return undefined;
}

/** VS Code puts a document into the inner of two frames, which has its title, and calls it active when it is drawn. */
async function shownTitle(frame: Frame): Promise<string | undefined> {
  const outer = frame.parentFrame();
  if (outer === null || outer.parentFrame() === null) return undefined;
  try {
    const active = outer.locator('iframe#active-frame');
    return (await active.getAttribute('title', { timeout: 200 })) ?? undefined;
  } catch (error) {
    if (frame.isDetached() || (error instanceof Error && error.name === 'TimeoutError')) return undefined;
    throw error;
  }
}
