import type { Frame, Locator } from 'playwright-core';
import { untilSeen } from '../vscode/untilSeen.ts';
import type { Product } from './product.ts';
import { settled } from './settled.ts';
import { webviewFrame } from './webviewFrame.ts';

export interface PathRow {
  /** Name, marks and size, as they are read out. */
  readonly text: string;
  readonly level: number;
  readonly expanded: boolean | undefined;
  readonly current: boolean;
}

/** A person at a Layers page. */
export class LayersPage {
  readonly #product: Product;
  readonly #title: string;

  /** @param image what the page calls it */
  constructor(product: Product, image: string) {
    this.#product = product;
    this.#title = `${image}: Layers`;
  }

  /** The page as it is there now: coming back it is another one. */
  frame(): Promise<Frame> {
    return webviewFrame(this.#product.page, this.#title);
  }

  /** What the list of layers has in sight. */
  async layers(): Promise<string[]> {
    const frame = await this.frame();
    const rows = frame.locator('.stack [role=option]:visible');
    await rows.first().waitFor();
    return rows.allInnerTexts();
  }

  async chooseLayer(text: string): Promise<void> {
    const option = (await this.frame()).getByRole('option').filter({ hasText: text });
    await untilSeen(option.and((await this.frame()).locator('[aria-selected=true]')), () => option.click());
  }

  async chosenLayer(): Promise<string> {
    return (await this.frame()).locator('.stack [role=option][aria-selected=true]').innerText();
  }

  /** Ticks a filter, or takes the tick away. */
  async filter(label: string, checked: boolean): Promise<void> {
    const box = (name: string, state = checked) =>
      this.frame().then((frame) => frame.getByRole('checkbox', { name, checked: state }));
    await untilSeen(await box(label), async () => (await box(label, !checked)).click());
  }

  /** Makes a row the current one by a click. */
  async chooseRow(text: string): Promise<void> {
    const row = (await this.frame()).getByRole('treeitem').filter({ hasText: text }).first();
    await untilSeen(row.and((await this.frame()).locator('[aria-selected=true]')), () => row.click());
  }

  async search(text: string): Promise<void> {
    await (await this.searchField()).fill(text);
  }

  async searchField(): Promise<Locator> {
    return (await this.frame()).getByRole('textbox', { name: 'Search in paths' });
  }

  /** Rows of the tree, once they are as they should be. After a reload the page is to be found again. */
  async rows(accept: (rows: readonly PathRow[]) => boolean): Promise<readonly PathRow[]> {
    return settled(() => this.#rows(), accept);
  }

  /** The tab of the page, in VS Code. */
  tab(): Locator {
    return this.#product.page.locator('.tab', { hasText: this.#title }).first();
  }

  async #rows(): Promise<readonly PathRow[]> {
    const rows = (await this.frame()).locator('[role=treeitem]:visible');
    const read = await rows.evaluateAll(readRows);
    return read.toSorted((left, right) => left.at - right.at);
  }
}

interface RowElement {
  readonly dataset: { readonly at?: string };
  readonly innerText: string;
  getAttribute(name: string): string | null;
}

/** Runs in the page. */
function readRows(elements: unknown): (PathRow & { readonly at: number })[] {
  return (elements as readonly RowElement[]).map((row) => {
    const expanded = row.getAttribute('aria-expanded');
    return {
      at: Number(row.dataset.at),
      text: row.innerText.trim().replace(/\s+/g, ' '),
      level: Number(row.getAttribute('aria-level')),
      expanded: expanded === null ? undefined : expanded === 'true',
      current: row.getAttribute('aria-selected') === 'true',
    };
  });
}
