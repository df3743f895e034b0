import { button } from '../common/controls.ts';
import { element, onceAFrame, svg } from '../common/dom.ts';
import { fill, formatCount, formatPercent, formatSize } from '../common/format.ts';
import { StateView } from '../common/states.ts';
import { visibleText } from '../common/visibleText.ts';
import type { Explorer } from './model/explorer.ts';
import { type Box, squarify } from './model/treemap.ts';
import type { Words } from './words.ts';

const mostBoxes = 700;
const smallestSide = 3;
const header = 16;
const letterWidth = 7;
const told = 8;

export interface MapListening {
  /** Somebody wants to see the path's row. */
  readonly onChoose: (path: number) => void;
  /** Another folder is shown. */
  readonly onMove: () => void;
  /** Nothing is to be searched or filtered for any more. */
  readonly onShowAll: () => void;
}

/** Where the bytes of what the tree shows are: an area for each folder and file. */
export class MapPane {
  readonly element: HTMLElement;
  readonly #explorer: Explorer;
  readonly #words: Words;
  readonly #listening: MapListening;
  readonly #canvas = element('div', { class: 'map', attributes: { id: 'map' } });
  readonly #state: StateView;
  readonly #where = element('span', { class: 'foreign mono' });
  readonly #up: HTMLElement;
  readonly #redraw = onceAFrame(() => this.#draw());
  #folder: number | undefined;
  /** Paths directly in the folder that have a cell, the largest first. */
  #cells: number[] = [];
  /** The cell that keys act on. */
  #current: number | undefined;
  #drawn = 0;

