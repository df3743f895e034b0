import { type ChangeKind, changeKinds, type FileChanges } from '../../src/protocol/comparePage.ts';
import { pathMatcher } from './pathMatcher.ts';

/** A path that differs, or a folder that something below differs in. */
export interface ChangedNode {
  readonly path: string;
  readonly name: string;
  /** From 1. */
  readonly level: number;
  readonly parent: ChangedNode | undefined;
  /** `undefined` of a folder that itself is the same. */
  readonly change: Change | undefined;
  /** Rows in sight of the search and the kinds that are shown, this one and those below. */
  readonly matches: number;
  readonly hasChildren: boolean;
}

export interface Change {
  readonly kind: ChangeKind;
  readonly openable: boolean;
  readonly isFolder: boolean;
  readonly sizeBefore: number;
  readonly sizeAfter: number;
  readonly detail: string;
}

export interface Look {
  readonly search: string;
  readonly hidden: ReadonlySet<ChangeKind>;
}

/** A node with its place among those with the same parent that are in sight. */
export interface VisibleNode {
  readonly node: ChangedNode;
  /** `undefined` of a node with nothing below. */
  readonly expanded: boolean | undefined;
  /** From 1. */
  readonly position: number;
  readonly setSize: number;
}

/** All is unfolded at first where there is no more than fits a screen or two. */
const fewRows = 80;

class TreeNode implements ChangedNode {
  readonly path: string;
  readonly name: string;
  readonly level: number;
  readonly parent: TreeNode | undefined;
  readonly children: TreeNode[] = [];
  change: Change | undefined;
  /** Whether it is in sight for its own sake. */
  fits = false;
  matches = 0;
  isSorted = true;
  #searched: string | undefined;

  constructor(path: string, parent: TreeNode | undefined) {
    this.path = path;
    this.name = path.slice(path.lastIndexOf('/') + 1);
    this.parent = parent;
    this.level = parent ? parent.level + 1 : 0;
  }

  get hasChildren(): boolean {
    return this.children.length > 0;
  }

  /** Whether something below it is in sight. */
  get isOpenable(): boolean {
    return this.matches > (this.fits ? 1 : 0);
  }

  /** What is searched in: made once, for every key searches all. */
  get searched(): string {
    this.#searched ??= this.path.toLowerCase();
    return this.#searched;
  }
}

/** The changed paths as a tree: filled as they come, searched, filtered and unfolded. */
export class ChangedTree {
  readonly #root = new TreeNode('', undefined);
  readonly #nodes = new Map<string, TreeNode>([['', this.#root]]);
  /** Those with a change, in the order in which they came. */
  readonly #changed: TreeNode[] = [];
  /** Folders that the person has set otherwise than they are at first. */
  readonly #toggled: Set<string>;
  #look: Look = { search: '', hidden: new Set() };
  #fits: (path: string) => boolean = () => true;
  /** `undefined` until somebody looks. */
  #visible: readonly VisibleNode[] | undefined;

  constructor(toggled: Iterable<string> = []) {
    this.#toggled = new Set(toggled);
  }

  /** Rows that differ, whether they are in sight or not. */
  get size(): number {
    return this.#changed.length;
  }

  get visible(): readonly VisibleNode[] {
    this.#visible ??= this.#flatten();
    return this.#visible;
  }

  get toggled(): readonly string[] {
    return [...this.#toggled];
  }

  add(changes: FileChanges): void {
    for (const [at, path] of changes.paths.entries()) {
      const node = this.#node(path);
      node.change = {
        kind: changeKinds[changes.kinds[at] ?? 0] ?? 'modified',
        openable: changes.openable[at] ?? false,
        isFolder: changes.isFolder[at] ?? false,
        sizeBefore: changes.sizesBefore[at] ?? 0,
        sizeAfter: changes.sizesAfter[at] ?? 0,
        detail: changes.details[at] ?? '',
      };
      this.#changed.push(node);
      this.#count(node);
    }
    this.#visible = undefined;
  }

  /** Looks for other rows. */
  show(look: Look): void {
    this.#look = look;
    this.#fits = pathMatcher(look.search);
    for (const node of this.#nodes.values()) node.matches = 0;
    for (const node of this.#changed) this.#count(node);
    this.#visible = undefined;
  }

  toggle({ path }: ChangedNode): void {
    if (!this.#toggled.delete(path)) this.#toggled.add(path);
    this.#visible = undefined;
  }

  /** Where the path is in sight, else its nearest folder that is; 0 where none is. */
  find(path: string): number {
    for (let rest = path; rest !== ''; rest = rest.slice(0, Math.max(0, rest.lastIndexOf('/')))) {
      const at = this.visible.findIndex(({ node }) => node.path === rest);
      if (at >= 0) return at;
    }
    return 0;
  }

  #node(path: string): TreeNode {
    const known = this.#nodes.get(path);
    if (known) return known;
    const parent = this.#node(path.slice(0, Math.max(0, path.lastIndexOf('/'))));
    const node = new TreeNode(path, parent);
    parent.children.push(node);
    parent.isSorted = false;
    this.#nodes.set(path, node);
    return node;
  }

  #isExpanded({ path }: TreeNode): boolean {
    const atFirst = this.#look.search !== '' || this.#root.matches <= fewRows;
    return atFirst !== this.#toggled.has(path);
  }

  #count(node: TreeNode): void {
    const { change } = node;
    node.fits = change !== undefined && !this.#look.hidden.has(change.kind) && this.#fits(node.searched);
    if (!node.fits) return;
    for (let one: TreeNode | undefined = node; one; one = one.parent) one.matches++;
  }

  #flatten(): VisibleNode[] {
    const visible: VisibleNode[] = [];
    this.#addBelow(this.#root, visible);
    return visible;
  }

  /** As deep as the engine lets paths be. */
  #addBelow(parent: TreeNode, visible: VisibleNode[]): void {
    if (!parent.isSorted) parent.children.sort(foldersFirst);
    parent.isSorted = true;
    let setSize = 0;
    for (const { matches } of parent.children) if (matches > 0) setSize++;
    let position = 0;
    for (const node of parent.children) {
      if (node.matches === 0) continue;
      const expanded = node.isOpenable ? this.#isExpanded(node) : undefined;
      visible.push({ node, expanded, position: ++position, setSize });
      if (expanded) this.#addBelow(node, visible);
    }
  }
}

/** As the explorer has it. */
function foldersFirst(one: TreeNode, other: TreeNode): number {
  const folders = Number(isFolder(other)) - Number(isFolder(one));
  return folders || (one.name < other.name ? -1 : one.name > other.name ? 1 : 0);
}

/** Also one that became something else, as long as there is something below. */
export function isFolder({ hasChildren, change }: ChangedNode): boolean {
  return hasChildren || change?.isFolder === true;
}
