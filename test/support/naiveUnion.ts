import type { LayerStats } from '../../src/engine/layers/unionTree.ts';
import type { TarItem } from './tarWriter.ts';

interface Node {
  readonly type: string;
  readonly size: number;
  readonly mode: number;
  readonly layer: number;
}

type Tree = Map<string, Node>;

/** Union and figures by unpacking layer after layer into a map, as plainly as can be: what the real one is held against. */
export function naiveUnion(layers: readonly (readonly TarItem[])[]): {
  readonly rows: readonly string[];
  readonly stats: readonly LayerStats[];
} {
  const tree: Tree = new Map();
  const stats = layers.map(() => ({ added: 0, modified: 0, removed: 0, wastedBytes: 0 }));
  for (const [layer, items] of layers.entries()) {
    const before: Tree = new Map(tree);
    removeDeleted(tree, items);
    for (const item of items) put(tree, item, layer);
    count(before, tree, layer, stats);
  }
  const paths = [...tree.keys()].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  const rows = paths.map((path) => {
    const node = tree.get(path);
    return `${path} ${node?.type} ${node?.size} @${node?.layer}`;
  });
  return { rows, stats };
}

function removeDeleted(tree: Tree, items: readonly TarItem[]): void {
  for (const { parent, name } of items.map(split)) {
    if (name === '.wh..wh..opq') removeBelow(tree, parent);
    else if (name.startsWith('.wh.')) remove(tree, `${parent}/${name.slice(4)}`);
  }
}

function put(tree: Tree, item: TarItem, layer: number): void {
  const { parent, name } = split(item);
  makeFolders(tree, parent, layer);
  if (name.startsWith('.wh.')) return;
  const path = `${parent}/${name}`;
  const type = item.type ?? 'file';
  if (type !== 'directory') remove(tree, path);
  tree.set(path, { type, size: item.content?.length ?? 0, mode: item.mode ?? 0o644, layer });
}

function makeFolders(tree: Tree, path: string, layer: number): void {
  if (path === '') return;
  makeFolders(tree, path.slice(0, path.lastIndexOf('/')), layer);
  if (tree.get(path)?.type === 'directory') return;
  tree.set(path, { type: 'directory', size: 0, mode: 0o755, layer });
}

function remove(tree: Tree, path: string): void {
  tree.delete(path);
  removeBelow(tree, path);
}

function removeBelow(tree: Tree, path: string): void {
  for (const other of [...tree.keys()]) if (other.startsWith(`${path}/`)) tree.delete(other);
}

function split({ path }: TarItem): { parent: string; name: string } {
  const absolute = `/${path}`;
  const at = absolute.lastIndexOf('/');
  return { parent: absolute.slice(0, at), name: absolute.slice(at + 1) };
}

function count(
  before: Tree,
  after: Tree,
  layer: number,
  stats: { -readonly [K in keyof LayerStats]: LayerStats[K] }[],
): void {
  const own = stats[layer];
  if (!own) return;
  for (const [path, old] of before) {
    const now = after.get(path);
    if (now === old) continue;
    const lower = stats[old.layer];
    if (lower && old.type === 'file') lower.wastedBytes += old.size;
    if (!now) own.removed++;
    else if (old.type !== 'directory' || now.type !== 'directory' || old.mode !== now.mode) own.modified++;
  }
  for (const path of after.keys()) if (!before.has(path)) own.added++;
}
