import { type Command, l10n, ThemeColor, ThemeIcon, TreeItem } from 'vscode';
import { commands, viewItems } from '../../contributions.ts';
import { isEngineError } from '../../engine/errors.ts';
import { errorText } from '../errorText.ts';
import type { TreeNode } from './treeNode.ts';

/** A row that says something about its parent: that it failed, is empty, or is being read. */
export class MessageNode implements TreeNode {
  readonly id: string;
  readonly parent: TreeNode | undefined;
  readonly #text: string;
  readonly #icon: ThemeIcon | undefined;
  readonly #command: Command | undefined;

  /** @param command what a click does */
  constructor(parent: TreeNode | undefined, text: string, icon?: ThemeIcon, command?: Command) {
    this.id = `${parent?.id ?? ''}!${text}`;
    this.parent = parent;
    this.#text = text;
    this.#icon = icon;
    this.#command = command;
  }

  static error(parent: TreeNode | undefined, error: unknown, command?: Command): MessageNode {
    const icon = new ThemeIcon('error', new ThemeColor('list.errorForeground'));
    return new MessageNode(parent, errorText(error), icon, command);
  }

  /** A failure that signing in may mend; a click offers to. */
  static signIn(parent: TreeNode | undefined, error: unknown): MessageNode {
    const registry = isEngineError(error) ? error.facts.registry : undefined;
    return new MessageNode(parent, errorText(error), new ThemeIcon('account'), {
      command: commands.signIn,
      title: l10n.t('Sign In to Registry…'),
      arguments: [{ registry }],
    });
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
    if (this.#command) item.command = this.#command;
    return item;
  }
}
