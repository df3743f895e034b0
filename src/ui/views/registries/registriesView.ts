import { Disposable, type LogOutputChannel, type TreeView, window, workspace } from 'vscode';
import { views } from '../../../contributions.ts';
import type { EngineHost } from '../../engineHost.ts';
import { affectsRegistries, registriesSetting } from '../../settings.ts';
import { NodeTree } from '../nodeTree.ts';
import type { MoreNode } from '../pages.ts';
import type { TreeNode } from '../treeNode.ts';
import { RegistryNode } from './registryNode.ts';
import { RegistryShelf } from './registryShelf.ts';

/** The Registries view: what the user connected, down to the layers. Nothing is asked before a row is unfolded, nothing polls. */
export class RegistriesView implements Disposable {
  readonly tree: NodeTree;
  readonly #host: EngineHost;
  readonly #view: TreeView<TreeNode>;
  readonly #owned: Disposable;
  readonly #filters = new Map<string, string>();
  #shelf: RegistryShelf | undefined;

  constructor(host: EngineHost, log: LogOutputChannel) {
    this.#host = host;
    this.tree = new NodeTree(
      async () => this.#roots(),
      (error) => log.error(String(error)),
    );
    this.#view = window.createTreeView(views.registries, {
      treeDataProvider: this.tree,
      showCollapseAll: true,
    });
    this.#owned = Disposable.from(
      this.tree,
      this.#view,
      host.onDidReplace(() => this.refresh()),
      workspace.onDidChangeConfiguration((event) => affectsRegistries(event) && this.tree.refresh()),
    );
  }

  /** Asks again for everything below a row; for all of it without one. */
  refresh(node?: TreeNode): void {
    if (node) this.#shelf?.forget(node);
    else this.#close();
    this.tree.refresh(node);
  }

  /** Shows of a row's children only those whose names fit; an empty text shows all again. */
  filter(node: TreeNode, text: string): void {
    if (text.trim() === '') this.#filters.delete(node.id);
    else this.#filters.set(node.id, text.trim());
    this.tree.refresh(node);
  }

  filterOf(node: TreeNode): string {
    return this.#filters.get(node.id) ?? '';
  }

  /** Shows the next page of a long list and puts the focus on its first row; false where the list is not of this view. */
  async showMore(more: MoreNode): Promise<boolean> {
    const { parent } = more;
    if (!this.#shelf || !parent || !isOfRegistry(parent)) return false;
    this.#shelf.pages.showMore(more);
    this.tree.refresh(parent);
    const first = (await this.tree.getChildren(parent))[more.place];
    if (first && this.#view.visible) await this.#view.reveal(first, { select: true, focus: true });
    return true;
  }

  async reveal(node: TreeNode): Promise<void> {
    await this.#view.reveal(node, { select: true, focus: true, expand: true });
  }

  dispose(): void {
    this.#close();
    this.#owned.dispose();
  }

  #roots(): TreeNode[] {
    this.#shelf ??= new RegistryShelf(this.#host.engine, this.#filters, (node) => this.tree.refresh(node));
    const shelf = this.#shelf;
    return registriesSetting().map((place) => new RegistryNode(shelf, place));
  }

  #close(): void {
    this.#shelf?.[Symbol.dispose]();
    this.#shelf = undefined;
  }
}

function isOfRegistry(node: TreeNode): boolean {
  return node instanceof RegistryNode || (node.parent !== undefined && isOfRegistry(node.parent));
}
