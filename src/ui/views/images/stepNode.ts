import { l10n, MarkdownString, ThemeColor, ThemeIcon, TreeItem } from 'vscode';
import { viewItems } from '../../../contributions.ts';
import type { ImageLayer } from '../../../engine/image.ts';
import { foreignText } from '../../foreignText.ts';
import { cleanInstruction, shortInstruction } from '../../instruction.ts';
import { appendForeign } from '../../markdown.ts';
import type { TreeNode } from '../treeNode.ts';

/** A step of an image's history that made no layer: it only changed the config. */
export class StepNode implements TreeNode {
  readonly id: string;
  readonly parent: TreeNode;
  readonly #step: ImageLayer;

  constructor(parent: TreeNode, step: ImageLayer) {
    this.id = `${parent.id}#${step.index}`;
    this.parent = parent;
    this.#step = step;
  }

  item(): TreeItem {
    const text = foreignText(shortInstruction(this.#step.createdBy) || l10n.t('(an unnamed step)'), 120);
    const item = new TreeItem(text);
    const noLayer = l10n.t('no layer');
    item.id = this.id;
    item.contextValue = viewItems.step;
    item.iconPath = new ThemeIcon('circle-small', new ThemeColor('disabledForeground'));
    item.description = noLayer;
    item.accessibilityInformation = { label: [text, noLayer].join(', ') };
    return item;
  }

  tooltip(): MarkdownString {
    const content = new MarkdownString();
    appendForeign(content, cleanInstruction(this.#step.createdBy), 1000);
    return content.appendMarkdown('\n\n').appendText(l10n.t('Changed the image’s config only: no layer'));
  }
}
