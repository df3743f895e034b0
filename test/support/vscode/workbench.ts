import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import { artifacts } from '../paths.ts';
import { launchChromium } from './chromium.ts';
import { findOnScreen, readClipboard, readLines } from './pageFunctions.ts';
import { Prompt } from './prompt.ts';
import type { VsCodeServer } from './server.ts';
import { literal, TreeView } from './treeView.ts';
import { isGoneWithin, isSeenWithin, untilGone, untilSeen } from './untilSeen.ts';

const readyTimeout = 180_000;
/** The guard against a hang, not a measurement. */
const actionTimeout = 90_000;
const openTimeout = 5_000;
const focusTimeout = 1_500;
/** What a prompt asks may have to be read first. */
const promptTimeout = 15_000;
/** An extension that has just been started answers no hover yet, and VS Code does not ask again by itself. */
const hoverTimeout = 80_000;

/** A trace copies the whole window at every step, which costs half as much again as the test itself. */
const isTraced = process.env.STRATA_TEST_TRACE === '1';
const traced = { screenshots: true, snapshots: true };

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
    if (isTraced) await context.tracing.start(traced);
    const page = await context.newPage();
    page.setDefaultTimeout(actionTimeout);
    for (const [name, call] of Object.entries(options.exposed ?? {})) await page.exposeFunction(name, call);
    await page.goto(workbenchAddress(server, options), { timeout: readyTimeout });
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
    await this.#pick('F1', /^>/, `>${title}`, title);
  }

  /** Runs a command by its title that asks something at once; see {@link asked}. */
  ask(command: string, title: string | RegExp): Promise<Prompt> {
    return this.asked(title, () => this.runCommand(command));
  }

  /**
   * Does what leads to a prompt, while a page has had the focus. VS Code gives that back to the page some time after the
   * palette or a picker has gone, which closes what is asked by then: it is done again, as a person would.
   */
  async asked(title: string | RegExp, act: () => Promise<unknown>): Promise<Prompt> {
    const prompt = this.prompt(title);
    for (let tries = 3; tries > 0; tries--) {
      await act();
      const isAsked = await isSeenWithin(prompt.widget, promptTimeout);
      if (isAsked && !(await isGoneWithin(prompt.widget, focusTimeout))) return prompt;
    }
    throw new Error(`${title} is not asked`);
  }

  /** The commands that the palette offers for what is typed, from the best on. */
  async offeredCommands(typed: string): Promise<string[]> {
    await this.#openPicker('F1', /^>/);
    await this.#picker.fill(`>${typed}`);
    const rows = this.page.locator('.quick-input-list .monaco-list-row').filter({ hasText: typed });
    await rows.first().waitFor();
    const labels = await rows.locator('.label-name').allInnerTexts();
    await this.page.keyboard.press('Escape');
    return labels.map(plainSpaces);
  }

  /** Opens a file of the open folder in an editor, by its path in the folder. */
  async openFile(file: string): Promise<void> {
    const name = path.posix.basename(file);
    await this.#pick('Control+P', /^$/, file, name);
    await this.page.locator(`.tab.active[data-resource-name="${name}"]`).waitFor();
  }

  /** Puts the cursor at the beginning of a line of the active editor, which scrolls until that is in sight. */
  async goToLine(line: number): Promise<void> {
    const there = this.page.locator('.statusbar').getByText(`Ln ${line},`);
    await untilSeen(there, () => this.#typeLine(line), openTimeout);
  }

  async #typeLine(line: number): Promise<void> {
    await this.#openPicker('Control+G', /^:/);
    await this.#picker.fill(`:${line}`);
    const row = this.page.locator('.quick-input-list .monaco-list-row').filter({ hasText: `line ${line} ` });
    await row.first().waitFor();
    await this.page.keyboard.press('Enter');
  }

  /** What asks under a title: an input box, a picker, a file dialog. */
  prompt(title: string | RegExp): Prompt {
    return new Prompt(this.page, title);
  }

  /** The modal dialog. */
  dialog(): Locator {
    return this.page.locator('.monaco-dialog-box');
  }

  /** The tab of the active editor, by the name of its document. */
  activeTab(name: string): Locator {
    return this.page.locator(`.tab.active[data-resource-name="${name}"]`);
  }

  /** Chooses a code action at the cursor; asks again while the language still reads what was typed a moment ago. */
  async chooseCodeAction(title: string): Promise<void> {
    const action = this.page.locator('.action-widget .monaco-list-row').filter({ hasText: title });
    const ask = async () => {
      await this.page.keyboard.press('Escape');
      await this.page.keyboard.press('Control+.');
    };
    await untilSeen(action, ask, openTimeout);
    await action.first().click();
  }

  /** Opens a terminal, types a command and lets it run. */
  async runInTerminal(command: string): Promise<void> {
    await this.runCommand('Terminal: Create New Terminal');
    const screen = this.page.locator('.terminal-wrapper.active .xterm-screen');
    await screen.waitFor();
    await untilSeen(this.page.locator('.terminal-wrapper.active .xterm.focus'), () => screen.click());
    await this.page.keyboard.type(`${command}\n`);
  }

  /** Shows a view container by the title of its icon in the activity bar. */
  async openViewContainer(title: string): Promise<void> {
    const label = this.page.locator(`a[aria-label^="${title}"]`);
    const tab = this.page.locator('.activitybar [role="tab"]', { has: label });
    await tab.waitFor({ timeout: readyTimeout });
    const open = tab.and(this.page.locator('[aria-expanded="true"]'));
    await untilSeen(open, async () => {
      if (!(await open.isVisible())) await tab.locator('a').click();
    });
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
    const deadline = Date.now() + hoverTimeout;
    do await this.#pointAt(text, occurrence);
    while (!(await isSeenWithin(this.hoverWidget(), openTimeout)) && Date.now() < deadline);
    return this.hoverText();
  }

  /** From elsewhere: a pointer that rests already asks for no hover. */
  async #pointAt(text: string, occurrence: number): Promise<void> {
    const { x, y } = await this.#positionOf(text, occurrence);
    await this.page.mouse.move(x + 300, y + 100);
    await this.page.mouse.move(x - 1, y);
    await this.page.mouse.move(x, y, { steps: 3 });
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

  /** Keeps a screenshot of what went wrong, and a trace (`npx playwright-core show-trace FILE`) where there is one. */
  async keepEvidence(name: string): Promise<void> {
    await this.screenshot(`${name}-failed`);
    if (!isTraced) return;
    await this.#context.tracing.stop({ path: path.join(artifacts, `${name}-trace.zip`) });
    await this.#context.tracing.start(traced);
  }

  async close(): Promise<void> {
    await this.#browser.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** The text field of VS Code's own pickers, which have no title. */
  get #picker(): Locator {
    return this.page.locator('.quick-input-widget:visible input[type="text"]').first();
  }

  /** Opens one of them by its key, and knows it by what it begins with. */
  async #openPicker(key: string, beginning: RegExp): Promise<void> {
    const widget = this.page.locator('.quick-input-widget:visible');
    const titled = widget.filter({ has: this.page.locator('.quick-input-title:visible', { hasText: /./ }) });
    for (let tries = 5; tries > 0; tries--) {
      await this.page.keyboard.press(key);
      await isSeenWithin(widget, openTimeout);
      if ((await widget.count()) === 0 || (await titled.count()) > 0) continue;
      if (beginning.test(await this.#picker.inputValue())) return;
    }
    throw new Error(`${key} opens no picker`);
  }

  /**
   * Picks the entry with a label. By Enter once it is the one in focus: a list that is still being filled moves its rows
   * under the pointer.
   */
  async #pick(key: string, beginning: RegExp, query: string, label: string): Promise<void> {
    await this.#openPicker(key, beginning);
    await this.#picker.fill(query);
    const name = this.page.locator('.label-name').filter({ hasText: new RegExp(`^${literal(label)}$`) });
    const row = this.page.locator('.quick-input-list .monaco-list-row').filter({ has: name });
    await row.first().waitFor();
    const focused = row.and(this.page.locator('.focused'));
    for (let tries = 10; tries > 0 && !(await isSeenWithin(focused, focusTimeout)); tries--) {
      await this.page.keyboard.press('ArrowDown');
    }
    await untilGone(focused, () => this.page.keyboard.press('Enter'));
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
