import { ThemeColor, ThemeIcon, TreeItem } from 'vscode';
import { viewItems } from '../../contributions.ts';
import { errorText } from '../errorText.ts';
import type { TreeNode } from './treeNode.ts';

/** A row that says something about its parent: that it failed, is empty, or is being read. */
export class MessageNode implements TreeNode {
  readonly id: string;
  readonly parent: TreeNode | undefined;
  readonly #text: string;
  readonly #icon: ThemeIcon | undefined;

  constructor(parent: TreeNode | undefined, text: string, icon?: ThemeIcon) {
    this.id = `${parent?.id ?? ''}!${text}`;
    this.parent = parent;
    this.#text = text;
    this.#icon = icon;
  }

  static error(parent: TreeNode | undefined, error: unknown): MessageNode {
    const icon = new ThemeIcon('error', new ThemeColor('list.errorForeground'));
    return new MessageNode(parent, errorText(error), icon);
  }

  static loading(parent: TreeNode | undefined, text: string): MessageNode {
    return new MessageNode(parent, text, new ThemeIcon('loading~spin'));
  }

  item(): TreeItem {
    const item = new TreeItem(this.#text);
    item.id = this.id;
    item.contextValue = viewItems.message;
    item.tooltip = this.#text;
    if (this.#icon) item.iconPath = this.#icon;
    return item;
  }
}
