import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import { artifacts } from '../paths.ts';
import { launchChromium } from './chromium.ts';
import { findOnScreen, readClipboard, readLines } from './pageFunctions.ts';
import type { VsCodeServer } from './server.ts';
import { TreeView } from './treeView.ts';

const readyTimeout = 60_000;
const actionTimeout = 20_000;

export interface WorkbenchOptions {
  /** Absolute path of the folder to open. */
  readonly folder?: string;
  /** Absolute path of a file to show. */
  readonly openFile?: string;
  /** The folder of an unpacked extension to run; needs a server that accepts tests. */
  readonly extensionDevelopmentPath?: string;
  /** The script whose `run()` the extension host calls; needs a server that accepts tests. */
  readonly extensionTestsPath?: string;
  readonly viewport?: { readonly width: number; readonly height: number };
  /** Functions of ours that the page may call, by the name it finds on `window`. */
  readonly exposed?: Readonly<Record<string, (...args: never[]) => unknown>>;
}

/** Opens VS Code's workbench in a browser of its own and resolves when it takes input. */
export async function openWorkbench(
  server: VsCodeServer,
  options: WorkbenchOptions = {},
): Promise<Workbench> {
  const browser = await launchChromium();
  try {
    const context = await browser.newContext({ viewport: options.viewport ?? { width: 1280, height: 800 } });
    await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: server.url });
    await context.tracing.start({ screenshots: true, snapshots: true });
    const page = await context.newPage();
    page.setDefaultTimeout(actionTimeout);
    for (const [name, call] of Object.entries(options.exposed ?? {})) await page.exposeFunction(name, call);
    await page.goto(workbenchAddress(server, options));
    const workbench = new Workbench(page, context, browser);
    await workbench.ready();
    return workbench;
  } catch (error) {
    await browser.close();
    throw error;
  }
}

/** The address of the workbench, its payload in the form VS Code's web client reads. */
export function workbenchAddress(server: VsCodeServer, options: WorkbenchOptions): string {
  const remote = (file: string) => `vscode-remote://${server.authority}${file}`;
  const address = new URL(server.url);
  if (options.folder !== undefined) address.searchParams.set('folder', options.folder);
  const payload = (['openFile', 'extensionDevelopmentPath', 'extensionTestsPath'] as const).flatMap(
    (name) => {
      const file = options[name];
      return file === undefined ? [] : [[name, remote(file)]];
    },
  );
  if (payload.length > 0) address.searchParams.set('payload', JSON.stringify(payload));
  return address.href;
}

/** A person at VS Code's window: what they would do with mouse and keyboard, and what they would read. */
export class Workbench implements AsyncDisposable {
  readonly page: Page;
  readonly #context: BrowserContext;
  readonly #browser: Browser;

  constructor(page: Page, context: BrowserContext, browser: Browser) {
    this.page = page;
    this.#context = context;
    this.#browser = browser;
  }

  /** Resolves when the workbench has been drawn and its extension host has been started. */
  async ready(): Promise<void> {
    await this.page.locator('.monaco-workbench .part.statusbar').waitFor({ timeout: readyTimeout });
  }

  /** Runs a command by its full title in the palette, for example `Strata: Pull Image…`. */
  async runCommand(title: string): Promise<void> {
    await this.page.keyboard.press('F1');
    await this.#pick(`>${title}`, title);
  }

  /** Opens a file of the open folder in an editor, by its path in the folder. */
  async openFile(file: string): Promise<void> {
    await this.page.keyboard.press('Control+P');
    await this.#pick(file, path.posix.basename(file));
    await this.page
      .locator(`.tab.active[data-resource-name="${path.posix.basename(file)}"]`)
      .waitFor({ timeout: actionTimeout });
  }

  /** Types an answer into the input that a command has opened, and accepts it. */
  async answer(text: string): Promise<void> {
    await this.quickInput().fill(text);
    await this.page.keyboard.press('Enter');
  }

  /** The text field of the open palette, picker or input box. */
  quickInput(): Locator {
    return this.page.locator('.quick-input-widget:visible input[type="text"]').first();
  }

