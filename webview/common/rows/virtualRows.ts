import { element, onceAFrame } from '../dom.ts';
import { RowWindow } from './rowWindow.ts';
import { type Move, moveFor, type RowShapes } from './treeKeys.ts';
import { TypeAhead } from './typeAhead.ts';

/** What a tree or list shows. Rows are known by their number; nothing is made for those out of sight. */
export interface Rows extends RowShapes {
  /** Place among the rows with the same parent, from 1, and how many those are. */
  place(at: number): { readonly position: number; readonly setSize: number };
  /** What typing looks for. */
  label(at: number): string;
  /** Fills an empty element, behind the indent and the twistie. */
  draw(at: number, content: HTMLElement): void;
  /** What VS Code's context menu of the row is given (`webview/context`). */
  context?(at: number): Readonly<Record<string, unknown>>;
}

export interface VirtualRowsOptions {
  readonly role: 'tree' | 'listbox';
  /** What it is, read out when it is entered. */
  readonly name: string;
  readonly rows: Rows;
  /** Pixels; 22 or what the font needs. */
  readonly rowHeight?: number;
  readonly onToggle?: (at: number) => void;
  /** Enter, or a double click. */
  readonly onOpen?: (at: number) => void;
  /** Another row has become the current one. */
  readonly onMove?: (at: number) => void;
  readonly onScroll?: (scrollTop: number) => void;
  /** Keys that the rows do not know. True where it was one of the page's. */
  readonly onKey?: (event: KeyboardEvent, at: number) => boolean;
}

const beyond = 6;
let lists = 0;

/**
 * A tree or list that has only the rows in sight in the document, of one fixed height. It has the focus itself and tells by
 * `aria-activedescendant` which row is the current one, which therefore is always there.
 */
export class VirtualRows {
  readonly element: HTMLElement;
  readonly #options: VirtualRowsOptions;
  readonly #canvas: HTMLElement;
  readonly #prefix = `rows${++lists}`;
  readonly #shown = new Map<number, HTMLElement>();
  readonly #free: HTMLElement[] = [];
  readonly #typeAhead = new TypeAhead();
  readonly #update = onceAFrame(() => this.#render());
  #rowHeight: number;
  #current = 0;
  #made = 0;
  #height = 0;
  /** As last heard: asking the element would have the page laid out each time. */
  #heardScrollTop = 0;
  #scrollOnceLaidOut: number | undefined;

