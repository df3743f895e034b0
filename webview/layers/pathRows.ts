import {
  type LayerFacts,
  type LayerPlace,
  type LayersSubject,
  pathTypes,
  type RowContext,
} from '../../src/protocol/layersPage.ts';
import { element } from '../common/dom.ts';
import { formatSize } from '../common/format.ts';
import { type IconName, iconOf } from '../common/icons.ts';
import type { Rows } from '../common/rows/virtualRows.ts';
import { visibleText } from '../common/visibleText.ts';
import type { Explorer } from './model/explorer.ts';
import type { Words } from './words.ts';

const icons: Readonly<Record<(typeof pathTypes)[number], IconName>> = {
  directory: 'folder',
  file: 'file',
  symlink: 'link',
  hardlink: 'link',
  other: 'device',
};

const letters = { added: 'A', modified: 'M', removed: 'D' } as const;

/** The paths of the explorer as rows of a tree. */
export class PathRows implements Rows {
  readonly #explorer: Explorer;
  readonly #words: Words;
  readonly #layers: readonly LayerFacts[];
  readonly #subject: LayersSubject;

  constructor(explorer: Explorer, words: Words, layers: readonly LayerFacts[], subject: LayersSubject) {
    this.#explorer = explorer;
    this.#words = words;
    this.#layers = layers;
    this.#subject = subject;
  }

  get length(): number {
    return this.#explorer.tree.length;
  }

  shape(at: number) {
    const { tree, view } = this.#explorer;
    const row = tree.row(at);
    if (!row) return { level: 1 };
    const expanded = view.hasBelow(row.path) ? tree.isUnfolded(row.path) : undefined;
    return { level: row.level, expanded };
  }

  place(at: number) {
    const { position = 1, setSize = 1 } = this.#explorer.tree.row(at) ?? {};
    return { position, setSize };
  }

  label(at: number): string {
    const row = this.#explorer.tree.row(at);
    return row ? this.#explorer.table.name(row.path) : '';
  }

  draw(at: number, content: HTMLElement): void {
    const row = this.#explorer.tree.row(at);
    if (!row) return;
    const { table, tree, view } = this.#explorer;
    const { path } = row;
    const mark = view.isHit(path) ? view.mark(path) : undefined;
    const isWasted = view.isWasted(path);
    const change = view.changeOf(path);
    const name = visibleText(table.name(path));
    const bytes = mark === 'removed' ? table.sizeOf(change) : view.bytes(path);
    const bar = element('span', { class: 'size-bar', attributes: { 'aria-hidden': 'true' } });
    bar.style.setProperty('--share', String(mark === 'removed' ? 0 : tree.share(path)));
    content.dataset.mark = mark ?? '';
    content.dataset.wasted = String(isWasted);
    content.append(
      iconOf(icons[pathTypes[table.typeOf(change)] ?? 'other']),
      element('span', { class: 'path-name foreign', text: name, attributes: { title: name } }),
      ...this.#badges(mark, isWasted),
      bar,
      element('span', { class: 'size', text: bytes > 0 || view.hasBelow(path) ? formatSize(bytes) : '' }),
    );
  }

  context(at: number): Readonly<Record<string, unknown>> {
    const row = this.#explorer.tree.row(at);
    if (!row) return {};
    const { path } = row;
    const context: RowContext = {
      webviewSection: this.#section(path),
      preventDefaultContextMenuItems: true,
      image: this.#subject,
      ...this.placesOf(path),
    };
    return { ...context };
  }

  /** Where the path is to be looked at, and what the layer that is told of there changed. */
  placesOf(path: number) {
    const { table, view } = this.#explorer;
    const change = view.changeOf(path);
    const { first } = table.changes(path);
    const isRemoved = view.mark(path) === 'removed';
    const before = change > first && !this.#isRemoval(change - 1) ? change - 1 : undefined;
    const seen = isRemoved && before !== undefined ? before : change;
    return {
      path: table.fullPath(path),
      layer: this.#place(table.layerOf(seen)),
      before: before === undefined ? undefined : this.#place(table.layerOf(before)),
      after: isRemoved ? undefined : this.#place(table.layerOf(change)),
    };
  }

  isFile(path: number): boolean {
    return this.#section(path) === 'file';
  }

  #section(path: number): RowContext['webviewSection'] {
    const type = pathTypes[this.#explorer.table.typeOf(this.#explorer.view.changeOf(path))];
    if (type === 'directory') return 'folder';
    return type === 'other' ? 'other' : 'file';
  }

  #isRemoval(change: number): boolean {
    return this.#explorer.table.kindOf(change) === 3;
  }

  #place(position: number): LayerPlace {
    return { step: this.#layers[position]?.step ?? 0, number: position + 1 };
  }

  #badges(mark: keyof typeof letters | undefined, isWasted: boolean): Node[] {
    const badges: Node[] = [];
    if (mark) badges.push(...badge(letters[mark], this.#words[mark], mark));
    if (isWasted) badges.push(...badge('W', this.#words.wastedFilter, 'wasted'));
    return badges;
  }
}

/** A letter for those who see, the word for those who hear. */
function badge(letter: string, word: string, kind: string): Node[] {
  const attributes = { 'aria-hidden': 'true', title: word };
  return [
    element('span', { class: `badge badge-${kind}`, text: letter, attributes }),
    element('span', { class: 'hidden-text', text: word }),
  ];
}
