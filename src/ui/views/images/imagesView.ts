import { Disposable, type LogOutputChannel, type TreeView, window } from 'vscode';
import { views } from '../../../contributions.ts';
import { canonicalReference, type Reference, withTag } from '../../../engine/oci/reference.ts';
import type { EngineHost } from '../../engineHost.ts';
import type { Pulls, PullTask } from '../../pulls.ts';
import { NodeTree } from '../nodeTree.ts';
import type { TreeNode } from '../treeNode.ts';
import { imageNodes } from './groupNodes.ts';
import { ImageNode } from './imageNode.ts';
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

  /** The row of a stored image: that of the wanted tag, else the first one it has. */
  async find(imageId: string, wanted: Reference): Promise<ImageNode | undefined> {
    const found = await this.#imagesOf(imageId);
    const name = wanted.tag === undefined ? undefined : canonicalReference(withTag(wanted, wanted.tag));
    return found.find(({ tag }) => tag && canonicalReference(tag) === name) ?? found[0];
  }

  /** Shows that something is under way in the view itself. */
  async whileBusy<T>(task: () => Promise<T>): Promise<T> {
    return window.withProgress({ location: { viewId: views.images } }, task);
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

  async #imagesOf(imageId: string): Promise<ImageNode[]> {
    const roots = await this.tree.getChildren();
    const below = await Promise.all(roots.map((root) => this.tree.getChildren(root)));
    return below
      .flat()
      .filter((node) => node instanceof ImageNode && node.image.id === imageId) as ImageNode[];
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
