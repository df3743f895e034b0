import assert from 'node:assert/strict';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import {
  commands,
  extensions,
  type Hover,
  MarkdownString,
  type Position,
  type TextDocument,
  type TreeDataProvider,
  type TreeItem,
  type TreeItemLabel,
  Uri,
  window,
  workspace,
} from 'vscode';
import { ImageEngine } from '../../src/engine/imageEngine.ts';
import type { ExtensionParts } from '../../src/extension.ts';
import type { TreeNode } from '../../src/ui/views/treeNode.ts';

/** The extension under test and what it shows. */
export function extension() {
  const found = extensions.getExtension<ExtensionParts>('strata.strata');
  assert.ok(found, 'the extension is not installed');
  return found;
}

export async function parts(): Promise<ExtensionParts> {
  return extension().activate();
}

/** An engine of another process's making on the store that the extension uses, as the command line has one. */
export function otherEngine(): ImageEngine {
  const storeDirectory = process.env.STRATA_STORE;
  assert.ok(storeDirectory, 'the tests need a store of their own');
  return new ImageEngine({
    storeDirectory,
    workerFile: path.join(extension().extensionPath, 'dist', 'layerWorker.js'),
    credentials: async () => undefined,
    userAgent: 'strata-test',
  });
}

/** Removes every image; one that is there by several manifests goes at once. */
export async function emptyStore(engine: ImageEngine): Promise<void> {
  for (;;) {
    const [first] = await engine.images();
    if (!first) return;
    await engine.remove(first.id, { force: true });
  }
}

/** Writes a file into the open folder. */
export async function writeFile(name: string, text: string): Promise<Uri> {
  const [folder] = workspace.workspaceFolders ?? [];
  assert.ok(folder, 'no folder is open');
  const uri = Uri.joinPath(folder.uri, name);
  await workspace.fs.writeFile(uri, new TextEncoder().encode(text));
  return uri;
}

/** Writes a file into the open folder and shows it. */
export async function openFile(name: string, text: string): Promise<TextDocument> {
  const document = await workspace.openTextDocument(await writeFile(name, text));
  await window.showTextDocument(document);
  return document;
}

/** The middle of a text in a document. */
export function positionOf(document: TextDocument, text: string): Position {
  const offset = document.getText().indexOf(text);
  assert.ok(offset >= 0, `${text} is not in the document`);
  return document.positionAt(offset + Math.floor(text.length / 2));
}

/** What all hovers at a text say, as Markdown, in one string. */
export async function hoverAt(document: TextDocument, text: string): Promise<string> {
  return (await hoversAt(document, text)).map(({ value }) => value).join('\n\n');
}

/** All that the hovers there hold. */
export async function hoversAt(document: TextDocument, text: string): Promise<readonly MarkdownString[]> {
  const hovers = await commands.executeCommand<Hover[]>(
    'vscode.executeHoverProvider',
    document.uri,
    positionOf(document, text),
  );
  const contents = hovers.flatMap((hover) => hover.contents);
  return contents.filter((content) => content instanceof MarkdownString);
}

export interface Row {
  readonly node: TreeNode;
  readonly item: TreeItem;
  readonly label: string;
  readonly description: string;
}

export async function rows(tree: TreeDataProvider<TreeNode>, parent?: TreeNode): Promise<Row[]> {
  const nodes = (await tree.getChildren(parent)) ?? [];
  return Promise.all(nodes.map((node) => rowOf(tree, node)));
}

async function rowOf(tree: TreeDataProvider<TreeNode>, node: TreeNode): Promise<Row> {
  const item = await tree.getTreeItem(node);
  const label = typeof item.label === 'string' ? item.label : (item.label as TreeItemLabel).label;
  return { node, item, label, description: String(item.description ?? '') };
}

/** The row with a label, below a parent. */
export async function row(tree: TreeDataProvider<TreeNode>, label: string, parent?: TreeNode): Promise<Row> {
  const all = await rows(tree, parent);
  const found = all.find((one) => one.label === label);
  assert.ok(found, `no row ${label} among ${all.map((one) => one.label).join(', ')}`);
  return found;
}

export async function tooltipOf(tree: TreeDataProvider<TreeNode>, { item, node }: Row): Promise<string> {
  const resolved = await tree.resolveTreeItem?.(item, node, neverCancelled);
  const tooltip = resolved?.tooltip;
  return tooltip instanceof MarkdownString ? tooltip.value : String(tooltip ?? '');
}

const neverCancelled = {
  isCancellationRequested: false,
  onCancellationRequested: () => ({ dispose: () => undefined }),
};

/** Asks again until the answer is there. */
export async function eventually<T>(ask: () => Promise<T | undefined>, what: string): Promise<T> {
  const end = Date.now() + 40_000;
  while (Date.now() < end) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await delay(100);
  }
  throw new Error(`${what} did not come about`);
}
