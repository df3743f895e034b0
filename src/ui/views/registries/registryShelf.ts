import type { ImageEngine } from '../../../engine/imageEngine.ts';
import { canonicalReference } from '../../../engine/oci/reference.ts';
import { Pages } from '../pages.ts';
import type { TreeNode } from '../treeNode.ts';
import { GrowingList } from './growingList.ts';

/** What the rows of the Registries view share: what registries said since the last refresh, and how much of it is shown. */
export class RegistryShelf implements Disposable {
  readonly engine: ImageEngine;
  readonly pages = new Pages();
  /** What a row's children are filtered by, by the row's id. */
  readonly filters: Map<string, string>;
  readonly #draw: (node: TreeNode) => void;
  readonly #lists = new Map<string, Disposable>();
  /** VS Code draws again only the row it was last given under an id. */
  readonly #shown = new Map<string, TreeNode>();
  #stored: Promise<ReadonlySet<string>> | undefined;

  constructor(engine: ImageEngine, filters: Map<string, string>, draw: (node: TreeNode) => void) {
    this.engine = engine;
    this.filters = filters;
    this.#draw = draw;
  }

  /** What the source gave for a row: asked once, until the row is forgotten. */
  list<T>(node: TreeNode, source: (signal: AbortSignal) => AsyncIterable<T>): GrowingList<T> {
    this.#shown.set(node.id, node);
    const known = this.#lists.get(node.id);
    // A row's id says of which kind its children are.
    if (known) return known as GrowingList<T>;
    const list = new GrowingList(source, () => this.#draw(this.#shown.get(node.id) ?? node));
    this.#lists.set(node.id, list);
    return list;
  }

  /** Drops what is known below a row, so that it is asked for again. */
  forget({ id }: TreeNode): void {
    for (const [key, list] of this.#lists) {
      if (key !== id && !key.startsWith(`${id}/`)) continue;
      list[Symbol.dispose]();
      this.#lists.delete(key);
    }
  }

  /** Canonical names of the tags that the store has. */
  storedTags(): Promise<ReadonlySet<string>> {
    this.#stored ??= this.engine
      .images()
      .then((images) => new Set(images.flatMap(({ tags }) => tags).map(canonicalReference)));
    return this.#stored;
  }

  [Symbol.dispose](): void {
    for (const list of this.#lists.values()) list[Symbol.dispose]();
    this.#lists.clear();
  }
}
