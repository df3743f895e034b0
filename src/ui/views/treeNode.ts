import type { MarkdownString, TreeItem } from 'vscode';

/** One row of a tree. Small classes, one for each kind, that know how they look and what is below them. */
export interface TreeNode {
  /** Stable over refreshes, so that VS Code keeps what is unfolded and selected. Unique in its tree. */
  readonly id: string;
  readonly parent: TreeNode | undefined;
  /** Cheap: nothing is asked or read for it. */
  item(): TreeItem;
  /** Made only when somebody points at the row. */
  tooltip?(signal: AbortSignal): MarkdownString | undefined | Promise<MarkdownString | undefined>;
  children?(signal: AbortSignal): Promise<TreeNode[]>;
}
