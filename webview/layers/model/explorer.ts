import {
  type LayersView,
  type Mark,
  mostUnfolded,
  type PathSlice,
  type Scope,
  type Sort,
} from '../../../src/protocol/layersPage.ts';
import { Children } from './children.ts';
import { narrows, pathTest } from './pathQuery.ts';
import { PathScope } from './pathScope.ts';
import { PathTable } from './pathTable.ts';
import { findPath, PathTree } from './pathTree.ts';
import { PathView } from './pathView.ts';

/** Paths that are prepared to be searched before others get their turn: a few milliseconds. */
const portion = 10_000;
/** Searches that nobody sees, until the browser has compiled what a search runs. */
const warmUps = 4;

/** What is looked at, and how. */
export interface Choice {
  readonly layer: number;
  readonly scope: Scope;
  readonly sort: Sort;
  readonly filters: readonly Mark[];
  readonly query: string;
}

/** The paths of the image, as the choice has them: all that the page knows without its elements. */
export class Explorer {
  readonly table = new PathTable();
  #children = new Children(this.table);
  #choice: Choice;
  #view: PathView;
  #tree: PathTree;
  /** Folders that a person has unfolded; those that a search unfolds are not remembered. */
  #unfolded: Set<number> | undefined;

  constructor(choice: Choice) {
    this.#choice = choice;
    this.#view = this.#newView(this.#newScope());
    this.#tree = this.#newTree();
  }

  get choice(): Choice {
    return this.#choice;
  }

  get view(): PathView {
    return this.#view;
  }

  get tree(): PathTree {
    return this.#tree;
  }

  append(slice: PathSlice): void {
    this.table.append(slice);
  }

  /** Takes in what has been appended. */
  update(): void {
    this.#children = new Children(this.table);
    this.#look(this.#newScope());
  }

  /**
   * Makes what a search needs, a portion a step, and ends with searches that nobody sees: the first letter that somebody
   * types then costs no more than the next, which the browser's compiler has prepared itself for.
   */
  *prepareSearch(): Generator<void, void, undefined> {
    for (let end = portion; end < this.table.length; end += portion) {
      this.table.lowerPath(end);
      yield;
    }
    for (let turn = 0; turn < warmUps; turn++) {
      const view = new PathView(this.#view.scope, { filters: [], test: pathTest('/') });
      yield;
      new PathTree(view, this.#children, 'name');
      yield;
    }
  }

  choose(change: Partial<Choice>): void {
    const onlyOrder = change.sort !== undefined && Object.keys(change).length === 1;
    const former = this.#choice;
    this.#choice = { ...former, ...change };
    if (onlyOrder) this.#order();
    else if (former.layer !== this.#choice.layer || former.scope !== this.#choice.scope)
      this.#look(this.#newScope());
    else this.#look(this.#view.scope, narrows(former.query, this.#choice.query) ? this.#view : undefined);
  }

  toggle(path: number): void {
    this.#tree.toggle(path);
    this.#remember();
  }

  /** Unfolds all that the path is in. Gives its row; `undefined` where the view does not have it. */
  reveal(path: number): number | undefined {
    if (!this.#view.has(path)) return undefined;
    this.#tree.reveal(path);
    this.#remember();
    return this.#tree.rowOf(path);
  }

  find(path: string): number | undefined {
    return findPath(this.table, this.#children, path);
  }

  /** Unfolds what was unfolded before. */
  restore(paths: readonly string[]): void {
    const found = paths.flatMap((path) => this.find(path) ?? []);
    if (found.length === 0) return;
    this.#unfolded = new Set(found);
    this.#tree = this.#newTree();
  }

  /** Where a path that several layers write is wasted first: the layer that holds bytes which are lost. */
  wastedIn(path: number): number {
    const { first, end } = this.table.changes(path);
    for (let change = first; change < end; change++)
      if (this.table.lostBy(change) !== undefined) return this.table.layerOf(change);
    return this.table.layerOf(Math.max(first, end - 1));
  }

  /** What the page keeps of it. */
  kept(): Pick<LayersView, 'unfolded' | keyof Choice> {
    const unfolded = [...(this.#unfolded ?? [])].slice(0, mostUnfolded);
    return { ...this.#choice, unfolded: unfolded.map((path) => this.table.fullPath(path)) };
  }

  #look(scope: PathScope, wider?: PathView): void {
    this.#view = this.#newView(scope, wider);
    this.#tree = this.#newTree();
  }

  #order(): void {
    this.#tree = new PathTree(this.#view, this.#children, this.#choice.sort, this.#tree.unfolded);
  }

  #newScope(): PathScope {
    return new PathScope(this.table, this.#choice.layer, this.#choice.scope);
  }

  #newView(scope: PathScope, wider?: PathView): PathView {
    const { filters, query } = this.#choice;
    return new PathView(scope, { filters, test: pathTest(query) }, wider);
  }

  #newTree(): PathTree {
    const unfolded = this.#choice.query.trim() === '' ? this.#unfolded : undefined;
    return new PathTree(this.#view, this.#children, this.#choice.sort, unfolded);
  }

  #remember(): void {
    if (this.#choice.query.trim() === '') this.#unfolded = new Set(this.#tree.unfolded);
  }
}
