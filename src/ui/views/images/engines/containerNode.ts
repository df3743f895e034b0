import { l10n, MarkdownString, ThemeColor, ThemeIcon, TreeItem } from 'vscode';
import { viewItems } from '../../../../contributions.ts';
import type { ContainerUse } from '../../../../engine/dockerEngine/containerUses.ts';
import { shortDigest } from '../../../../engine/oci/digest.ts';
import { foreignText } from '../../../foreignText.ts';
import { appendForeign, lineBreak } from '../../../markdown.ts';
import type { TreeNode } from '../../treeNode.ts';
import type { EngineImageNode } from './engineImageNode.ts';

/** A container below the image that it runs, or below the tag that it was made from and that has moved since. */
export class ContainerNode implements TreeNode {
  readonly id: string;
  readonly parent: EngineImageNode;
  readonly use: ContainerUse;

  constructor(parent: EngineImageNode, use: ContainerUse) {
    this.id = `${parent.id} container ${use.container.id}`;
    this.parent = parent;
    this.use = use;
  }

  item(): TreeItem {
    const { container, isStale } = this.use;
    const name = foreignText(container.name, 80);
    const item = new TreeItem(name);
    item.id = this.id;
    item.contextValue = isStale ? viewItems.staleContainer : viewItems.container;
    item.iconPath = this.#icon();
    const facts = [
      isStale ? l10n.t('old image {0}', shortDigest(container.imageId)) : undefined,
      foreignText(container.status || container.state, 60),
    ].filter(Boolean);
    item.description = facts.join(' · ');
    item.accessibilityInformation = { label: [l10n.t('Container {0}', name), ...facts].join(', ') };
    return item;
  }

  tooltip(): MarkdownString {
    const { container, isStale } = this.use;
    const content = new MarkdownString();
    appendForeign(content, container.image, 200);
    content.appendMarkdown(lineBreak + l10n.t('Runs the image `{0}`', container.imageId));
    if (isStale) {
      const now = shortDigest(this.parent.image.id);
      content.appendMarkdown(
        lineBreak + l10n.t('The tag names `{0}` now: a container that is created anew runs that', now),
      );
    }
    return content;
  }

  #icon(): ThemeIcon {
    const { container, isStale } = this.use;
    if (isStale) return new ThemeIcon('history', new ThemeColor('list.warningForeground'));
    return container.state === 'running'
      ? new ThemeIcon('play-circle', new ThemeColor('testing.iconPassed'))
      : new ThemeIcon('stop-circle');
  }
}
