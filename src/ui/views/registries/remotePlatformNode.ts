import { l10n, ThemeIcon, TreeItem, TreeItemCollapsibleState } from 'vscode';
import { viewItems } from '../../../contributions.ts';
import type { ImageLayer } from '../../../engine/image.ts';
import type { ImageEngine } from '../../../engine/imageEngine.ts';
import { type Digest, shortDigest } from '../../../engine/oci/digest.ts';
import { formatPlatform, type Platform } from '../../../engine/oci/platform.ts';
import { canonicalReference, type Reference } from '../../../engine/oci/reference.ts';
import { foreignText } from '../../foreignText.ts';
import type { TreeNode } from '../treeNode.ts';
import { listRows } from './listRows.ts';
import type { RegistryShelf } from './registryShelf.ts';
import { RemoteLayerNode } from './remoteLayerNode.ts';

/** The image that a tag has for a platform. Unfolding it reads its manifest and config, no layer. */
export class RemotePlatformNode implements TreeNode {
  readonly id: string;
  readonly parent: TreeNode;
  /** Of the platform's manifest, by digest. */
  readonly reference: Reference & { readonly digest: Digest };
  readonly platform: Platform;
  readonly #shelf: RegistryShelf;

  constructor(
    parent: TreeNode,
    shelf: RegistryShelf,
    reference: Reference & { readonly digest: Digest },
    platform: Platform,
  ) {
    this.id = `${parent.id}/${formatPlatform(platform)} ${reference.digest}`;
    this.parent = parent;
    this.reference = reference;
    this.platform = platform;
    this.#shelf = shelf;
  }

  item(): TreeItem {
    const label = foreignText(formatPlatform(this.platform), 60);
    const item = new TreeItem(label, TreeItemCollapsibleState.Collapsed);
    item.id = this.id;
    item.contextValue = viewItems.remotePlatform;
    item.iconPath = new ThemeIcon('device-desktop');
    item.description = shortDigest(this.reference.digest);
    item.tooltip = canonicalReference(this.reference);
    item.accessibilityInformation = { label: l10n.t('Platform {0}', label) };
    return item;
  }

  children(): Promise<TreeNode[]> {
    const { engine } = this.#shelf;
    const list = this.#shelf.list(this, (signal) => layersOf(engine, this.reference, signal));
    return listRows(this, list, {
      shelf: this.#shelf,
      registry: this.reference.registry,
      toNode: (layer) => new RemoteLayerNode(this, layer),
      arrange: (layers) => layers.filter(({ empty }) => !empty),
      empty: () => l10n.t('No layers'),
    });
  }
}

async function* layersOf(
  engine: ImageEngine,
  reference: Reference,
  signal: AbortSignal,
): AsyncGenerator<ImageLayer, void, undefined> {
  yield* await engine.remoteLayers(reference, signal);
}
