import { l10n, MarkdownString, ThemeIcon, TreeItem, TreeItemCollapsibleState } from 'vscode';
import { viewItems } from '../../../contributions.ts';
import type { StoredImage } from '../../../engine/image.ts';
import type { ImageEngine } from '../../../engine/imageEngine.ts';
import { newestTagsFirst } from '../../../engine/listing/tagOrder.ts';
import {
  canonicalName,
  familiarName,
  isOfficial,
  type Reference,
  type TaggedReference,
} from '../../../engine/oci/reference.ts';
import type { TreeNode } from '../treeNode.ts';
import { ImageNode } from './imageNode.ts';

/** A tag with the image that it names. */
export interface TaggedImage {
  readonly tag: TaggedReference;
  readonly image: StoredImage;
}

/** The tags that the store has of one repository. */
export class RepositoryNode implements TreeNode {
  readonly id: string;
  readonly parent = undefined;
  readonly #name: Reference;
  readonly #engine: ImageEngine;
  readonly #tagged: readonly TaggedImage[];

  constructor(engine: ImageEngine, name: Reference, tagged: readonly TaggedImage[]) {
    this.id = `repository:${canonicalName(name)}`;
    this.#engine = engine;
    this.#name = name;
    this.#tagged = tagged;
  }

  item(): TreeItem {
    const label = familiarName(this.#name);
    const item = new TreeItem(label, TreeItemCollapsibleState.Collapsed);
    const official = isOfficial(this.#name) ? l10n.t('official') : undefined;
    const count = this.#tagged.length === 1 ? l10n.t('1 tag') : l10n.t('{0} tags', this.#tagged.length);
    item.id = this.id;
    item.contextValue = viewItems.repository;
    item.iconPath = new ThemeIcon(official ? 'verified' : 'package');
    item.description = [count, official].filter(Boolean).join(' · ');
    item.accessibilityInformation = { label: [label, count, official].filter(Boolean).join(', ') };
    return item;
  }

  tooltip(): MarkdownString {
    const kind = isOfficial(this.#name) ? l10n.t('Docker Official Image') : '';
    return new MarkdownString(`${canonicalName(this.#name)}\n\n${kind}`);
  }

  async children(): Promise<ImageNode[]> {
    return this.#tagged.map(({ tag, image }) => new ImageNode(this, this.#engine, image, tag));
  }
}

/** The images that no tag leads to. */
export class DanglingGroupNode implements TreeNode {
  readonly id = 'dangling';
  readonly parent = undefined;
  readonly #engine: ImageEngine;
  readonly #images: readonly StoredImage[];

  constructor(engine: ImageEngine, images: readonly StoredImage[]) {
    this.#engine = engine;
    this.#images = images;
  }

  item(): TreeItem {
    const item = new TreeItem(l10n.t('Dangling'), TreeItemCollapsibleState.Collapsed);
    item.id = this.id;
    item.contextValue = viewItems.danglingGroup;
    item.iconPath = new ThemeIcon('circle-large-outline');
    item.description = String(this.#images.length);
    item.tooltip = l10n.t('Images that no tag leads to: their tag moved on, or they were pulled by digest.');
    return item;
  }

  async children(): Promise<ImageNode[]> {
    return this.#images.map((image) => new ImageNode(this, this.#engine, image));
  }
}

/** Repositories by name, their tags newest first, and the dangling ones last. */
export function imageNodes(engine: ImageEngine, images: readonly StoredImage[]): TreeNode[] {
  const repositories = new Map<string, TaggedImage[]>();
  for (const image of images) {
    for (const tag of image.tags) {
      const name = canonicalName(tag);
      repositories.set(name, [...(repositories.get(name) ?? []), { tag, image }]);
    }
  }
  const dangling = images.filter(({ tags }) => tags.length === 0);
  return [
    ...[...repositories.values()].flatMap((tagged) => repositoryNode(engine, tagged)).sort(byLabel),
    ...(dangling.length > 0 ? [new DanglingGroupNode(engine, dangling)] : []),
  ];
}

function repositoryNode(engine: ImageEngine, tagged: readonly TaggedImage[]): RepositoryNode[] {
  const [first] = tagged;
  const byTag = new Map(tagged.map((one) => [one.tag.tag, one]));
  const sorted = newestTagsFirst(byTag.keys()).flatMap((tag) => byTag.get(tag) ?? []);
  return first ? [new RepositoryNode(engine, first.tag, sorted)] : [];
}

function byLabel(left: TreeNode, right: TreeNode): number {
  return String(left.item().label).localeCompare(String(right.item().label), 'en');
}