  constructor(options: VirtualRowsOptions) {
    this.#options = options;
    this.#rowHeight = options.rowHeight ?? 22;
    this.#canvas = element('div', { class: 'rows-canvas', attributes: { role: 'presentation' } });
    const { role, name } = options;
    const attributes = { role, 'aria-label': name, tabindex: '0' };
    this.element = element('div', { class: 'rows', attributes }, this.#canvas);
    this.element.style.setProperty('--row-height', `${this.#rowHeight}px`);
    this.#listen();
  }

  /** The row that keys act on. */
  get current(): number {
    return this.#current;
  }

  /** No further than there is something: a list that has become shorter is scrolled back when it is laid out. */
  get scrollTop(): number {
    return Math.min(this.#heardScrollTop, Math.max(0, this.#window.scrollHeight - this.#height));
  }

  /** Pixels. The current row stays in sight. */
  set rowHeight(pixels: number) {
    if (pixels === this.#rowHeight) return;
    this.#rowHeight = pixels;
    this.element.style.setProperty('--row-height', `${pixels}px`);
    this.#reveal();
    this.#render();
  }

  /** The rows are others, or look otherwise. @param current the row to be the current one now */
  refresh(current = this.#current): void {
    this.#current = Math.max(0, Math.min(current, this.#options.rows.length - 1));
    for (const [at, row] of this.#shown) {
      if (at < this.#options.rows.length) this.#fill(at, row);
      else this.#release(at, row);
    }
    this.#render();
  }

  /** Makes a row the current one and brings it into sight. */
  goTo(at: number): void {
    const before = this.#current;
    this.#current = at;
    this.#scrollOnceLaidOut = undefined;
    this.#reveal();
    this.#mark(before);
    this.#render();
    this.#options.onMove?.(at);
  }

  scrollTo(scrollTop: number): void {
    if (this.#height === 0) this.#scrollOnceLaidOut = scrollTop;
    else this.#scroll(scrollTop);
    this.#render();
  }

  focus(): void {
    this.element.focus({ preventScroll: true });
  }

  get #window(): RowWindow {
    return new RowWindow(this.#options.rows.length, this.#rowHeight, this.#height);
  }

  #listen(): void {
    const { element: list } = this;
    new ResizeObserver(([entry]) => this.#resized(entry?.contentRect.height ?? 0)).observe(list);
    list.addEventListener('scroll', () => {
      this.#heardScrollTop = list.scrollTop;
      this.#update();
      this.#options.onScroll?.(this.scrollTop);
    });
    list.addEventListener('keydown', (event) => this.#onKey(event));
    list.addEventListener('click', (event) => this.#onClick(event));
    list.addEventListener('dblclick', (event) => {
      const at = this.#rowOf(event);
      if (at !== undefined && !isTwistie(event)) this.#options.onOpen?.(at);
    });
    list.addEventListener('contextmenu', (event) => this.#onMenu(event), { capture: true });
  }

  /** Where it was not laid out, or larger, the current row might be out of sight now; where a person has left it, it stays so. */
  #resized(height: number): void {
    const { scrollTop } = this;
    if (height === 0 && this.#height > 0) this.#scrollOnceLaidOut = scrollTop;
    const wasSeen = this.#height === 0 || this.#window.reveal(this.#current, scrollTop) === scrollTop;
    this.#height = height;
    if (this.#scrollOnceLaidOut !== undefined) this.#scroll(this.#scrollOnceLaidOut);
    else if (wasSeen) this.#reveal();
    if (height > 0) this.#scrollOnceLaidOut = undefined;
    this.#render();
  }

  /** Brings the current row into sight; where nothing is laid out yet, `#resized` will. */
  #reveal(): void {
    if (this.#height === 0) return;
    const { scrollTop } = this;
    const wanted = this.#window.reveal(this.#current, scrollTop);
    if (wanted !== scrollTop) this.#scroll(wanted);
  }

  /** Only as far as there is something can it be scrolled. */
  #scroll(scrollTop: number): void {
    this.#canvas.style.height = `${this.#window.scrollHeight}px`;
    this.element.scrollTop = scrollTop;
    this.#heardScrollTop = this.element.scrollTop;
  }

  /** Nothing before it is laid out: `#resized` follows. */
  #render(): void {
    if (this.#height === 0) return;
    const { rows } = this.#options;
    const { scrollTop } = this;
    const view = this.#window;
    this.#canvas.style.height = `${view.scrollHeight}px`;
    const [first, end] = view.range(scrollTop, beyond);
    const isWanted = (at: number) => (at >= first && at < end) || (at === this.#current && at < rows.length);
    for (const [at, row] of this.#shown) if (!isWanted(at)) this.#release(at, row);
    for (let at = first; at < end; at++) this.#show(at);
    if (rows.length > 0) this.#show(this.#current);
    for (const [at, row] of this.#shown) row.style.transform = `translateY(${view.offset(at, scrollTop)}px)`;
    this.#pointToCurrent();
  }

  #show(at: number): void {
    if (this.#shown.has(at)) return;
    const row = this.#free.pop() ?? this.#makeRow();
    this.#shown.set(at, row);
    this.#fill(at, row);
    row.hidden = false;
  }

  #release(at: number, row: HTMLElement): void {
    this.#shown.delete(at);
    row.hidden = true;
    this.#free.push(row);
  }

  #makeRow(): HTMLElement {
    const role = this.#options.role === 'tree' ? 'treeitem' : 'option';
    const parts = ['row-indent', 'row-twistie', 'row-content'].map((name) => element('div', { class: name }));
    const id = `${this.#prefix}-${++this.#made}`;
    const row = element('div', { class: 'row', attributes: { role, id } }, ...parts);
    this.#canvas.append(row);
    return row;
  }

  #fill(at: number, row: HTMLElement): void {
    const { rows, role } = this.#options;
    const { level, expanded } = rows.shape(at);
    const { position, setSize } = rows.place(at);
    row.dataset.at = String(at);
    row.ariaPosInSet = String(position);
    row.ariaSetSize = String(setSize);
    row.ariaSelected = String(at === this.#current);
    if (role === 'tree') row.ariaLevel = String(level);
    if (role === 'tree') row.ariaExpanded = expanded === undefined ? null : String(expanded);
    row.style.setProperty('--level', String(level - 1));
    const content = row.lastElementChild as HTMLElement;
    content.replaceChildren();
    rows.draw(at, content);
    const context = rows.context?.(at);
    if (context) row.dataset.vscodeContext = JSON.stringify(context);
    else delete row.dataset.vscodeContext;
  }

  #mark(before: number): void {
    this.#shown.get(before)?.setAttribute('aria-selected', 'false');
    this.#shown.get(this.#current)?.setAttribute('aria-selected', 'true');
  }

  #pointToCurrent(): void {
    const id = this.#shown.get(this.#current)?.id;
    if (id === undefined) this.element.removeAttribute('aria-activedescendant');
    else this.element.setAttribute('aria-activedescendant', id);
  }

  #onKey(event: KeyboardEvent): void {
    if (this.#options.rows.length === 0 || this.#options.onKey?.(event, this.#current)) return;
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const isText = event.key.length === 1 && (event.key !== ' ' || this.#typeAhead.isTyping(event.timeStamp));
    if (isText) this.#type(event);
    else this.#move(event, moveFor(event.key, this.#current, this.#window.page, this.#options.rows));
  }

  #type(event: KeyboardEvent): void {
    const { rows } = this.#options;
    const label = (at: number) => rows.label(at);
    const found = this.#typeAhead.find(event.key, event.timeStamp, this.#current, rows.length, label);
    event.preventDefault();
    if (found !== undefined) this.goTo(found);
  }

  #move(event: KeyboardEvent, move: Move | undefined): void {
    if (!move) return;
    event.preventDefault();
    if (move.kind === 'go') this.goTo(move.at);
    else {
      if (move.kind === 'toggle') this.#options.onToggle?.(move.at);
      else this.#options.onOpen?.(move.at);
      this.#reveal();
      this.#render();
    }
  }

  #onClick(event: MouseEvent): void {
    const at = this.#rowOf(event);
    if (at === undefined) return;
    this.focus();
    if (at !== this.#current) this.goTo(at);
    // The second click of a double click is none of its own.
    if (event.detail <= 1 && this.#options.rows.shape(at).expanded !== undefined)
      this.#options.onToggle?.(at);
  }

  /** A menu asked for by key is the list's; it is meant for the current row. VS Code reads whose it is afterwards. */
  #onMenu(event: MouseEvent): void {
    const at = this.#rowOf(event);
    if (at !== undefined && at !== this.#current) this.goTo(at);
    const context = this.#shown.get(this.#current)?.dataset.vscodeContext;
    if (context === undefined) delete this.element.dataset.vscodeContext;
    else this.element.dataset.vscodeContext = context;
  }

  #rowOf(event: Event): number | undefined {
    const row = event.target instanceof Element ? event.target.closest<HTMLElement>('.row') : null;
    return row?.dataset.at === undefined ? undefined : Number(row.dataset.at);
  }
}

function isTwistie(event: Event): boolean {
  return event.target instanceof Element && event.target.closest('.row-twistie') !== null;
}
