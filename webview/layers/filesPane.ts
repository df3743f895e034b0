import { type LayerFacts, type Mark, marks, type Scope, type Sort } from '../../src/protocol/layersPage.ts';
import { checkbox, dropdown, group, textField } from '../common/controls.ts';
import { element, onceAFrame } from '../common/dom.ts';
import { fill, formatCount, formatSize } from '../common/format.ts';
import { VirtualRows } from '../common/rows/virtualRows.ts';
import { StateView } from '../common/states.ts';
import type { Choice, Explorer } from './model/explorer.ts';
import { PathFooter } from './pathFooter.ts';
import { PathRows } from './pathRows.ts';
import type { OwnPage } from './words.ts';

/** The tree of files with what it can be searched and filtered by. */
export class FilesPane {
  readonly element: HTMLElement;
  readonly #page: OwnPage;
  readonly #explorer: Explorer;
  readonly #rows: PathRows;
  readonly #tree: VirtualRows;
  readonly #footer: PathFooter;
  readonly #state: StateView;
  readonly #reading: StateView;
  readonly #summary = element('span', { class: 'summary quiet', attributes: { role: 'status' } });
  readonly #controls: ReturnType<FilesPane['makeControls']>;
  readonly #onChange: () => void;
  /** Whether all paths have come, if there are any. */
  isWhole = false;
  readonly #lookAgain = onceAFrame(() => this.#search());
  #query: string;

  /** @param onChange somebody has chosen, gone or scrolled elsewhere */
  constructor(page: OwnPage, explorer: Explorer, layers: readonly LayerFacts[], onChange: () => void) {
    this.#page = page;
    this.#explorer = explorer;
    this.#onChange = onChange;
    this.#query = explorer.choice.query;
    this.#state = new StateView(page.strings);
    this.#reading = new StateView(page.strings);
    this.#reading.element.classList.add('compact');
    this.#rows = new PathRows(explorer, page.strings, layers, page.subject);
    this.#footer = new PathFooter(page, explorer, this.#rows);
    this.#tree = this.#makeTree();
    this.#controls = this.makeControls();
    this.element = element(
      'section',
      { class: 'files' },
      this.#toolbar(),
      this.#reading.element,
      element('div', { class: 'tree' }, this.#tree.element, this.#state.element),
      this.#footer.element,
    );
  }

  get scrollTop(): number {
    return this.#tree.scrollTop;
  }

  /** Absolute. */
  get currentPath(): string | undefined {
    const row = this.#explorer.tree.row(this.#tree.current);
    return row && this.#explorer.table.fullPath(row.path);
  }

  /** The explorer has something else to show. @param current the path to be the current row, where it is there */
  show(current: number | undefined = this.#currentNumber): void {
    const { tree } = this.#explorer;
    this.#tree.refresh(current === undefined ? 0 : (tree.rowOf(current) ?? 0));
    this.#tell();
    this.#footer.show(this.#currentNumber);
  }

  /** That there is more to come, or why it does not come: beside what is there already. */
  get reading(): StateView {
    return this.#reading;
  }

  scrollTo(scrollTop: number): void {
    this.#tree.scrollTo(scrollTop);
  }

  /** Shows a path and makes it the current row. */
  reveal(path: number): void {
    const row = this.#explorer.reveal(path);
    this.#tree.refresh();
    if (row !== undefined) this.#tree.goTo(row);
    this.#tree.focus();
  }

  /** Takes over what was chosen elsewhere. */
  take(): void {
    const { scope, query, filters } = this.#explorer.choice;
    this.#controls.scope.value = scope;
    this.#controls.search.value = query;
    this.#query = query;
    for (const [mark, box] of this.#controls.filters) box.value = filters.includes(mark);
  }

  get #currentNumber(): number | undefined {
    return this.#explorer.tree.row(this.#tree.current)?.path;
  }

  #makeTree(): VirtualRows {
    return new VirtualRows({
      role: 'tree',
      name: this.#page.strings.files,
      rows: this.#rows,
      onToggle: (at) => this.#toggle(at),
      onOpen: (at) => this.#open(at),
      onMove: () => {
        this.#footer.show(this.#currentNumber);
        this.#onChange();
      },
      onScroll: () => this.#onChange(),
      onKey: (event) => this.#footer.onKey(event),
    });
  }

