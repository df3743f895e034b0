import { l10n, type MarkdownString, ThemeIcon, TreeItem, TreeItemCollapsibleState } from 'vscode';
import { viewItems } from '../../../contributions.ts';
import type { StoredImage } from '../../../engine/image.ts';
import type { ImageGrouping } from '../../../engine/listing/groupImages.ts';
import { type Digest, shortDigest } from '../../../engine/oci/digest.ts';
import {
  canonicalName,
  canonicalReference,
  familiarReference,
  isOfficial,
  type Reference,
  type TaggedReference,
} from '../../../engine/oci/reference.ts';
import type { ImageLocation } from '../../imageFileSystem/imageLocation.ts';
import { imageTree } from '../../imageFileSystem/imageTree.ts';
import { originText } from '../../originText.ts';
import { MessageNode } from '../messageNode.ts';
import type { TreeNode } from '../treeNode.ts';
import type { ImagePart } from './imagesLook.ts';
import { imageTooltip } from './imageTooltip.ts';
import { LayerNode } from './layerNode.ts';
import { otherTags, partText } from './partText.ts';
import type { Shelf } from './shelf.ts';
import { StepNode } from './stepNode.ts';

/** An image of the store: under one of its tags, or without a tag where it is dangling. */
export class ImageNode implements TreeNode {
  readonly id: string;
  readonly parent: TreeNode | undefined;
  readonly image: StoredImage;
  readonly tag: TaggedReference | undefined;
  readonly #shelf: Shelf;

  constructor(parent: TreeNode | undefined, shelf: Shelf, image: StoredImage, tag?: TaggedReference) {
    this.id = tag ? `tag:${canonicalReference(tag)}` : `dangling:${image.manifest.digest}`;
    this.parent = parent;
    this.image = image;
    this.tag = tag;
    this.#shelf = shelf;
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

  /** Its files, all layers laid over one another. */
  get location(): ImageLocation {
    return { ...imageTree(this), path: '/' };
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
    return otherTags(this);
  }

  item(): TreeItem {
    const label = this.#label();
    const item = new TreeItem(label, TreeItemCollapsibleState.Collapsed);
    item.id = this.id;
    item.contextValue = this.tag ? viewItems.taggedImage : viewItems.danglingImage;
    item.iconPath = this.#icon();
    const facts = this.#facts(label);
    item.description = facts.join(' · ');
    item.accessibilityInformation = { label: [l10n.t('Image {0}', this.displayName), ...facts].join(', ') };
    return item;
  }

  tooltip(signal: AbortSignal): Promise<MarkdownString> {
    return imageTooltip(this.#shelf, this, signal);
  }

  async children(signal: AbortSignal): Promise<TreeNode[]> {
    const { engine, look } = this.#shelf;
    const steps = await engine.layers(this.image, signal);
    const shown = look.showEmptySteps ? steps : steps.filter(({ empty }) => !empty);
    if (shown.length === 0) return [new MessageNode(this, l10n.t('No layers'))];
    return shown.map((step) => (step.empty ? new StepNode(this, step) : new LayerNode(this, engine, step)));
  }

  #label(): string {
    const { label, groupBy } = this.#shelf.look;
    const part = label === 'Automatic' ? (this.tag ? telling[groupBy] : 'RepositoryNameAndTag') : label;
    return partText(part, this) ?? partText('RepositoryNameAndTag', this) ?? '<none>';
  }

  #icon(): ThemeIcon {
    if (!this.tag) return new ThemeIcon('circle-large-outline');
    return new ThemeIcon(isOfficial(this.tag) && !this.#isOriginAbove() ? 'verified' : 'tag');
  }

  #facts(label: string): string[] {
    const { look } = this.#shelf;
    const facts = [
      this.#newer(),
      this.#origin(),
      ...look.description.map((part) => partText(part, this)),
    ].filter((fact) => fact !== undefined && fact !== label);
    return [...new Set(facts as string[])];
  }

  /** Whose image it is, where neither the group nor the label says it. */
  #origin(): string | undefined {
    const { reference } = this;
    const { label } = this.#shelf.look;
    if (!reference || this.#isOriginAbove() || label === 'FullTag' || label === 'Repository')
      return undefined;
    const isHostAbove = this.tag && this.#shelf.look.groupBy === 'Registry';
    return isHostAbove && !isOfficial(reference) ? undefined : originText(reference);
  }

  #isOriginAbove(): boolean {
    return this.tag !== undefined && this.#shelf.look.groupBy === 'Repository';
  }

  /** That `latest` is not the newest. */
  #newer(): string | undefined {
    if (this.tag?.tag !== 'latest') return undefined;
    const outdated = this.#shelf.list.outdatedLatest(this.tag);
    return outdated && l10n.t('older than {0}', outdated.newest.tag.tag);
  }
}

/** What the group above does not say. */
const telling: Record<ImageGrouping, ImagePart> = {
  None: 'RepositoryNameAndTag',
  Registry: 'RepositoryNameAndTag',
  Repository: 'Tag',
  RepositoryName: 'Tag',
  Tag: 'RepositoryName',
  ImageId: 'RepositoryNameAndTag',
  CreatedTime: 'RepositoryNameAndTag',
};
