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
  readonly #reason: string | undefined;

  /**
   * @param command what a click does
   * @param reason why, behind the text: what a narrow side bar may cut off
   */
  constructor(
    parent: TreeNode | undefined,
    text: string,
    icon?: ThemeIcon,
    command?: Command,
    reason?: string,
  ) {
    this.id = `${parent?.id ?? ''}!${text}`;
    this.parent = parent;
    this.#text = text;
    this.#icon = icon;
    this.#command = command;
    this.#reason = reason;
  }

  static error(parent: TreeNode | undefined, error: unknown, command?: Command): MessageNode {
    const icon = new ThemeIcon('error', new ThemeColor('list.errorForeground'));
    return new MessageNode(parent, errorText(error), icon, command);
  }

  /** A failure that signing in may mend; a click offers to. @param reason what is said of it, beside the error's own words */
  static signIn(parent: TreeNode | undefined, error: unknown, reason?: string): MessageNode {
    const registry = isEngineError(error) ? error.facts.registry : undefined;
    const title = l10n.t('Sign In to Registry…');
    const command = { command: commands.signIn, title, arguments: [{ registry }] };
    return new MessageNode(
      parent,
      l10n.t('Sign in…'),
      new ThemeIcon('account'),
      command,
      reason ?? errorText(error),
    );
  }

  static loading(parent: TreeNode | undefined, text: string): MessageNode {
    return new MessageNode(parent, text, new ThemeIcon('loading~spin'));
  }

  item(): TreeItem {
    const item = new TreeItem(this.#text);
    item.id = this.id;
    item.contextValue = viewItems.message;
    item.tooltip = this.#reason ?? this.#text;
    if (this.#reason !== undefined) item.description = this.#reason;
    if (this.#icon) item.iconPath = this.#icon;
    if (this.#command) item.command = this.#command;
    return item;
  }
}
