import { Disposable, type LogOutputChannel, ProgressLocation, type TreeView, window } from 'vscode';
import { views } from '../../../contributions.ts';
import type { StoredImage } from '../../../engine/image.ts';
import { canonicalReference, type Reference, withTag } from '../../../engine/oci/reference.ts';
import type { EngineHost } from '../../engineHost.ts';
import type { Transfer, Transfers } from '../../transfers.ts';
import { NodeTree } from '../nodeTree.ts';
import type { TreeNode } from '../treeNode.ts';
import { DanglingGroupNode, imageNodes, RepositoryNode } from './groupNodes.ts';
import type { ImageNode } from './imageNode.ts';
import { TransferNode } from './transferNode.ts';

/** Milliseconds between two drawings of a transfer's row. */
const drawInterval = 250;

/** The Images view: what the store has, with this window's transfers on top. Follows the store only while somebody looks. */
export class ImagesView implements Disposable {
  readonly tree: NodeTree;
  readonly #host: EngineHost;
  readonly #transfers: Transfers;
  readonly #view: TreeView<TreeNode>;
  readonly #owned: Disposable;
  readonly #transferNodes = new Map<string, TransferNode>();
  readonly #drawing = new Map<string, NodeJS.Timeout>();
  #watch: globalThis.Disposable | undefined;

  constructor(host: EngineHost, transfers: Transfers, log: LogOutputChannel) {
    this.#host = host;
    this.#transfers = transfers;
    this.tree = new NodeTree(
      (signal) => this.#roots(signal),
      (error) => log.error(String(error)),
    );
    this.#view = window.createTreeView(views.images, {
      treeDataProvider: this.tree,
      showCollapseAll: true,
      canSelectMany: true,
    });
    this.#owned = Disposable.from(
      this.tree,
      this.#view,
      this.#view.onDidChangeVisibility(() => this.#follow()),
      host.onDidReplace(() => this.#restart()),
      transfers.onDidChange((transfer) => this.#draw(transfer)),
    );
    this.#follow();
  }

  refresh(): void {
    this.tree.refresh();
  }

  /** Selects the image and, unless told otherwise, unfolds its layers. */
  async reveal(node: TreeNode, { expand = true } = {}): Promise<void> {
    await this.#view.reveal(node, { select: true, focus: true, expand });
  }

  /** For commands that a key runs: what is selected while the view has the focus. */
  get selection(): readonly TreeNode[] {
    return this.#view.selection;
  }

  get visible(): boolean {
    return this.#view.visible;
  }

  /** The row of a stored image: under the wanted tag, else under the first that it has. */
  async find({ manifest }: StoredImage, wanted?: Reference): Promise<ImageNode | undefined> {
    const name = wanted?.tag === undefined ? undefined : canonicalReference(withTag(wanted, wanted.tag));
    const rows = (await this.#imageRows()).filter(({ image }) => image.manifest.digest === manifest.digest);
    return rows.find(({ tag }) => tag && canonicalReference(tag) === name) ?? rows[0];
  }

  /** Shows that something is under way: in the view itself, and in the status bar where the view is not to be seen. */
  async whileBusy<T>(title: string, task: () => Promise<T>): Promise<T> {
    const inView = () => window.withProgress({ location: { viewId: views.images } }, task);
    return this.visible
      ? inView()
      : window.withProgress({ location: ProgressLocation.Window, title }, inView);
  }

  dispose(): void {
    this.#watch?.[Symbol.dispose]();
    for (const timer of this.#drawing.values()) clearTimeout(timer);
    this.#owned.dispose();
  }

  async #roots(signal: AbortSignal): Promise<TreeNode[]> {
    const transfers = this.#transfers.all.map((transfer) => this.#transferNode(transfer));
    const { engine } = this.#host;
    return [...transfers, ...imageNodes(engine, await engine.images(signal))];
  }

  async #imageRows(): Promise<ImageNode[]> {
    const roots = await this.tree.getChildren();
    const groups = roots.filter(
      (root) => root instanceof RepositoryNode || root instanceof DanglingGroupNode,
    );
    const rows = await Promise.all(groups.map((group) => group.children()));
    return rows.flat();
  }

  #transferNode(transfer: Transfer): TransferNode {
    const { id } = transfer;
    const node = new TransferNode(id, () => this.#transfers.get(id) ?? transfer);
    this.#transferNodes.set(id, node);
    return node;
  }

  /** Rows that come or go need the whole tree, a step of a transfer only its row, and not more often than an eye follows. */
  #draw(transfer: Transfer | undefined): void {
    if (transfer) this.#drawSoon(transfer.id);
    else this.tree.refresh();
  }

  #drawSoon(id: string): void {
    if (this.#drawing.has(id)) return;
    const timer = setTimeout(() => {
      this.#drawing.delete(id);
      const node = this.#transferNodes.get(id);
      if (node && this.#transfers.get(id)) this.tree.refresh(node);
    }, drawInterval);
    this.#drawing.set(id, timer);
  }

  #follow(): void {
    if (this.#view.visible && !this.#watch) {
      this.#watch = this.#host.engine.watch(() => this.tree.refresh());
      this.tree.refresh();
    } else if (!this.#view.visible) {
      this.#watch?.[Symbol.dispose]();
      this.#watch = undefined;
    }
  }

  #restart(): void {
    this.#watch?.[Symbol.dispose]();
    this.#watch = undefined;
    this.tree.refresh();
    this.#follow();
  }
}
