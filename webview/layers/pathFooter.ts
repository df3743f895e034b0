import { changeKinds, pathTypes } from '../../src/protocol/layersPage.ts';
import { button, type Control, group } from '../common/controls.ts';
import { element } from '../common/dom.ts';
import { fill, formatSize } from '../common/format.ts';
import { showNotice } from '../common/notice.ts';
import { visibleText } from '../common/visibleText.ts';
import type { Explorer } from './model/explorer.ts';
import type { PathRows } from './pathRows.ts';
import type { OwnPage } from './words.ts';

/** What became of the current path from layer to layer, and what can be done with it. */
export class PathFooter {
  readonly element: HTMLElement;
  readonly #page: OwnPage;
  readonly #explorer: Explorer;
  readonly #rows: PathRows;
  readonly #path = element('p', { class: 'foreign mono' });
  readonly #history = element('p', { class: 'quiet path-history' });
  readonly #open: Control;
  readonly #openChange: Control;
  readonly #copy: Control;
  #current: number | undefined;

  constructor(page: OwnPage, explorer: Explorer, rows: PathRows) {
    this.#page = page;
    this.#explorer = explorer;
    this.#rows = rows;
    const { open, openChange, copyPath, rowActions } = page.strings;
    this.#open = button({ label: open, onPress: () => this.open(this.#current) });
    this.#openChange = button({ label: openChange, onPress: () => this.#compare(this.#current) });
    this.#copy = button({ label: copyPath, onPress: () => this.#copyPath(this.#current) });
    this.element = element(
      'footer',
      { class: 'path-footer', attributes: { 'aria-label': rowActions } },
      element('div', { class: 'path-text' }, this.#path, this.#history),
      group(rowActions, this.#open, this.#openChange, this.#copy),
    );
  }

  show(path: number | undefined): void {
    this.#current = path;
    this.element.hidden = path === undefined;
    if (path === undefined) return;
    const text = visibleText(this.#explorer.table.fullPath(path), 4000);
    this.#path.textContent = text;
    this.#path.title = text;
    this.#history.textContent = this.#historyOf(path).join(', ');
    this.#open.disabled = !this.#rows.isFile(path);
    this.#openChange.disabled = !this.#isChange(path);
  }

  /** Alt+Enter compares, Ctrl+C copies; the rest is the tree's. */
  onKey(event: KeyboardEvent): boolean {
    if (event.key === 'Enter' && event.altKey) this.#compare(this.#current);
    else if (event.key.toLowerCase() === 'c' && (event.ctrlKey || event.metaKey))
      this.#copyPath(this.#current);
    else return false;
    event.preventDefault();
    return true;
  }

  /** Opens a file in the layer that it is looked at in. */
  open(path: number | undefined): void {
    if (path === undefined || !this.#rows.isFile(path)) return;
    const { path: name, layer } = this.#rows.placesOf(path);
    this.#page.act('open', { path: name, layer });
  }

  #compare(path: number | undefined): void {
    if (path === undefined || !this.#isChange(path)) return;
    const { path: name, before, after } = this.#rows.placesOf(path);
    this.#page.act('openChange', { path: name, before, after });
  }

  #copyPath(path: number | undefined): void {
    if (path !== undefined) this.#copyText(this.#explorer.table.fullPath(path));
  }

  #copyText(text: string): void {
    this.#page.act('copy', { text }, () => showNotice(this.#page.strings.copied, 'news'));
  }

  #isChange(path: number): boolean {
    return this.#rows.isFile(path);
  }

  #historyOf(path: number): string[] {
    const { table } = this.#explorer;
    const words = this.#page.strings;
    const { first, end } = table.changes(path);
    const texts: string[] = [this.#typeText(path)].filter((text) => text !== '');
    for (let change = first; change < end; change++) {
      const layer = table.layerOf(change) + 1;
      const kind = changeKinds[table.kindOf(change)] ?? 'repeated';
      if (kind === 'added') texts.push(fill(words.didAdd, layer));
      if (kind === 'modified') texts.push(fill(words.didModify, layer));
      if (kind === 'removed') texts.push(fill(words.didRemove, layer));
      const by = table.lostBy(change);
      const size = table.sizeOf(change);
      if (by !== undefined && size > 0) texts.push(fill(words.didWaste, formatSize(size), layer, by + 1));
    }
    return texts;
  }

  #typeText(path: number): string {
    const { folder, symlink, hardlink, otherType } = this.#page.strings;
    const texts = { directory: folder, file: '', symlink, hardlink, other: otherType };
    return texts[pathTypes[this.#explorer.table.typeOf(this.#explorer.view.changeOf(path))] ?? 'file'];
  }
}
