import {
  commands,
  Disposable,
  type LogOutputChannel,
  l10n,
  ProgressLocation,
  ThemeIcon,
  type TreeView,
  window,
  workspace,
} from 'vscode';
import { commands as commandIds, contextKeys, views } from '../../../contributions.ts';
import type { StoredImage } from '../../../engine/image.ts';
import type { Reference } from '../../../engine/oci/reference.ts';
import type { EngineHost } from '../../engineHost.ts';
import { inert } from '../../foreignText.ts';
import { affectsImagesView, imagesLook } from '../../settings.ts';
import type { Transfers } from '../../transfers.ts';
import { MessageNode } from '../messageNode.ts';
import { NodeTree } from '../nodeTree.ts';
import { type MoreNode, Pages } from '../pages.ts';
import type { TreeNode } from '../treeNode.ts';
import { EngineNode } from './engines/engineNode.ts';
import { EngineRows } from './engines/engineRows.ts';
import { findRow } from './findRow.ts';
import { imageNodes } from './groupNodes.ts';
import { loadImageList } from './imageList.ts';
import type { ImageNode } from './imageNode.ts';
import { lazySizes, savedText } from './lazySizes.ts';
import type { Shelf } from './shelf.ts';
import { TransferRows } from './transferRows.ts';

/**
 * The Images view: what the store has, with this window's transfers on top and the Docker engines below. Follows store and
 * unfolded engines only while somebody looks.
 */
export class ImagesView implements Disposable {
  readonly tree: NodeTree;
  readonly #host: EngineHost;
  readonly #transfers: TransferRows;
  readonly #engines: EngineRows;
  readonly #log: LogOutputChannel;
  readonly #view: TreeView<TreeNode>;
  readonly #owned: Disposable;
  #watch: globalThis.Disposable | undefined;
  #search = '';
  #pages = new Pages();
  /** To be drawn once more as it is. */
  #kept: Shelf | undefined;
  #shown: Shelf | undefined;

