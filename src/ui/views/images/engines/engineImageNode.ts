import { l10n, MarkdownString, ThemeColor, ThemeIcon, TreeItem, TreeItemCollapsibleState } from 'vscode';
import { type ViewItem, viewItems } from '../../../../contributions.ts';
import { type ContainerUse, containerUses, madeFrom } from '../../../../engine/dockerEngine/containerUses.ts';
import type { EngineImage } from '../../../../engine/dockerEngine/engineImage.ts';
import { shortDigest } from '../../../../engine/oci/digest.ts';
import {
  canonicalReference,
  familiarReference,
  isOfficial,
  parseReference,
  type TaggedReference,
} from '../../../../engine/oci/reference.ts';
import { formatCreated, formatSize } from '../../../format.ts';
import { foreignMarkdown, lineBreak } from '../../../markdown.ts';
import { MessageNode } from '../../messageNode.ts';
import type { TreeNode } from '../../treeNode.ts';
import { ContainerNode } from './containerNode.ts';
import type { EngineNode } from './engineNode.ts';
import type { EngineState } from './engineState.ts';
import { EngineStepNode } from './engineStepNode.ts';

/** An image of a Docker engine under one of its tags, or without one. Below it what runs it, and the steps that made it. */
export class EngineImageNode implements TreeNode {
  readonly id: string;
  readonly parent: EngineNode;
  readonly image: EngineImage;
  readonly tag: TaggedReference | undefined;
  readonly #state: EngineState;

  constructor(parent: EngineNode, state: EngineState, image: EngineImage, tag?: TaggedReference) {
    this.id = `${parent.id} ${tag ? canonicalReference(tag) : image.id}`;
    this.parent = parent;
    this.image = image;
    this.tag = tag;
    this.#state = state;
  }

  /** What the engine is to call it. */
  get engineName(): string {
    return this.tag ? canonicalReference(this.tag) : this.image.id;
  }

  /** What a person calls it. */
  get displayName(): string {
    return this.tag ? familiarReference(this.tag) : shortDigest(this.image.id);
  }

  /** All images of its engine. */
  get neighbours(): readonly EngineImage[] {
    return this.#state.images;
  }

  get uses(): readonly ContainerUse[] {
    return containerUses(this.image, this.tag, this.#state.containers);
  }

  /** The containers that were made from the tag before it moved. */
  get staleUses(): readonly ContainerUse[] {
    return this.uses.filter(({ isStale }) => isStale);
  }

  item(): TreeItem {
    const item = new TreeItem(this.#label(), TreeItemCollapsibleState.Collapsed);
    item.id = this.id;
    item.contextValue = this.#viewItem();
    item.iconPath = this.#icon();
    const facts = [this.#usesText(), ...this.#facts()].filter((fact) => fact !== undefined);
    item.description = facts.join(' · ');
    item.accessibilityInformation = { label: [l10n.t('Image {0}', this.displayName), ...facts].join(', ') };
    return item;
  }

  tooltip(): MarkdownString {
    const { id, tags, repoDigests, size, created } = this.image;
    const lines = [
      l10n.t('Image ID: `{0}`', id),
      tags.length > 1 && l10n.t('Tags: {0}', tags.map(familiarReference).join(', ')),
      ...repoDigests.map((name) => `\`${familiarReference(name)}\``),
      [formatSize(size), formatCreated(created)].filter(Boolean).join(' · '),
      this.staleUses.length > 0 &&
        l10n.t(
          'Its tag has moved. Still on what it named before: {0}',
          foreignMarkdown(namesOf(this.staleUses)),
        ),
    ];
    return new MarkdownString(lines.filter(Boolean).join(lineBreak));
  }

  async children(signal: AbortSignal): Promise<TreeNode[]> {
    const steps = await this.parent.engine.history(this.engineName, signal);
    const nodes = [
      ...this.uses.map((use) => new ContainerNode(this, use)),
      ...steps.map((step, index) => new EngineStepNode(this, step, index)).reverse(),
    ];
    return nodes.length > 0 ? nodes : [new MessageNode(this, l10n.t('No history'))];
  }

  /** Of an image without a tag the one that its containers were made from. */
  #label(): string {
    if (this.tag) return familiarReference(this.tag);
    const [lost] = this.uses.flatMap(({ container }) => madeFrom(container) ?? []);
    return lost === undefined ? '<none>' : l10n.t('{0} (moved)', familiarReference(parseReference(lost)));
  }

  #viewItem(): ViewItem {
    if (!this.tag) return viewItems.danglingEngineImage;
    return this.staleUses.length > 0 ? viewItems.movedEngineImage : viewItems.taggedEngineImage;
  }

  #icon(): ThemeIcon {
    if (this.staleUses.length > 0) {
      return new ThemeIcon('warning', new ThemeColor('list.warningForeground'));
    }
    if (!this.tag) return new ThemeIcon('circle-large-outline');
    // An image that was built here may have any name.
    return new ThemeIcon(
      isOfficial(this.tag) && this.image.repoDigests.some(isOfficial) ? 'verified' : 'tag',
    );
  }

  #usesText(): string | undefined {
    const { uses, staleUses } = this;
    if (staleUses.length > 0) {
      return l10n.t('{0} of {1} containers on the old image', staleUses.length, uses.length);
    }
    if (uses.length === 0) return undefined;
    return uses.length === 1 ? l10n.t('1 container') : l10n.t('{0} containers', uses.length);
  }

  #facts(): (string | undefined)[] {
    const { size, created, id } = this.image;
    return [formatSize(size), formatCreated(created), shortDigest(id)];
  }
}

function namesOf(uses: readonly ContainerUse[]): string {
  return uses.map(({ container }) => container.name).join(', ');
}
