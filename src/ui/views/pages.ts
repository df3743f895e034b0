import { l10n, ThemeIcon, TreeItem } from 'vscode';
import { commands, viewItems } from '../../contributions.ts';
import type { LongList } from '../../engine/listing/partlySorted.ts';
import type { TreeNode } from './treeNode.ts';

/** Rows of one parent that are shown before somebody asks for more. */
export const pageSize = 200;

/** Long lists, a page at a time: of what is not shown no row is made. */
export class Pages {
  readonly #shown = new Map<string, number>();

  /** The rows of the first pages, and one that stands for the rest. */
  rows<T>(parent: TreeNode | undefined, all: LongList<T>, toNode: (one: T) => TreeNode): TreeNode[] {
    const nodes = all.slice(0, this.#shownOf(parent)).map(toNode);
    const rest = all.length - nodes.length;
    return rest > 0 ? [...nodes, new MoreNode(parent, nodes.length, rest)] : nodes;
  }

  /** Shows another page. */
  showMore({ parent }: MoreNode): void {
    this.#shown.set(keyOf(parent), this.#shownOf(parent) + pageSize);
  }

  /** Shows as many pages as it takes to come to a place. */
  showTo(parent: TreeNode | undefined, place: number): void {
    const pages = Math.floor(place / pageSize) + 1;
    this.#shown.set(keyOf(parent), Math.max(this.#shownOf(parent), pages * pageSize));
  }

  #shownOf(parent: TreeNode | undefined): number {
    return this.#shown.get(keyOf(parent)) ?? pageSize;
  }
}

function keyOf(parent: TreeNode | undefined): string {
  return parent?.id ?? '';
}

/** Stands for the rows that are not shown yet; Enter or a click shows the next page. */
export class MoreNode implements TreeNode {
  readonly id: string;
  readonly parent: TreeNode | undefined;
  /** Rows above it. */
  readonly place: number;
  readonly #rest: number;

  constructor(parent: TreeNode | undefined, place: number, rest: number) {
    this.id = `${keyOf(parent)}…`;
    this.parent = parent;
    this.place = place;
    this.#rest = rest;
  }

  item(): TreeItem {
    const label = l10n.t('Show {0} more…', Math.min(this.#rest, pageSize));
    const item = new TreeItem(label);
    item.id = this.id;
    item.contextValue = viewItems.more;
    item.iconPath = new ThemeIcon('ellipsis');
    if (this.#rest > pageSize) item.description = l10n.t('{0} in all', this.place + this.#rest);
    item.command = { command: commands.showMoreImages, title: label, arguments: [this] };
    return item;
  }
}
