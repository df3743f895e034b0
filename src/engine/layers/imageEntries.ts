import { isEngineError } from '../errors.ts';
import type { FileRow, ImageEntry } from '../image.ts';
import { decodePath, encodePath } from './entryText.ts';
import { type FoundPath, followLinks } from './followLinks.ts';
import { impliedMode } from './layerIndexFormat.ts';
import { childPlaces } from './sortedPaths.ts';
import type { UnionTree } from './unionTree.ts';

/**
 * What is at the path, links on the way followed within the tree (see {@link followLinks}).
 * @throws `NotFound`, `Invalid` where links on the way go round in circles
 */
export function entryAt(tree: UnionTree, path: Uint8Array): ImageEntry {
  return entryOf(tree, rowAt(tree, followLinks(tree, path, false)));
}

/**
 * What is directly in the folder that the path leads to, in byte order of path. Costs what it gives.
 * @throws as {@link entryAt}; `NotFound` also where the path leads to no folder
 */
export function entriesIn(tree: UnionTree, path: Uint8Array): readonly ImageEntry[] {
  // The empty last part is one that only a folder can have.
  const folder = followLinks(tree, Buffer.concat([path, Buffer.from('/')])).path;
  return Array.from(childPlaces(tree, folder), (at) => entryOf(tree, tree.row(at)));
}

function entryOf(tree: UnionTree, row: FileRow): ImageEntry {
  if (row.type === 'symlink') return { row, target: targetOf(tree, row) };
  const isOpen = row.type === 'hardlink' && tree.node(encodePath(row.path))?.kind === 'hardlink';
  return { row, target: isOpen ? undefined : row };
}

function targetOf(tree: UnionTree, { path }: FileRow): FileRow | undefined {
  try {
    return rowAt(tree, followLinks(tree, encodePath(path)));
  } catch (error) {
    if (isEngineError(error, 'NotFound', 'Invalid')) return undefined;
    throw error;
  }
}

function rowAt(tree: UnionTree, { path }: FoundPath): FileRow {
  if (path.length === 0) return rootRow;
  const row = tree.lookup(decodePath(path));
  if (!row) throw new RangeError('a path that was found has a row');
  return row;
}

/** No layer has to describe it. */
const rootRow: FileRow = {
  path: '/',
  type: 'directory',
  size: 0,
  mode: impliedMode,
  uid: 0,
  gid: 0,
  mtime: 0,
  linkName: null,
  layer: 0,
};
