import { l10n, MarkdownString, ThemeColor, ThemeIcon, TreeItem } from 'vscode';
import { viewItems } from '../../../../contributions.ts';
import type { EngineStep } from '../../../../engine/dockerEngine/engineStep.ts';
import { foreignText } from '../../../foreignText.ts';
import { formatSize } from '../../../format.ts';
import { cleanInstruction, shortInstruction } from '../../../instruction.ts';
import { appendForeign } from '../../../markdown.ts';
import type { TreeNode } from '../../treeNode.ts';

/** A step that made an image, as its engine tells it: files are seen once the image is opened as a folder. */
export class EngineStepNode implements TreeNode {
  readonly id: string;
  readonly parent: TreeNode;
  readonly #step: EngineStep;

  constructor(parent: TreeNode, step: EngineStep, index: number) {
    this.id = `${parent.id}#${index}`;
    this.parent = parent;
    this.#step = step;
  }

  item(): TreeItem {
    const { createdBy, size } = this.#step;
    const text = foreignText(shortInstruction(createdBy) || l10n.t('(an unnamed step)'), 120);
    const item = new TreeItem(text);
    item.id = this.id;
    item.contextValue = viewItems.step;
    item.iconPath =
      size > 0
        ? new ThemeIcon('layers')
        : new ThemeIcon('circle-small', new ThemeColor('disabledForeground'));
    if (size > 0) item.description = formatSize(size);
    item.accessibilityInformation = { label: [text, item.description].filter(Boolean).join(', ') };
    return item;
  }

  tooltip(): MarkdownString {
    const content = new MarkdownString();
    appendForeign(content, cleanInstruction(this.#step.createdBy), 1000);
    return content;
  }
}
