import { Disposable, type LogOutputChannel, ProgressLocation, type TreeView, window } from 'vscode';
import { views } from '../../../contributions.ts';
import type { StoredImage } from '../../../engine/image.ts';
import { canonicalReference, type Reference, withTag } from '../../../engine/oci/reference.ts';
import type { EngineHost } from '../../engineHost.ts';
import type { Pulls, PullTask } from '../../pulls.ts';
import { NodeTree } from '../nodeTree.ts';
import type { TreeNode } from '../treeNode.ts';
import { DanglingGroupNode, imageNodes, RepositoryNode } from './groupNodes.ts';
import type { ImageNode } from './imageNode.ts';
import { PullNode } from './pullNode.ts';

/** Milliseconds between two drawings of a pull's row. */
const drawInterval = 250;

/** The Images view: what the store has, with this window's pulls on top. Follows the store only while somebody looks. */
export class ImagesView implements Disposable {
  readonly tree: NodeTree;
  readonly #host: EngineHost;
  readonly #pulls: Pulls;
  readonly #view: TreeView<TreeNode>;
  readonly #owned: Disposable;
  readonly #pullNodes = new Map<string, PullNode>();
  readonly #drawing = new Map<string, NodeJS.Timeout>();
  #watch: globalThis.Disposable | undefined;

  constructor(host: EngineHost, pulls: Pulls, log: LogOutputChannel) {
    this.#host = host;
    this.#pulls = pulls;
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
      pulls.onDidChange((task) => this.#draw(task)),
    );
    this.#follow();
  }

  refresh(): void {
    this.tree.refresh();
  }

  /** Selects the image and unfolds its layers. */
  async reveal(node: TreeNode): Promise<void> {
    await this.#view.reveal(node, { select: true, focus: true, expand: true });
  }

  get visible(): boolean {
    return this.#view.visible;
  }

  /** The row of a stored image: under the wanted tag, else under the first that it has. */
  async find({ manifest }: StoredImage, wanted: Reference): Promise<ImageNode | undefined> {
    const name = wanted.tag === undefined ? undefined : canonicalReference(withTag(wanted, wanted.tag));
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
    const pulls = this.#pulls.tasks.map((task) => this.#pullNode(task));
    const { engine } = this.#host;
    return [...pulls, ...imageNodes(engine, await engine.images(signal))];
  }

  async #imageRows(): Promise<ImageNode[]> {
    const roots = await this.tree.getChildren();
    const groups = roots.filter(
      (root) => root instanceof RepositoryNode || root instanceof DanglingGroupNode,
    );
    const rows = await Promise.all(groups.map((group) => group.children()));
    return rows.flat();
  }

  #pullNode(task: PullTask): PullNode {
    const node = new PullNode(task.id, () => this.#pulls.task(task.id) ?? task);
    this.#pullNodes.set(task.id, node);
    return node;
  }

  /** Rows that come or go need the whole tree, a step of a pull only its row, and not more often than an eye follows. */
  #draw(task: PullTask | undefined): void {
    if (task) this.#drawSoon(task);
    else this.tree.refresh();
  }

  #drawSoon(task: PullTask): void {
    if (this.#drawing.has(task.id)) return;
    const timer = setTimeout(() => {
      this.#drawing.delete(task.id);
      const node = this.#pullNodes.get(task.id);
      if (node && this.#pulls.task(task.id)) this.tree.refresh(node);
    }, drawInterval);
    this.#drawing.set(task.id, timer);
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
