import { l10n, MarkdownString, ThemeColor, ThemeIcon, TreeItem, TreeItemCollapsibleState } from 'vscode';
import { commands, type ViewItem, viewItems } from '../../../contributions.ts';
import type { FileRow, LayerEntryType, StoredImage } from '../../../engine/image.ts';
import type { ImageEngine } from '../../../engine/imageEngine.ts';
import { foreignText } from '../../foreignText.ts';
import { formatDateTime, formatMode, formatSize } from '../../format.ts';
import { type ImageLocation, type ImageTree, imageUri } from '../../imageFileSystem/imageLocation.ts';
import { appendForeign, lineBreak } from '../../markdown.ts';
import { MessageNode } from '../messageNode.ts';
import type { TreeNode } from '../treeNode.ts';

/** Where a folder of a layer is read from. */
export interface LayerFolder {
  readonly engine: ImageEngine;
  readonly image: StoredImage;
  /** `index` of the layer. */
  readonly layer: number;
  /** The same for VS Code's editors. */
  readonly tree: ImageTree;
}

/** The rows of a folder of one layer, folders first. */
export async function folderNodes(
  parent: TreeNode,
  folder: LayerFolder,
  path: string,
  signal: AbortSignal,
): Promise<TreeNode[]> {
  const rows = await folder.engine.children(folder.image, folder.layer, path, signal);
  if (rows.length === 0) return [new MessageNode(parent, l10n.t('Nothing in here'))];
  const isFolder = (row: FileRow<LayerEntryType>) => row.type === 'directory';
  const sorted = [...rows.filter(isFolder), ...rows.filter((row) => !isFolder(row))];
  return sorted.map((row) => new FileNode(parent, folder, row));
}

/** A path of one layer: something it holds, or a deletion of something below it. */
export class FileNode implements TreeNode {
  readonly id: string;
  readonly parent: TreeNode;
  readonly row: FileRow<LayerEntryType>;
  readonly #folder: LayerFolder;

  constructor(parent: TreeNode, folder: LayerFolder, row: FileRow<LayerEntryType>) {
    const name = row.path.slice(row.path.lastIndexOf('/') + 1);
    this.id = `${parent.id}/${name}${row.type === 'opaque' ? '/*' : ''}`;
    this.parent = parent;
    this.row = row;
    this.#folder = folder;
  }

  /** In its layer. */
  get location(): ImageLocation {
    return { ...this.#folder.tree, path: this.row.path };
  }

  item(): TreeItem {
    const { row } = this;
    const state =
      row.type === 'directory' ? TreeItemCollapsibleState.Collapsed : TreeItemCollapsibleState.None;
    const item = new TreeItem(this.#label(), state);
    item.id = this.id;
    item.contextValue = rowKind(row);
    const description = rowDescription(row);
    if (description) item.description = description;
    item.iconPath = rowIcon(row);
    if (row.type === 'file' || row.type === 'hardlink') {
      item.resourceUri = imageUri(this.location);
    }
    if (item.contextValue === viewItems.file) {
      item.command = { command: commands.openFile, title: l10n.t('Open'), arguments: [this] };
    }
    item.accessibilityInformation = {
      label: [this.#label(), typeText(row.type), description].filter(Boolean).join(', '),
    };
    return item;
  }

  tooltip(): MarkdownString {
    const { row } = this;
    const result = new MarkdownString();
    appendForeign(result, row.path, 500);
    if (row.type === 'whiteout' || row.type === 'opaque') {
      return result.appendMarkdown(`${lineBreak}${lineBreak}`).appendText(typeText(row.type));
    }
    result.appendMarkdown(`\n\n\`${formatMode(row)}\` · ${row.uid}:${row.gid} · ${typeText(row.type)}`);
    if (row.type === 'file' || row.type === 'hardlink') result.appendMarkdown(` · ${formatSize(row.size)}`);
    result.appendMarkdown(lineBreak + formatDateTime(new Date(row.mtime * 1000)));
    if (row.linkName !== null) {
      result.appendMarkdown(`${lineBreak}→ `);
      appendForeign(result, row.linkName, 500);
    }
    return result;
  }

  children(signal: AbortSignal): Promise<TreeNode[]> {
    return folderNodes(this, this.#folder, this.row.path, signal);
  }

  #label(): string {
    const { path, type } = this.row;
    if (type === 'opaque') return l10n.t('(everything below)');
    return foreignText(path.slice(path.lastIndexOf('/') + 1), 255);
  }
}

/** What its menu offers. */
function rowKind({ type }: FileRow<LayerEntryType>): ViewItem {
  switch (type) {
    case 'file':
    case 'hardlink':
    case 'symlink':
      return viewItems.file;
    case 'directory':
      return viewItems.folder;
    default:
      return viewItems.otherFile;
  }
}

function rowDescription(row: FileRow<LayerEntryType>): string | undefined {
  switch (row.type) {
    case 'file':
      return formatSize(row.size);
    case 'hardlink':
    case 'symlink':
      return `→ ${foreignText(row.linkName ?? '', 255)}`;
    case 'whiteout':
      return l10n.t('removed');
    case 'opaque':
      return l10n.t('hidden');
    case 'character':
    case 'block':
    case 'fifo':
      return typeText(row.type);
    case 'directory':
      return undefined;
  }
}

function rowIcon({ type }: FileRow<LayerEntryType>): ThemeIcon {
  switch (type) {
    case 'directory':
      return ThemeIcon.Folder;
    case 'symlink':
      return new ThemeIcon('file-symlink-file');
    case 'whiteout':
    case 'opaque':
      return new ThemeIcon('diff-removed', new ThemeColor('gitDecoration.deletedResourceForeground'));
    case 'character':
    case 'block':
    case 'fifo':
      return new ThemeIcon('symbol-interface');
    case 'file':
    case 'hardlink':
      return ThemeIcon.File;
  }
}

function typeText(type: LayerEntryType): string {
  switch (type) {
    case 'file':
      return l10n.t('file');
    case 'directory':
      return l10n.t('folder');
    case 'symlink':
      return l10n.t('symbolic link');
    case 'hardlink':
      return l10n.t('hard link');
    case 'character':
      return l10n.t('character device');
    case 'block':
      return l10n.t('block device');
    case 'fifo':
      return l10n.t('named pipe');
    case 'whiteout':
      return l10n.t('removed by this layer');
    case 'opaque':
      return l10n.t('everything that lower layers have in this folder is hidden');
  }
}
