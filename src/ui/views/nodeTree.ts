import {
  type CancellationToken,
  type Disposable,
  EventEmitter,
  type TreeDataProvider,
  type TreeItem,
} from 'vscode';
import { isEngineError } from '../../engine/errors.ts';
import { abortOn } from '../abort.ts';
import { MessageNode } from './messageNode.ts';
import type { TreeNode } from './treeNode.ts';

/** A tree of {@link TreeNode}s. What fails becomes a row that says so, at its place. */
export class NodeTree implements TreeDataProvider<TreeNode>, Disposable {
  readonly #roots: (signal: AbortSignal) => Promise<TreeNode[]>;
  readonly #report: (error: unknown) => void;
  readonly #changed = new EventEmitter<TreeNode | undefined>();
  readonly #closing = new AbortController();

  readonly onDidChangeTreeData = this.#changed.event;

  constructor(roots: (signal: AbortSignal) => Promise<TreeNode[]>, report: (error: unknown) => void) {
    this.#roots = roots;
    this.#report = report;
  }

  /** Asks for everything below a node again; for all of the tree without one. */
  refresh(node?: TreeNode): void {
    this.#changed.fire(node);
  }

  getTreeItem(node: TreeNode): TreeItem {
    return node.item();
  }

  async resolveTreeItem(item: TreeItem, node: TreeNode, token: CancellationToken): Promise<TreeItem> {
    using cancel = abortOn(token);
    const tooltip = await this.#tooltip(node, cancel.signal);
    if (tooltip) item.tooltip = tooltip;
    return item;
  }

  getParent(node: TreeNode): TreeNode | undefined {
    return node.parent;
  }

  async getChildren(node?: TreeNode): Promise<TreeNode[]> {
    const { signal } = this.#closing;
    try {
      return node ? ((await node.children?.(signal)) ?? []) : await this.#roots(signal);
    } catch (error) {
      if (signal.aborted) return [];
      if (!isEngineError(error)) this.#report(error);
      return [MessageNode.error(node, error)];
    }
  }

  /** A tooltip that fails is none: the row says what matters. */
  async #tooltip(node: TreeNode, signal: AbortSignal): Promise<TreeItem['tooltip']> {
    try {
      return await node.tooltip?.(signal);
    } catch (error) {
      if (!signal.aborted) this.#report(error);
      return undefined;
    }
  }

  dispose(): void {
    this.#closing.abort();
    this.#changed.dispose();
  }
}
