import { l10n, MarkdownString, ThemeIcon, TreeItem, TreeItemCollapsibleState } from 'vscode';
import { viewItems } from '../../../contributions.ts';
import type { StoredImage } from '../../../engine/image.ts';
import type { ImageGroup, TaggedImage } from '../../../engine/listing/groupImages.ts';
import type { LongList } from '../../../engine/listing/partlySorted.ts';
import { sortTaggedImages } from '../../../engine/listing/sortImages.ts';
import { canonicalName, isOfficial } from '../../../engine/oci/reference.ts';
import { formatSize } from '../../format.ts';
import { foreignMarkdown, lineBreak } from '../../markdown.ts';
import { withinTime } from '../../withinTime.ts';
import type { TreeNode } from '../treeNode.ts';
import { groupLook, type RealGrouping } from './groupLook.ts';
import { ImageNode } from './imageNode.ts';
import { outdatedLatestText } from './outdatedLatestText.ts';
import type { Shelf } from './shelf.ts';

/** Milliseconds that sizes may be waited for. */
const patience = 400;

/** Tags that have something in common: a repository, a registry, an image, … */
export class ImageGroupNode implements TreeNode {
  readonly id: string;
  readonly parent = undefined;
  readonly #shelf: Shelf;
  readonly #by: RealGrouping;
  readonly #group: ImageGroup;
  #rows: LongList<TaggedImage> | undefined;

  constructor(shelf: Shelf, by: RealGrouping, group: ImageGroup) {
    this.id = `${by}:${group.key}`;
    this.#shelf = shelf;
    this.#by = by;
    this.#group = group;
  }

  /** In the order that the user wants; sorted when somebody unfolds the group. */
  get rows(): LongList<TaggedImage> {
    this.#rows ??= sortTaggedImages(this.#group.members, this.#shelf.look.sortBy);
    return this.#rows;
  }

  item(): TreeItem {
    const { label, facts, icon } = groupLook(this.#by, this.#group);
    const item = new TreeItem(label, TreeItemCollapsibleState.Collapsed);
    item.id = this.id;
    item.contextValue = this.#by === 'Repository' ? viewItems.repository : viewItems.imageGroup;
    item.iconPath = new ThemeIcon(icon);
    item.description = facts.join(' · ');
    item.accessibilityInformation = { label: [label, ...facts].join(', ') };
    return item;
  }

  tooltip(): MarkdownString | undefined {
    const [first] = this.#group.members;
    if (!first || this.#by === 'Tag' || this.#by === 'CreatedTime') return undefined;
    if (this.#by !== 'Repository') return new MarkdownString(foreignMarkdown(this.#group.key));
    const outdated = this.#shelf.list.outdatedLatest(first.tag);
    const lines = [
      canonicalName(first.tag),
      isOfficial(first.tag) ? l10n.t('Docker Official Image') : l10n.t('Not a Docker Official Image'),
      outdated && outdatedLatestText(outdated),
    ];
    return new MarkdownString(lines.filter(Boolean).join(lineBreak));
  }

  async children(): Promise<TreeNode[]> {
    return this.#shelf.pages.rows(
      this,
      this.rows,
      ({ image, tag }) => new ImageNode(this, this.#shelf, image, tag),
    );
  }
}

/** The images that no tag leads to. */
export class DanglingGroupNode implements TreeNode {
  readonly id = 'dangling';
  readonly parent = undefined;
  readonly #shelf: Shelf;

  constructor(shelf: Shelf) {
    this.#shelf = shelf;
  }

  get images(): readonly StoredImage[] {
    return this.#shelf.list.dangling;
  }

  item(): TreeItem {
    const label = l10n.t('Dangling');
    const count = this.images.length;
    const images = count === 1 ? l10n.t('1 image') : l10n.t('{0} images', count);
    const item = new TreeItem(label, TreeItemCollapsibleState.Collapsed);
    item.id = this.id;
    item.contextValue = viewItems.danglingGroup;
    item.iconPath = new ThemeIcon('circle-large-outline');
    item.description = images;
    item.accessibilityInformation = { label: [label, images].join(', ') };
    return item;
  }

  async tooltip(): Promise<MarkdownString> {
    const sizes = await withinTime(this.#shelf.sizes(), patience);
    const content = new MarkdownString(
      l10n.t('Images that no tag leads to: their tag moved on, or they were pulled by digest.'),
    );
    if (sizes === 'late' || !sizes) return content;
    return content.appendMarkdown(
      lineBreak + l10n.t('Removing them all gives back {0}.', formatSize(sizes.danglingBytes)),
    );
  }

  async children(): Promise<TreeNode[]> {
    return this.#shelf.pages.rows(this, this.images, (image) => new ImageNode(this, this.#shelf, image));
  }
}

/** What stands below the view's title: groups (or, ungrouped, tags) a page at a time, and the dangling ones last. */
export function imageNodes(shelf: Shelf): TreeNode[] {
  const { list, look, pages } = shelf;
  const { groupBy } = look;
  const nodes =
    groupBy === 'None'
      ? pages.rows(undefined, list.rows, ({ image, tag }) => new ImageNode(undefined, shelf, image, tag))
      : pages.rows(undefined, list.groups, (group) => new ImageGroupNode(shelf, groupBy, group));
  return list.dangling.length > 0 ? [...nodes, new DanglingGroupNode(shelf)] : nodes;
}
