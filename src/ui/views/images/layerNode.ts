import { l10n, MarkdownString, ThemeIcon, TreeItem, TreeItemCollapsibleState } from 'vscode';
import { viewItems } from '../../../contributions.ts';
import type { ImageLayer } from '../../../engine/image.ts';
import type { ImageEngine } from '../../../engine/imageEngine.ts';
import { type Digest, shortDigest } from '../../../engine/oci/digest.ts';
import { foreignText } from '../../foreignText.ts';
import { formatCount, formatSize } from '../../format.ts';
import type { ImageLocation } from '../../imageFileSystem/imageLocation.ts';
import { imageTree, layerNumber } from '../../imageFileSystem/imageTree.ts';
import { cleanInstruction, shortInstruction } from '../../instruction.ts';
import { appendForeign, lineBreak } from '../../markdown.ts';
import type { TreeNode } from '../treeNode.ts';
import { folderNodes } from './fileNode.ts';
import type { ImageNode } from './imageNode.ts';

/** A layer of an image, named by the instruction that made it. */
export class LayerNode implements TreeNode {
  readonly id: string;
  readonly parent: ImageNode;
  readonly layer: ImageLayer;
  readonly #engine: ImageEngine;

  constructor(parent: ImageNode, engine: ImageEngine, layer: ImageLayer) {
    this.id = `${parent.id}#${layer.index}`;
    this.parent = parent;
    this.layer = layer;
    this.#engine = engine;
  }

  /** As distributed. */
  get digest(): Digest | undefined {
    return this.layer.descriptor?.digest;
  }

  /** Its files by themselves. */
  get location(): ImageLocation {
    return { ...imageTree(this.parent, this.layer), path: '/' };
  }

  item(): TreeItem {
    const label = foreignText(shortInstruction(this.layer.createdBy) || this.#instruction(), 120);
    const item = new TreeItem(label, TreeItemCollapsibleState.Collapsed);
    item.id = this.id;
    item.contextValue = viewItems.layer;
    item.iconPath = new ThemeIcon('layers');
    const size = this.#size();
    const short = this.digest ? shortDigest(this.digest) : undefined;
    item.description = [size, short].filter(Boolean).join(' · ');
    item.accessibilityInformation = {
      label: [l10n.t('Layer {0}', layerNumber(this.layer)), label, size].filter(Boolean).join(', '),
    };
    return item;
  }

  tooltip(): MarkdownString {
    const { descriptor, diffId, uncompressedSize, added, modified, removed, wastedBytes } = this.layer;
    const result = new MarkdownString();
    appendForeign(result, this.#instruction(), 1000);
    result.appendMarkdown('\n\n');
    const lines = [
      descriptor &&
        l10n.t(
          'Digest, as distributed: `{0}`, {1} compressed',
          descriptor.digest,
          formatSize(descriptor.size),
        ),
      diffId &&
        uncompressedSize !== undefined &&
        l10n.t('DiffID, unpacked: `{0}`, {1}', diffId, formatSize(uncompressedSize)),
      descriptor && diffId && uncompressedSize !== undefined && l10n.t('Both verified'),
      l10n.t(
        '{0} added, {1} changed, {2} removed',
        formatCount(added),
        formatCount(modified),
        formatCount(removed),
      ),
      wastedBytes > 0 && l10n.t('{0} replaced or hidden by higher layers', formatSize(wastedBytes)),
    ];
    return result.appendMarkdown(lines.filter(Boolean).join(lineBreak));
  }

  children(signal: AbortSignal): Promise<TreeNode[]> {
    const folder = { engine: this.#engine, image: this.parent.image, layer: this.layer.index };
    return folderNodes(this, { ...folder, tree: imageTree(this.parent, this.layer) }, '/', signal);
  }

  #instruction(): string {
    return cleanInstruction(this.layer.createdBy) || l10n.t('(its history does not say how it was made)');
  }

  #size(): string | undefined {
    const bytes = this.layer.uncompressedSize ?? this.layer.descriptor?.size;
    return bytes === undefined ? undefined : formatSize(bytes);
  }
}
