import { l10n, MarkdownString, ThemeIcon, TreeItem, TreeItemCollapsibleState } from 'vscode';
import { viewItems } from '../../../contributions.ts';
import type { StoredImage } from '../../../engine/image.ts';
import type { ImageEngine } from '../../../engine/imageEngine.ts';
import { type Digest, shortDigest } from '../../../engine/oci/digest.ts';
import { formatPlatform } from '../../../engine/oci/platform.ts';
import {
  canonicalName,
  canonicalReference,
  familiarName,
  familiarReference,
  type Reference,
  type TaggedReference,
} from '../../../engine/oci/reference.ts';
import { foreignText } from '../../foreignText.ts';
import { formatCreated, formatDateTime, formatSize } from '../../format.ts';
import { lineBreak } from '../../markdown.ts';
import { MessageNode } from '../messageNode.ts';
import type { TreeNode } from '../treeNode.ts';
import { LayerNode } from './layerNode.ts';

/** An image of the store: under one of its tags, or without a tag where it is dangling. */
export class ImageNode implements TreeNode {
  readonly id: string;
  readonly parent: TreeNode;
  readonly image: StoredImage;
  readonly tag: TaggedReference | undefined;
  readonly #engine: ImageEngine;

  constructor(parent: TreeNode, engine: ImageEngine, image: StoredImage, tag?: TaggedReference) {
    this.id = tag ? `tag:${canonicalReference(tag)}` : `dangling:${image.manifest.digest}`;
    this.parent = parent;
    this.image = image;
    this.tag = tag;
    this.#engine = engine;
  }

  /** What a user would write for it: its tag, else its name by digest, else nothing. */
  get reference(): Reference | undefined {
    return this.tag ?? this.image.repoDigests[0];
  }

  /** What the registry knows it by (the index's digest where it came through one), else its manifest's. */
  get digest(): Digest {
    const { tag, image } = this;
    const own = tag && image.repoDigests.find((name) => canonicalName(name) === canonicalName(tag));
    return (own ?? image.repoDigests[0])?.digest ?? image.manifest.digest;
  }

  /** The name that the engine removes it by. */
  get removalName(): string {
    return this.tag ? canonicalReference(this.tag) : this.image.id;
  }

  get displayName(): string {
    return this.tag ? familiarReference(this.tag) : shortDigest(this.image.id);
  }

  /** The other tags of the same image: bare in the same repository, else with their name. */
  get otherTags(): readonly string[] {
    const { tag } = this;
    if (!tag) return [];
    return this.image.tags
      .filter((other) => canonicalReference(other) !== canonicalReference(tag))
      .map((other) => (canonicalName(other) === canonicalName(tag) ? other.tag : familiarReference(other)));
  }

  item(): TreeItem {
    const item = new TreeItem(this.#label(), TreeItemCollapsibleState.Collapsed);
    item.id = this.id;
    item.contextValue = this.tag ? viewItems.taggedImage : viewItems.danglingImage;
    item.iconPath = new ThemeIcon(this.tag ? 'tag' : 'circle-large-outline');
    const facts = this.#facts();
    item.description = facts.join(' · ');
    item.accessibilityInformation = { label: [l10n.t('Image {0}', this.displayName), ...facts].join(', ') };
    return item;
  }

  tooltip(): MarkdownString {
    const { image } = this;
    const names = image.tags.map((tag) => `**${familiarReference(tag)}**`).join(', ');
    const created = image.created && formatCreated(image.created) ? formatDateTime(image.created) : undefined;
    const result = new MarkdownString(names || l10n.t('Dangling: no tag leads to this image'));
    const lines = [
      l10n.t('Image ID `{0}`', image.id),
      ...image.repoDigests.map((name) => l10n.t('Digest `{0}` of {1}', name.digest, familiarName(name))),
      l10n.t('Manifest `{0}`', image.manifest.digest),
      created && l10n.t('Created {0}', created),
    ];
    result.appendMarkdown(`\n\n${lines.filter(Boolean).join(lineBreak)}${lineBreak}`);
    return result.appendText(`${this.#platform()} · ${l10n.t('{0} unpacked', formatSize(image.size))}`);
  }

  async children(signal: AbortSignal): Promise<TreeNode[]> {
    const steps = await this.#engine.layers(this.image, signal);
    const layers = steps.filter(({ empty }) => !empty);
    if (layers.length === 0) return [new MessageNode(this, l10n.t('No layers'))];
    return layers.map((layer) => new LayerNode(this, this.#engine, this.image, layer));
  }

  #label(): string {
    if (this.tag) return this.tag.tag;
    const [name] = this.image.repoDigests;
    return name ? `${familiarName(name)}:<none>` : '<none>';
  }

  #platform(): string {
    return foreignText(formatPlatform(this.image.platform), 60);
  }

  #facts(): string[] {
    const { image, otherTags } = this;
    return [
      formatSize(image.size),
      formatCreated(image.created),
      shortDigest(image.id),
      this.#platform(),
      otherTags.length > 0 ? l10n.t('also {0}', otherTags.join(', ')) : undefined,
    ].filter((fact) => fact !== undefined);
  }
}
