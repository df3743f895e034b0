import { l10n } from 'vscode';
import { asksForSignIn } from '../../errorText.ts';
import { MessageNode } from '../messageNode.ts';
import type { TreeNode } from '../treeNode.ts';
import type { GrowingList } from './growingList.ts';
import type { RegistryShelf } from './registryShelf.ts';

/** Milliseconds that a row takes to unfold at most: what a registry has not said by then comes later. */
const patience = 700;

export interface ListLook<T> {
  readonly shelf: RegistryShelf;
  /** Who lets wait, for the row that says so. */
  readonly registry: string;
  toNode(item: T): TreeNode;
  /** All that has come, as it is to be shown. */
  arrange(items: readonly T[]): readonly T[];
  /** What is said where there is nothing to show. */
  empty(): string;
  /** What stands in the place of the list where it fails: the failure by default. */
  failure?(error: unknown): readonly TreeNode[] | undefined;
}

/** What has come of a list as rows, a page at a time, and below them whether more is to come or why not. */
export async function listRows<T>(
  node: TreeNode,
  list: GrowingList<T>,
  look: ListLook<T>,
): Promise<TreeNode[]> {
  await list.settled(patience);
  const arranged = look.arrange(list.items);
  const rows = look.shelf.pages.rows(node, arranged, look.toNode);
  return [...rows, ...ending(node, list, look, rows.length === 0)];
}

function ending<T>(
  node: TreeNode,
  { error, isGrowing }: GrowingList<T>,
  look: ListLook<T>,
  isEmpty: boolean,
): readonly TreeNode[] {
  if (isGrowing) return [MessageNode.loading(node, l10n.t('Waiting for {0}…', look.registry))];
  if (error !== undefined) return look.failure?.(error) ?? [failureNode(node, error)];
  return isEmpty ? [new MessageNode(node, look.empty())] : [];
}

/** That it failed, and where that may help an offer to sign in. */
export function failureNode(node: TreeNode, error: unknown): MessageNode {
  return asksForSignIn(error) ? MessageNode.signIn(node, error) : MessageNode.error(node, error);
}