  constructor(words: Words, explorer: Explorer, listening: MapListening) {
    this.#words = words;
    this.#explorer = explorer;
    this.#listening = listening;
    this.#state = new StateView(words);
    this.#up = button({ label: words.mapUp, onPress: () => this.#goUp() }).element;
    this.element = element(
      'section',
      { class: 'map-pane' },
      element('div', { class: 'controls' }, this.#up, this.#where),
      this.#canvas,
      element('p', { class: 'quiet map-hint' }, ...this.#legend(), words.mapHint),
    );
    new ResizeObserver(() => this.#redraw()).observe(this.#canvas);
    this.#canvas.addEventListener('click', (event) => this.#onClick(event));
    this.#canvas.addEventListener('keydown', (event) => this.#onKey(event));
  }

  /** The explorer has something else to show. */
  show(): void {
    if (this.#folder !== undefined && !this.#explorer.view.hasBelow(this.#folder)) this.#folder = undefined;
    this.#redraw();
  }

  /** Absolute; `undefined` where all is shown. */
  get folderPath(): string | undefined {
    return this.#folder === undefined ? undefined : this.#explorer.table.fullPath(this.#folder);
  }

  /** Shows what is below a folder; all without one. */
  open(folder: number | undefined): void {
    this.#folder = folder;
    this.show();
    this.#listening.onMove();
  }

  #goUp(): void {
    if (this.#folder === undefined) return;
    this.#current = this.#folder;
    this.open(this.#explorer.table.parent(this.#folder));
  }

  #onClick({ target }: MouseEvent): void {
    const cell = target instanceof Element ? target.closest<SVGElement>('[data-path]') : null;
    const path = cell?.dataset.path === undefined ? undefined : Number(cell.dataset.path);
    if (path !== undefined) this.#enter(path);
  }

  #enter(path: number): void {
    if (!this.#explorer.view.hasBelow(path)) this.#listening.onChoose(path);
    else this.open(path);
  }

  /** Arrows go from cell to cell by size, Enter goes into one, Backspace out of it. */
  #onKey(event: KeyboardEvent): void {
    const at = this.#current === undefined ? 0 : Math.max(0, this.#cells.indexOf(this.#current));
    const last = this.#cells.length - 1;
    const wanted = {
      ArrowRight: at + 1,
      ArrowDown: at + 1,
      ArrowLeft: at - 1,
      ArrowUp: at - 1,
      Home: 0,
      End: last,
    }[event.key];
    const path = this.#cells[at];
    if (wanted !== undefined) this.#goTo(this.#cells[Math.min(last, Math.max(0, wanted))]);
    else if (event.key === 'Enter' && path !== undefined) this.#enter(path);
    else if (event.key === 'Backspace') this.#goUp();
    else return;
    event.preventDefault();
  }

  #goTo(path: number | undefined): void {
    this.#current = path;
    for (const cell of this.#canvas.querySelectorAll<SVGElement>('[role=option]'))
      cell.setAttribute('aria-selected', String(Number(cell.dataset.path) === path));
    if (path !== undefined) this.#canvas.setAttribute('aria-activedescendant', cellId(path));
  }

  #legend(): readonly HTMLElement[] {
    const { added, modified, wastedFilter } = this.#words;
    return Object.entries({ added, modified, wasted: wastedFilter }).map(([kind, text]) => {
      const mark = svg('svg', { width: 12, height: 12, 'aria-hidden': 'true' });
      const shape = { x: 1, y: 1, width: 10, height: 10 };
      mark.append(svg('g', { class: 'cell' }, svg('rect', { ...shape, class: `cell-${kind}` })));
      return element('span', { class: 'map-legend' }, mark, text);
    });
  }

  #draw(): void {
    if (this.element.closest('[hidden]')) return;
    const { width, height } = this.#canvas.getBoundingClientRect();
    if (width < 10 || height < 10) return;
    const { table, view } = this.#explorer;
    const folder = this.#folder;
    const bytes = folder === undefined ? view.totalBytes : view.bytes(folder);
    const name = folder === undefined ? '/' : visibleText(table.fullPath(folder), 1000);
    this.#where.textContent = `${name} · ${formatSize(bytes)}`;
    this.#up.toggleAttribute('hidden', folder === undefined);
    this.#cells = [];
    if (bytes === 0) {
      this.#describe(undefined);
      this.#nothing();
      return;
    }
    this.#drawn = 0;
    const label = fill(this.#words.mapPicture, name, this.#inWords(folder, bytes));
    const picture = svg('svg', { role: 'presentation', width, height });
    this.#drawFolder(picture, folder, { x: 0, y: 0, width, height }, 0);
    this.#canvas.replaceChildren(picture);
    this.#describe(this.#cells.length > 0 ? label : undefined);
    const isThere = this.#current !== undefined && this.#cells.includes(this.#current);
    this.#goTo(isThere ? this.#current : this.#cells[0]);
  }

  /** Why there is nothing to draw. */
  #nothing(): void {
    const { noMatch, noMatchHint, clearFilters, mapEmpty } = this.#words;
    const { all, length } = this.#explorer.view;
    const isFiltered = all > length;
    if (isFiltered) {
      const action = { label: clearFilters, onPress: () => this.#listening.onShowAll() };
      this.#state.empty({ title: noMatch, text: fill(noMatchHint, formatCount(all)), action });
    } else this.#state.empty({ title: mapEmpty });
    if (!this.#state.element.isConnected) this.#canvas.replaceChildren(this.#state.element);
  }

  /** @param label of the picture; without one there is none */
  #describe(label: string | undefined): void {
    const attributes = { role: 'listbox', tabindex: '0', 'aria-label': label ?? '' };
    for (const [name, value] of Object.entries(attributes)) {
      if (label === undefined) this.#canvas.removeAttribute(name);
      else this.#canvas.setAttribute(name, value);
    }
    this.#canvas.removeAttribute('aria-activedescendant');
  }

  #inWords(folder: number | undefined, bytes: number): string {
    const paths = this.#bySize(folder);
    const texts = paths.slice(0, told).map((path) => this.#cellText(path, bytes));
    if (paths.length > told) texts.push(fill(this.#words.rest, paths.length - told));
    return texts.join(', ');
  }

  /** @param bytes of the folder that it is in */
  #cellText(path: number, bytes: number): string {
    const { table, view } = this.#explorer;
    const share = formatPercent(view.bytes(path) / bytes);
    return `${visibleText(table.name(path), 100)} ${formatSize(view.bytes(path))} (${share})`;
  }

  #bySize(folder: number | undefined): number[] {
    const { tree, view } = this.#explorer;
    return tree
      .childrenOf(folder)
      .filter((path) => view.bytes(path) > 0)
      .sort((a, b) => view.bytes(b) - view.bytes(a));
  }

  /** What lies deeper is told of once somebody goes there. */
  #cellRole(path: number, depth: number): Readonly<Record<string, string>> {
    if (depth > 0) return { 'aria-hidden': 'true' };
    this.#cells.push(path);
    const { view } = this.#explorer;
    const bytes = this.#folder === undefined ? view.totalBytes : view.bytes(this.#folder);
    return { role: 'option', id: cellId(path), 'aria-label': this.#cellText(path, bytes) };
  }

  #drawFolder(into: SVGElement, folder: number | undefined, box: Box, depth: number): void {
    const { view } = this.#explorer;
    const paths = this.#bySize(folder);
    const boxes = squarify(
      paths.map((path) => view.bytes(path)),
      box,
    );
    for (const [at, part] of boxes.entries()) {
      const path = paths[at];
      if (path === undefined || this.#drawn >= mostBoxes) return;
      if (part.width >= smallestSide && part.height >= smallestSide) this.#drawPath(into, path, part, depth);
    }
  }

  #drawPath(into: SVGElement, path: number, box: Box, depth: number): void {
    this.#drawn++;
    const { table, view } = this.#explorer;
    const name = visibleText(table.name(path), 100);
    const kind = view.isWasted(path) ? 'wasted' : (view.isHit(path) && view.mark(path)) || 'plain';
    const shape = { x: box.x, y: box.y, width: box.width - 1, height: box.height - 1 };
    const isFolder = view.hasBelow(path);
    const cell = svg('g', { class: 'cell', 'data-path': path, ...this.#cellRole(path, depth) });
    cell.append(
      svg('title', {}, `${visibleText(table.fullPath(path), 300)}\n${formatSize(view.bytes(path))}`),
      svg('rect', { ...shape, class: isFolder ? `cell-folder depth-${Math.min(depth, 4)}` : `cell-${kind}` }),
    );
    const letters = Math.floor((box.width - 8) / letterWidth);
    const isLabelled = letters >= 3 && box.height >= header;
    if (isLabelled) {
      const text = name.length > letters ? `${name.slice(0, letters - 1)}…` : name;
      cell.append(svg('text', { x: box.x + 4, y: box.y + 12 }, text));
    }
    into.append(cell);
    const top = isLabelled ? header : 2;
    const inner = { x: box.x + 2, y: box.y + top, width: box.width - 5, height: box.height - top - 3 };
    if (isFolder && inner.width > 12 && inner.height > 12) this.#drawFolder(into, path, inner, depth + 1);
  }
}

function cellId(path: number): string {
  return `cell-${path}`;
}
