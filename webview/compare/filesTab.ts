import {
  type ChangeKind,
  type CompareView,
  changeKinds,
  type FileChanges,
  mostToggled,
} from '../../src/protocol/comparePage.ts';
import { button, type Control, checkbox, group, textField } from '../common/controls.ts';
import { element, onceAFrame } from '../common/dom.ts';
import { fill, formatCount, formatSize } from '../common/format.ts';
import { iconOf } from '../common/icons.ts';
import { VirtualRows } from '../common/rows/virtualRows.ts';
import { StateView } from '../common/states.ts';
import { visibleText } from '../common/visibleText.ts';
import { badge, noBadge } from './badge.ts';
import { type ChangedNode, ChangedTree, isFolder, type VisibleNode } from './changedTree.ts';
import type { Words } from './comparePage.ts';

/** What to show in the editor: a path on each side where there is one. */
export interface FilePair {
  readonly before?: string;
  readonly after?: string;
}

export interface FilesTabOptions {
  readonly words: Words;
  readonly view: CompareView;
  readonly onOpen: (pair: FilePair) => void;
  readonly onCopy: (text: string) => void;
  readonly onView: (view: Partial<CompareView>) => void;
  readonly onScroll: (scrollTop: number) => void;
}

/** The changed paths as a tree, with what to look for in it. */
export class FilesTab {
  readonly element: HTMLElement;
  readonly #options: FilesTabOptions;
  readonly #tree: ChangedTree;
  readonly #rows: VirtualRows;
  readonly #state: StateView;
  readonly #hidden: Set<ChangeKind>;
  readonly #open: Control;
  readonly #copy: Control;
  readonly #update = onceAFrame(() => {
    if (!this.#isWhole) this.#refresh();
  });
  #search: string;
  /** The row to come back to once it is there. */
  #path: string | undefined;
  /** Nothing of where it is scrolled to is to be kept before all paths have come. */
  #isWhole = false;
  /** The current row is set, not chosen: what was chosen may be in sight again later. */
  #isRefreshing = false;

  constructor(options: FilesTabOptions) {
    this.#options = options;
    const { words, view } = options;
    this.#search = view.search ?? '';
    this.#hidden = new Set(view.hidden);
    this.#path = view.path;
    this.#tree = new ChangedTree(view.toggled);
    this.#tree.show({ search: this.#search, hidden: this.#hidden });
    this.#state = new StateView(words);
    this.#rows = this.#makeRows();
    this.#open = button({ label: words.openDiff, onPress: () => this.#openRow(this.#current) });
    this.#copy = button({ label: words.copyPath, onPress: () => this.#copyRow(this.#current) });
    this.element = element(
      'div',
      { class: 'list-tab' },
      this.#toolbar(),
      this.#state.element,
      this.#rows.element,
    );
    this.#refresh();
  }

  add(changes: FileChanges): void {
    this.#tree.add(changes);
    this.#update();
  }

  /** All paths have come: shows the place that was kept. */
  comeBack(): void {
    const scrollTop = this.#options.view.scroll?.files;
    this.#refresh();
    this.#isWhole = true;
    if (scrollTop !== undefined) this.#rows.scrollTo(scrollTop);
  }

  #toolbar(): HTMLElement {
    const { words } = this.#options;
    const search = textField({
      name: words.search,
      placeholder: words.search,
      value: this.#search,
      onInput: (value) =>
        this.#look(() => {
          this.#search = value;
        }),
      onLeave: () => this.#rows.focus(),
    });
    search.element.classList.add('search');
    const kinds = changeKinds.map((kind) =>
      checkbox({
        label: words[kind],
        checked: !this.#hidden.has(kind),
        onChange: (checked) =>
          this.#look(() => {
            if (checked) this.#hidden.delete(kind);
            else this.#hidden.add(kind);
          }),
      }),
    );
    return element(
      'div',
      { class: 'controls toolbar' },
      search.element,
      group(words.show, ...kinds),
      element('div', { class: 'controls actions' }, this.#open.element, this.#copy.element),
    );
  }

  #look(change: () => void): void {
    change();
    const { onView } = this.#options;
    onView({ search: this.#search, hidden: [...this.#hidden] });
    this.#tree.show({ search: this.#search, hidden: this.#hidden });
    this.#refresh();
  }

  #makeRows(): VirtualRows {
    const visible = (at: number): VisibleNode | undefined => this.#tree.visible[at];
    const lengthOf = () => this.#tree.visible.length;
    return new VirtualRows({
      role: 'tree',
      name: this.#options.words.files,
      rows: {
        get length() {
          return lengthOf();
        },
        shape: (at) => ({ level: visible(at)?.node.level ?? 1, expanded: visible(at)?.expanded }),
        place: (at) => ({ position: visible(at)?.position ?? 1, setSize: visible(at)?.setSize ?? 1 }),
        label: (at) => visible(at)?.node.name ?? '',
        draw: (at, content) => {
          const one = visible(at);
          if (one) drawNode(one, content, this.#options.words);
        },
      },
      onToggle: (at) => this.#toggle(at),
      onOpen: (at) => (visible(at)?.expanded === undefined ? this.#openRow(visible(at)) : this.#toggle(at)),
      onMove: (at) => this.#moved(visible(at)),
      onScroll: (scrollTop) => this.#isWhole && this.#options.onScroll(Math.round(scrollTop)),
      onKey: (event, at) => this.#onKey(event, at),
    });
  }

  get #current(): VisibleNode | undefined {
    return this.#tree.visible[this.#rows.current];
  }

  #toggle(at: number): void {
    const one = this.#tree.visible[at];
    if (!one) return;
    this.#tree.toggle(one.node);
    this.#options.onView({ toggled: this.#tree.toggled.slice(-mostToggled) });
    this.#rows.refresh(at);
  }

  /** The rows are others: the current one stays what it was, as far as it is still there. */
  #refresh(): void {
    const { words } = this.#options;
    const at = this.#path === undefined ? 0 : this.#tree.find(this.#path);
    this.#rows.refresh(at);
    this.#isRefreshing = true;
    if (this.#tree.visible.length > 0) this.#rows.goTo(at);
    this.#isRefreshing = false;
    const isEmpty = this.#tree.size > 0 && this.#tree.visible.length === 0;
    if (isEmpty) this.#state.empty({ title: words.noMatch, text: words.noMatchText });
    else this.#state.clear();
    this.#rows.element.hidden = isEmpty;
    this.#enable();
  }

  #moved(one: VisibleNode | undefined): void {
    if (one && !this.#isRefreshing) {
      this.#path = one.node.path;
      this.#options.onView({ path: one.node.path });
    }
    this.#enable();
  }

  #enable(): void {
    this.#open.disabled = this.#current?.node.change?.openable !== true;
    this.#copy.disabled = this.#current === undefined;
  }

  #openRow(one: VisibleNode | undefined): void {
    const pair = one && filePair(one.node);
    if (pair) this.#options.onOpen(pair);
  }

  #copyRow(one: VisibleNode | undefined): void {
    if (one) this.#options.onCopy(one.node.path);
  }

  #onKey(event: KeyboardEvent, at: number): boolean {
    if (event.key.toLowerCase() !== 'c' || !(event.ctrlKey || event.metaKey)) return false;
    event.preventDefault();
    this.#copyRow(this.#tree.visible[at]);
    return true;
  }
}

