import { l10n, ThemeIcon, TreeItem, TreeItemCollapsibleState, type WorkspaceFolder, workspace } from 'vscode';
import { viewItems } from '../../../contributions.ts';
import type { TreeNode } from '../treeNode.ts';
import { MentionNode } from './mentionNode.ts';
import type { FileMentions } from './workspaceMentions.ts';

/** More files than this start folded. */
const maxUnfolded = 20;

/** A file with the references in it. */
export class MentionFileNode implements TreeNode {
  readonly id: string;
  readonly parent: TreeNode | undefined;
  readonly #file: FileMentions;
  readonly #unfolded: boolean;

  constructor(parent: TreeNode | undefined, file: FileMentions, unfolded: boolean) {
    this.id = file.uri.toString();
    this.parent = parent;
    this.#file = file;
    this.#unfolded = unfolded;
  }

  item(): TreeItem {
    const { uri, mentions } = this.#file;
    const path = workspace.asRelativePath(uri, false);
    const slash = path.lastIndexOf('/');
    const state = this.#unfolded ? TreeItemCollapsibleState.Expanded : TreeItemCollapsibleState.Collapsed;
    const item = new TreeItem(path.slice(slash + 1), state);
    item.id = this.id;
    item.resourceUri = uri;
    item.iconPath = ThemeIcon.File;
    item.contextValue = viewItems.mentionFile;
    if (slash > 0) item.description = path.slice(0, slash);
    item.accessibilityInformation = { label: l10n.t('{0}, {1} image references', path, mentions.length) };
    return item;
  }

  async children(): Promise<TreeNode[]> {
    const { uri, mentions } = this.#file;
    return mentions.map((mention, index) => new MentionNode(this, uri, mention, index));
  }
}

/** A folder of a workspace that has several. */
export class WorkspaceFolderNode implements TreeNode {
  readonly id: string;
  readonly parent = undefined;
  readonly #folder: WorkspaceFolder;
  readonly #files: readonly FileMentions[];

  constructor(folder: WorkspaceFolder, files: readonly FileMentions[]) {
    this.id = `folder:${folder.uri.toString()}`;
    this.#folder = folder;
    this.#files = files;
  }

  item(): TreeItem {
    const item = new TreeItem(this.#folder.name, TreeItemCollapsibleState.Expanded);
    item.id = this.id;
    item.iconPath = new ThemeIcon('root-folder');
    item.contextValue = viewItems.workspaceFolder;
    return item;
  }

  async children(): Promise<TreeNode[]> {
    return this.#files.map((file) => new MentionFileNode(this, file, this.#files.length <= maxUnfolded));
  }
}

/** The files, below their folders where the workspace has several. */
export function fileNodes(files: readonly FileMentions[]): TreeNode[] {
  const folders = workspace.workspaceFolders ?? [];
  if (folders.length < 2) {
    return files.map((file) => new MentionFileNode(undefined, file, files.length <= maxUnfolded));
  }
  return folders
    .map((folder) => ({
      folder,
      own: files.filter(({ uri }) => workspace.getWorkspaceFolder(uri) === folder),
    }))
    .filter(({ own }) => own.length > 0)
    .map(({ folder, own }) => new WorkspaceFolderNode(folder, own));
}