  /** Shows a view container by the title of its icon in the activity bar. */
  async openViewContainer(title: string): Promise<void> {
    const label = this.page.locator(`a[aria-label^="${title}"]`);
    const tab = this.page.locator('.activitybar [role="tab"]', { has: label });
    if ((await tab.getAttribute('aria-expanded')) !== 'true') await tab.locator('a').click();
  }

  /** A tree by the name of its view. */
  tree(view: string): TreeView {
    return new TreeView(this.page, view);
  }

  /** Puts the cursor before the `occurrence`-th `text` of the active editor, which must be in sight. */
  async clickText(text: string, occurrence = 0): Promise<void> {
    const { x, y } = await this.#positionOf(text, occurrence);
    await this.page.mouse.click(x, y);
  }

  /** Rests the pointer on `text` in the active editor and gives the text of the hover that appears. */
  async hover(text: string, occurrence = 0): Promise<string> {
    const { x, y } = await this.#positionOf(text, occurrence);
    await this.page.mouse.move(x - 1, y);
    await this.page.mouse.move(x, y, { steps: 3 });
    await this.hoverWidget().waitFor();
    return this.hoverText();
  }

  /** The hover of the editor, to look for links in it. */
  hoverWidget(): Locator {
    return this.page.locator('.monaco-editor .monaco-hover:visible, .monaco-resizable-hover:visible').first();
  }

  /** The text of the hover that is shown now. */
  async hoverText(): Promise<string> {
    return plainSpaces((await this.hoverWidget().allInnerTexts()).join('\n'));
  }

  /** The lines of the active editor that are in sight. */
  async editorText(): Promise<string> {
    const drawn = this.page.locator('.editor-group-container.active .view-line');
    const lines = await drawn.evaluateAll(readLines);
    return plainSpaces(lines.join('\n'));
  }

  /** Resolves when `text` stands anywhere in the window. */
  async waitForText(text: string | RegExp, timeout: number = actionTimeout): Promise<void> {
    await this.page.getByText(text).filter({ visible: true }).first().waitFor({ timeout });
  }

  /** What the notifications in sight say. */
  async notifications(): Promise<string[]> {
    return this.page.locator('.notification-list-item-message').allInnerTexts();
  }

  /** What the clipboard holds. */
  async clipboard(): Promise<string> {
    return this.page.evaluate(readClipboard);
  }

  /** Saves what the window shows as `artifacts/NAME.png` and gives the file's path. */
  async screenshot(name: string): Promise<string> {
    await mkdir(artifacts, { recursive: true });
    const file = path.join(artifacts, `${name}.png`);
    await this.page.screenshot({ path: file });
    return file;
  }

  /** Keeps a screenshot and a trace (`npx playwright-core show-trace FILE`) of what went wrong. */
  async keepEvidence(name: string): Promise<void> {
    await this.screenshot(`${name}-failed`);
    await this.#context.tracing.stop({ path: path.join(artifacts, `${name}-trace.zip`) });
    await this.#context.tracing.start({ screenshots: true, snapshots: true });
  }

  async close(): Promise<void> {
    await this.#browser.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #pick(query: string, label: string): Promise<void> {
    await this.quickInput().fill(query);
    const row = this.page
      .locator('.quick-input-list .monaco-list-row')
      .filter({ has: this.page.locator('.quick-input-list-row', { hasText: label }) });
    await row.first().click();
  }

  async #positionOf(text: string, occurrence: number): Promise<{ x: number; y: number }> {
    const editor = this.page.locator('.editor-group-container.active .view-lines').first();
    await editor.waitFor();
    const found = await editor.evaluate(findOnScreen, { text, occurrence });
    if (found === undefined) throw new Error(`the editor does not show ${JSON.stringify(text)}`);
    return found;
  }
}

/** VS Code draws spaces as no-break spaces; a reader sees plain ones. */
function plainSpaces(text: string): string {
  return text.replaceAll('\u00a0', ' ');
}