function filePair({ path, change }: ChangedNode): FilePair | undefined {
  if (!change?.openable) return undefined;
  switch (change.kind) {
    case 'added':
      return { after: path };
    case 'removed':
      return { before: path };
    case 'renamed':
      return { before: change.detail, after: path };
    case 'modified':
      return { before: path, after: path };
  }
}

function drawNode({ node }: VisibleNode, content: HTMLElement, words: Words): void {
  const { change, name } = node;
  const isGone = change?.kind === 'removed';
  content.append(
    change ? badge(change.kind, words) : noBadge(),
    iconOf(isFolder(node) ? 'folder' : 'file'),
    element('span', { class: `foreign file-name${isGone ? ' gone' : ''}`, text: visibleText(name) }),
  );
  const detail = detailText(node, words);
  if (detail !== '') content.append(element('span', { class: 'foreign quiet detail', text: detail }));
  const size = isFolder(node) ? fill(words.changeCount, formatCount(node.matches)) : sizeText(node);
  content.append(element('span', { class: 'quiet size', text: size }));
}

function detailText({ change }: ChangedNode, words: Words): string {
  if (!change || change.detail === '') return '';
  const detail = visibleText(change.detail, 300);
  return change.kind === 'renamed' ? fill(words.from, detail) : detail;
}

function sizeText({ change }: ChangedNode): string {
  if (!change?.openable) return '';
  const { kind, sizeBefore, sizeAfter } = change;
  if (kind === 'modified' && sizeBefore !== sizeAfter) {
    return `${formatSize(sizeBefore)} → ${formatSize(sizeAfter)}`;
  }
  return formatSize(kind === 'removed' ? sizeBefore : sizeAfter);
}
