import { commands, Disposable, type LogOutputChannel, l10n, type TreeView, window } from 'vscode';
import { contextKeys, views } from '../../../contributions.ts';
import { MessageNode } from '../messageNode.ts';
import { NodeTree } from '../nodeTree.ts';
import type { TreeNode } from '../treeNode.ts';
import { fileNodes } from './fileGroupNodes.ts';
import { maxFiles, WorkspaceMentions } from './workspaceMentions.ts';

/** The In This Workspace view: every image reference in the folder's files. Nothing is searched before it is first seen. */
export class WorkspaceView implements Disposable {
  readonly tree: NodeTree;
  readonly #mentions: WorkspaceMentions;
  readonly #view: TreeView<TreeNode>;
  readonly #owned: Disposable;

  constructor(log: LogOutputChannel) {
    this.#mentions = new WorkspaceMentions(log);
    this.tree = new NodeTree(
      async () => this.#roots(),
      (error) => log.error(String(error)),
    );
    this.#view = window.createTreeView(views.workspace, {
      treeDataProvider: this.tree,
      showCollapseAll: true,
    });
    this.#owned = Disposable.from(
      this.tree,
      this.#view,
      this.#mentions,
      this.#mentions.onDidChange(() => this.#show()),
      this.#view.onDidChangeVisibility(() => this.#startWhenSeen()),
    );
    this.#startWhenSeen();
  }

  /** Searches anew, with the view's own progress bar. */
  async refresh(): Promise<void> {
    await window.withProgress({ location: { viewId: views.workspace } }, () => this.#mentions.scan());
  }

  dispose(): void {
    this.#owned.dispose();
  }

  #startWhenSeen(): void {
    if (this.#view.visible) this.#mentions.start();
  }

  #roots(): TreeNode[] {
    if (!this.#mentions.ready) return [MessageNode.loading(undefined, l10n.t('Looking for images…'))];
    const nodes = fileNodes(this.#mentions.files);
    if (!this.#mentions.truncated) return nodes;
    return [
      ...nodes,
      new MessageNode(undefined, l10n.t('Only the first {0} files were looked at', maxFiles)),
    ];
  }

  #show(): void {
    void commands.executeCommand('setContext', contextKeys.workspaceScanned, true);
    this.tree.refresh();
  }
}
