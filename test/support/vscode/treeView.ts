import type { Locator, Page } from 'playwright-core';
import { readTreeRows, type TreeRow } from './pageFunctions.ts';
import { isDoneWithin, isGoneWithin, isSeenWithin, untilSeen } from './untilSeen.ts';

/** Milliseconds that a menu has to take a click. */
const clickTimeout = 1_000;
/** Milliseconds until a command that was chosen shows something, and until that is what it should be. */
const openTimeout = 15_000;
const settleTimeout = 2_000;

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

  /** Clicks a row, which selects it. */
  async click(text: string | RegExp): Promise<void> {
    const selected = this.#rows().filter({ hasText: text }).and(this.#page.locator('[aria-selected="true"]'));
    await untilSeen(selected, async () => (await this.row(text)).locator('.label-name').first().click());
  }

  /**
   * Unfolds a row; resolves when VS Code shows it so. A row that is unfolded stays as it is, and one that was drawn anew
   * under the pointer is clicked again, as a person would.
   */
  async expand(text: string | RegExp): Promise<void> {
    const expanded = this.#rows().filter({ hasText: text }).and(this.#page.locator('[aria-expanded="true"]'));
    await untilSeen(expanded, async () => {
      const row = await this.row(text);
      if ((await row.getAttribute('aria-expanded')) !== 'true')
        await row.locator('.monaco-tl-twistie').click();
    });
  }

  /**
   * Chooses an entry of a row's context menu by its title; resolves when what it opens is seen. VS Code forgets which
   * row a menu is for when the tree is drawn anew meanwhile: what comes up then is left, and the entry chosen again.
   */
  async chooseFromMenu(text: string | RegExp, entry: string, opens: Locator): Promise<void> {
    for (let tries = 3; ; tries--) {
      await this.openMenu(text);
      await this.#chooseEntry(entry);
      if (await this.#isOpened(opens)) return;
      if (tries === 1) throw new Error(`${entry} does not open what it should`);
      await this.#page.keyboard.press('Escape');
    }
  }

  /** Opens the context menu of a row. */
  async openMenu(text: string | RegExp): Promise<void> {
    await untilSeen(this.#page.locator('.monaco-menu .action-label'), async () => {
      await this.#page.keyboard.press('Escape');
      await (await this.row(text)).click({ button: 'right' });
    });
  }

  /** A menu that has just opened takes no click yet. */
  async #chooseEntry(entry: string): Promise<void> {
    const menu = this.#page.locator('.monaco-menu');
    const item = menu.locator('.action-label').filter({ hasText: new RegExp(`^${literal(entry)}$`) });
    await item.first().waitFor();
    while (await item.first().isVisible()) {
      await isDoneWithin(item.first().click({ timeout: clickTimeout }));
      await isGoneWithin(menu, clickTimeout);
    }
  }

  /** `false` as soon as there is something else to answer. */
  async #isOpened(opens: Locator): Promise<boolean> {
    const anything = opens.or(this.#page.locator('.quick-input-widget:visible, .monaco-dialog-box')).first();
    await isSeenWithin(anything, openTimeout);
    return isSeenWithin(opens, settleTimeout);
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

/** Of a text the expression that finds it. */
export function literal(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