  constructor(host: EngineHost, transfers: Transfers, log: LogOutputChannel) {
    this.#host = host;
    this.#transfers = new TransferRows(transfers, (node) =>
      node ? this.tree.refresh(node) : this.refresh(),
    );
    this.#log = log;
    this.#engines = new EngineRows(
      host,
      { draw: (node) => this.tree.refresh(node), pages: () => this.#pages },
      log,
    );
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
      this.#transfers,
      this.#view.onDidChangeVisibility(() => this.#follow()),
      this.#view.onDidCollapseElement(({ element }) => {
        if (element instanceof EngineNode) this.#engines.close(element);
      }),
      host.onDidReplace(() => this.#restart()),
      workspace.onDidChangeConfiguration((event) => affectsImagesView(event) && this.#drawAnew()),
    );
    this.#follow();
  }

  refresh(): void {
    this.#kept = undefined;
    this.tree.refresh();
  }

  /** Has an engine asked again, or the store and every engine that is unfolded. */
  refreshSource(node: unknown): void {
    if (node instanceof EngineNode) this.#engines.refresh(node);
    else {
      this.#engines.refreshAll();
      this.refresh();
    }
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

  /** What the view is filtered by; empty where it shows all. */
  get search(): string {
    return this.#search;
  }

  /** Shows only what fits; an empty text shows all again. */
  set search(text: string) {
    const search = text.trim();
    if (search === this.#search) return;
    this.#search = search;
    void commands.executeCommand('setContext', contextKeys.imagesFiltered, search !== '');
    this.#drawAnew();
  }

  /** The row of a stored image: under the wanted tag, else under the first that it has. What hides it gives way. */
  async find(image: StoredImage, wanted: Reference): Promise<ImageNode | undefined> {
    const shelf = await this.#load();
    const found = findRow(shelf, image, wanted);
    if (!found) return this.#findHidden(image, wanted);
    if (found.isBelowFirstPages) this.#drawAgain(shelf);
    return found.node;
  }

  /** Shows the next page of a long list and puts the focus on its first row. */
  async showMore(more: MoreNode): Promise<void> {
    const shelf = this.#shown;
    if (!shelf) return;
    this.#pages.showMore(more);
    this.#drawAgain(shelf);
    const rows = more.parent ? await this.tree.getChildren(more.parent) : imageNodes(shelf);
    const first = rows[more.place];
    if (first && this.visible) await this.reveal(first, { expand: false });
  }

  /** Shows that something is under way: in the view itself, and in the status bar where the view is not to be seen. */
  async whileBusy<T>(title: string, task: () => Promise<T>): Promise<T> {
    const inView = () => window.withProgress({ location: { viewId: views.images } }, task);
    return this.visible
      ? inView()
      : window.withProgress({ location: ProgressLocation.Window, title: inert(title) }, inView);
  }

  dispose(): void {
    this.#engines[Symbol.dispose]();
    this.#watch?.[Symbol.dispose]();
    this.#owned.dispose();
  }

  /** Clears the filter, and shows dangling images this once. */
  async #findHidden(image: StoredImage, wanted: Reference): Promise<ImageNode | undefined> {
    this.search = '';
    const shelf = await this.#load({ ...imagesLook(), showDangling: true });
    const found = findRow(shelf, image, wanted);
    if (found) this.#drawAgain(shelf);
    return found?.node;
  }

  async #roots(signal: AbortSignal): Promise<TreeNode[]> {
    const shelf = this.#kept ?? (await this.#load(imagesLook(), signal));
    this.#kept = undefined;
    this.#shown = shelf;
    this.#tellOf(shelf);
    const nodes = imageNodes(shelf);
    const engines = await this.#engines.nodes();
    const stored = nodes.length > 0 ? nodes : this.#whyNothing(shelf, engines.length > 0);
    return [...this.#transfers.nodes(), ...stored, ...engines];
  }

  async #load(look = imagesLook(), signal?: AbortSignal): Promise<Shelf> {
    const { engine } = this.#host;
    const list = await loadImageList(engine, look, this.#search, signal);
    const sizes = lazySizes(engine, (error) => this.#log.debug('adding up sizes', error));
    return { engine, look, list, sizes, pages: this.#pages };
  }

  /** Nothing at all for an empty store, whose welcome then shows, unless something stands below it. */
  #whyNothing({ list, look }: Shelf, hasEngines: boolean): TreeNode[] {
    if (list.total === 0) return hasEngines ? [emptyStore()] : [];
    if (this.#search !== '') return [new MessageNode(undefined, l10n.t('No image fits the filter'))];
    if (look.showDangling) return [];
    return [new MessageNode(undefined, l10n.t('There are only dangling images, which are hidden'))];
  }

  /** Beside the view's title how much there is, and below it what it is filtered by. */
  #tellOf(shelf: Shelf): void {
    const { total } = shelf.list;
    const count = total === 1 ? l10n.t('1 image') : l10n.t('{0} images', total);
    this.#view.description = total === 0 ? '' : count;
    // VS Code knows an absent message as an empty one.
    this.#view.message =
      this.#search === '' ? '' : l10n.t('Filter: {0} ({1} of {2})', this.#search, shelf.list.shown, count);
    if (this.visible) void this.#tellSavings(shelf, count);
  }

  async #tellSavings(shelf: Shelf, count: string): Promise<void> {
    const saved = await savedText(shelf);
    if (saved && this.#shown === shelf) this.#view.description = `${count} · ${saved}`;
  }

  /** From the first page on. */
  #drawAnew(): void {
    this.#pages = new Pages();
    this.refresh();
  }

  /** Without asking the store again. */
  #drawAgain(shelf: Shelf): void {
    this.#kept = shelf;
    this.tree.refresh();
  }

  #follow(): void {
    if (this.#view.visible && !this.#watch) {
      this.#watch = this.#host.engine.watch(() => this.refresh());
      this.refresh();
    } else if (!this.#view.visible) {
      this.#engines.closeAll();
      this.#watch?.[Symbol.dispose]();
      this.#watch = undefined;
    }
  }

  #restart(): void {
    this.#engines.closeAll();
    this.#watch?.[Symbol.dispose]();
    this.#watch = undefined;
    this.refresh();
    this.#follow();
  }
}

function emptyStore(): TreeNode {
  const title = l10n.t('Pull Image…');
  return new MessageNode(undefined, l10n.t('No images in the local store yet'), new ThemeIcon('info'), {
    command: commandIds.pullImage,
    title,
  });
}
