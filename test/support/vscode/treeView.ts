import type { Locator, Page } from 'playwright-core';
import { readTreeRows, type TreeRow } from './pageFunctions.ts';

const tryTimeout = 5_000;
const menuPause = 500;

/** One view with a tree in the side bar. */
export class TreeView {
  readonly #page: Page;
  readonly #pane: Locator;

  constructor(page: Page, view: string) {
    this.#page = page;
    const header = page.locator('.pane-header').filter({ hasText: new RegExp(`^\\s*${literal(view)}`, 'i') });
    this.#pane = page.locator('.sidebar .pane', { has: header });
  }

  /** The rows in sight, from top to bottom. */
  async rows(): Promise<TreeRow[]> {
    await this.#show();
    return this.#rows().evaluateAll(readTreeRows);
  }

  /** The row whose text contains `text`; resolves when it has appeared. */
  async row(text: string | RegExp): Promise<Locator> {
    await this.#show();
    const row = this.#rows().filter({ hasText: text }).first();
    await row.waitFor();
    return row;
  }

  async click(text: string | RegExp): Promise<void> {
    await (await this.row(text)).locator('.label-name').first().click();
  }

  /**
   * Unfolds a row; resolves when VS Code shows it so. A row that is unfolded stays as it is, and one that was drawn anew
   * under the pointer is clicked again, as a person would.
   */
  async expand(text: string | RegExp): Promise<void> {
    const expanded = this.#rows().filter({ hasText: text }).and(this.#page.locator('[aria-expanded="true"]'));
    for (let tries = 3; ; tries--) {
      const row = await this.row(text);
      if ((await row.getAttribute('aria-expanded')) === 'true') return;
      await row.locator('.monaco-tl-twistie').click();
      if (await appears(expanded.first(), tries)) return;
    }
  }

  /** Chooses an entry of a row's context menu by its title. A menu that has just opened takes no click yet. */
  async chooseFromMenu(text: string | RegExp, entry: string): Promise<void> {
    await (await this.row(text)).click({ button: 'right' });
    const item = this.#page.locator('.monaco-menu .action-label', { hasText: entry }).first();
    await item.click();
    await this.#page.waitForTimeout(menuPause);
    if (await item.isVisible()) await item.click();
  }

  #rows(): Locator {
    return this.#pane.locator('.monaco-list-row[role="treeitem"]');
  }

  /** Unfolds the view itself. */
  async #show(): Promise<void> {
    const header = this.#pane.locator('.pane-header');
    await header.waitFor();
    if ((await header.getAttribute('aria-expanded')) === 'false') await header.click();
  }
}

/** Whether it comes to be seen in time; the last try says why not. */
async function appears(element: Locator, tries: number): Promise<boolean> {
  try {
    await element.waitFor(tries > 1 ? { timeout: tryTimeout } : {});
    return true;
  } catch (error) {
    if (tries > 1) return false;
    throw error;
  }
}

function literal(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