  protected makeControls() {
    const words = this.#page.strings;
    const { scope, sort, filters } = this.#explorer.choice;
    const scopes: readonly { readonly value: Scope; readonly label: string }[] = [
      { value: 'changes', label: words.scopeChanges },
      { value: 'layer', label: words.scopeLayer },
      { value: 'image', label: words.scopeImage },
    ];
    const sorts: readonly { readonly value: Sort; readonly label: string }[] = [
      { value: 'name', label: words.sortByName },
      { value: 'size', label: words.sortBySize },
    ];
    const choose = (change: Partial<Choice>) => this.#choose(change);
    return {
      scope: dropdown({
        name: words.scope,
        choices: scopes,
        value: scope,
        onChange: (value) => choose({ scope: value }),
      }),
      sort: dropdown({
        name: words.sort,
        choices: sorts,
        value: sort,
        onChange: (value) => choose({ sort: value }),
      }),
      search: textField({
        name: words.search,
        placeholder: words.searchHint,
        value: this.#query,
        onInput: (value) => {
          this.#query = value;
          this.#lookAgain();
        },
        onLeave: () => this.#tree.focus(),
      }),
      filters: new Map(
        marks.map((mark) => [
          mark,
          checkbox({
            label: mark === 'wasted' ? words.wastedFilter : words[mark],
            checked: filters.includes(mark),
            onChange: () => choose({ filters: this.#checked() }),
          }),
        ]),
      ),
    };
  }

  #toolbar(): HTMLElement {
    const { scope, sort, search, filters } = this.#controls;
    const boxes = [...filters].map(([mark, box]) => {
      box.element.dataset.mark = mark;
      return box;
    });
    return element(
      'div',
      { class: 'toolbar' },
      element('div', { class: 'controls' }, scope.element, sort.element),
      element('div', { class: 'search' }, search.element),
      group(this.#page.strings.filters, ...boxes),
      this.#summary,
    );
  }

  #checked(): readonly Mark[] {
    return marks.filter((mark) => this.#controls.filters.get(mark)?.value);
  }

  #search(): void {
    if (this.#query !== this.#explorer.choice.query) this.#choose({ query: this.#query });
  }

  #choose(change: Partial<Choice>): void {
    const current = this.#currentNumber;
    this.#explorer.choose(change);
    this.show(current);
    this.#onChange();
  }

  #toggle(at: number): void {
    const path = this.#explorer.tree.row(at)?.path;
    if (path === undefined) return;
    this.#explorer.toggle(path);
    this.show(path);
    this.#onChange();
  }

  #open(at: number): void {
    const path = this.#explorer.tree.row(at)?.path;
    if (path === undefined) return;
    if (this.#rows.isFile(path)) this.#footer.open(path);
    else this.#toggle(at);
  }

  /** How much there is, or why there is nothing. */
  #tell(): void {
    const words = this.#page.strings;
    const { view } = this.#explorer;
    const summary = view.length === 1 ? words.summaryOfOne : words.summary;
    this.#summary.textContent = fill(summary, formatCount(view.length), formatSize(view.totalBytes));
    this.#state.clear();
    if (view.length > 0 || (!this.isWhole && view.table.length === 0)) return;
    if (view.all === 0) this.#state.empty({ title: words.nothingHere });
    else {
      this.#state.empty({
        title: words.noMatch,
        text: fill(words.noMatchHint, formatCount(view.all)),
        action: { label: words.clearFilters, onPress: () => this.showAll() },
      });
    }
  }

  /** Nothing is searched or filtered for any more. */
  showAll(): void {
    this.#explorer.choose({ query: '', filters: [] });
    this.take();
    this.show();
    this.#onChange();
  }
}
