import { l10n, type MarkdownString, ThemeIcon, TreeItem } from 'vscode';
import { viewItems } from '../../../contributions.ts';
import type { ImageLayer } from '../../../engine/image.ts';
import { type Digest, shortDigest } from '../../../engine/oci/digest.ts';
import { foreignText } from '../../foreignText.ts';
import { formatSize } from '../../format.ts';
import { cleanInstruction, shortInstruction } from '../../instruction.ts';
import { appendForeign, lineBreak, markdown } from '../../markdown.ts';
import type { TreeNode } from '../treeNode.ts';

/** A layer of an image in a registry, named by the instruction that made it; nothing of it has been read. */
export class RemoteLayerNode implements TreeNode {
  readonly id: string;
  readonly parent: TreeNode;
  readonly #layer: ImageLayer;

  constructor(parent: TreeNode, layer: ImageLayer) {
    this.id = `${parent.id}/#${layer.index}`;
    this.parent = parent;
    this.#layer = layer;
  }

  /** As distributed. */
  get digest(): Digest | undefined {
    return this.#layer.descriptor?.digest;
  }

  item(): TreeItem {
    const label = foreignText(shortInstruction(this.#layer.createdBy) || this.#instruction(), 120);
    const item = new TreeItem(label);
    const size = this.#layer.descriptor && formatSize(this.#layer.descriptor.size);
    item.id = this.id;
    item.contextValue = viewItems.remoteLayer;
    item.iconPath = new ThemeIcon('layers');
    item.description = [size, this.digest && shortDigest(this.digest)].filter(Boolean).join(' · ');
    item.accessibilityInformation = {
      label: [l10n.t('Layer {0}', (this.#layer.layerIndex ?? 0) + 1), label, size].filter(Boolean).join(', '),
    };
    return item;
  }

  tooltip(): MarkdownString {
    const { descriptor, diffId } = this.#layer;
    const content = markdown();
    appendForeign(content, this.#instruction(), 1000);
    const lines = [
      descriptor &&
        l10n.t(
          'Digest, as distributed: `{0}`, {1} compressed',
          descriptor.digest,
          formatSize(descriptor.size),
        ),
      diffId && l10n.t('DiffID, unpacked: `{0}`', diffId),
      l10n.t('Not read: neither is verified before a pull'),
    ];
    return content.appendMarkdown(`\n\n${lines.filter(Boolean).join(lineBreak)}`);
  }

  #instruction(): string {
    return cleanInstruction(this.#layer.createdBy) || l10n.t('(its history does not say how it was made)');
  }
}
