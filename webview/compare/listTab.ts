import { button } from '../common/controls.ts';
import { element } from '../common/dom.ts';
import { VirtualRows } from '../common/rows/virtualRows.ts';

export interface ListListening {
  onCopy(text: string): void;
  onMove(at: number): void;
  onScroll(scrollTop: number): void;
}

export interface ListTabOptions<T> extends ListListening {
  readonly name: string;
  readonly copyLabel: string;
  /** What the pane below the list is called. */
  readonly detailsLabel: string;
  /** Pixels. */
  readonly rowHeight: number;
  /** Pixels where the page is narrow, as `compare.css` has it; the same where it says nothing. */
  readonly narrowRowHeight?: number;
  /** What typing looks for. */
  label(item: T): string;
  draw(item: T, content: HTMLElement): void;
  /** All of it, in the pane below the list. */
  details(item: T): readonly Node[];
  /** As text, for the clipboard. */
  text(item: T): string;
}

/** Where in a list one is. */
export interface ListPlace {
  /** Row. */
  readonly at: number;
  /** Pixels; where that is not known, as far as the row is seen. */
  readonly scrollTop?: number | undefined;
}

/** A list of differences, and below it the current one at full length. */
export class ListTab<T> {
  readonly element: HTMLElement;
  readonly #options: ListTabOptions<T>;
  readonly #rows: VirtualRows;
  readonly #details: HTMLElement;
  #items: readonly T[] = [];

  constructor(options: ListTabOptions<T>) {
    this.#options = options;
    const item = <R>(at: number, read: (item: T) => R, otherwise: R): R => {
      const one = this.#items[at];
      return one === undefined ? otherwise : read(one);
    };
    const lengthOf = () => this.#items.length;
    this.#rows = new VirtualRows({
      role: 'listbox',
      name: options.name,
      rowHeight: options.rowHeight,
      rows: {
        get length() {
          return lengthOf();
        },
        shape: () => ({ level: 1 }),
        place: (at) => ({ position: at + 1, setSize: this.#items.length }),
        label: (at) => item(at, options.label, ''),
        draw: (at, content) => item(at, (one) => options.draw(one, content), undefined),
      },
      onMove: (at) => this.#moved(at),
      onScroll: (scrollTop) => options.onScroll(Math.round(scrollTop)),
      onKey: (event, at) => this.#onKey(event, at),
    });
    this.#followWidth(options);
    const attributes = { role: 'region', 'aria-label': options.detailsLabel, tabindex: '0' };
    this.#details = element('div', { class: 'details', attributes });
    this.element = element('div', { class: 'list-tab' }, this.#rows.element, this.#details);
  }

  #followWidth({ rowHeight, narrowRowHeight = rowHeight }: ListTabOptions<T>): void {
    const follow = ({ matches }: { readonly matches: boolean }) => {
      this.#rows.rowHeight = matches ? narrowRowHeight : rowHeight;
    };
    const narrow = matchMedia('(max-width: 520px)');
    narrow.addEventListener('change', follow);
    follow(narrow);
  }

  show(items: readonly T[], { at, scrollTop }: ListPlace): void {
    this.#items = items;
    this.#rows.refresh(0);
    if (items.length > 0) this.#rows.goTo(Math.min(at, items.length - 1));
    if (scrollTop !== undefined) this.#rows.scrollTo(scrollTop);
  }

  #moved(at: number): void {
    const item = this.#items[at];
    if (item === undefined) return;
    this.#options.onMove(at);
    const copy = button({
      label: this.#options.copyLabel,
      onPress: () => this.#options.onCopy(this.#options.text(item)),
    });
    this.#details.replaceChildren(
      ...this.#options.details(item),
      element('div', { class: 'controls' }, copy.element),
    );
  }

  #onKey(event: KeyboardEvent, at: number): boolean {
    const item = this.#items[at];
    if (item === undefined || event.key.toLowerCase() !== 'c' || !(event.ctrlKey || event.metaKey))
      return false;
    event.preventDefault();
    this.#options.onCopy(this.#options.text(item));
    return true;
  }
}
