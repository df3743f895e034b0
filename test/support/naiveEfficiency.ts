import type { TarItem } from './tarWriter.ts';

interface Cost {
  count: number;
  total: number;
  least: number;
}

/** Path to size, or to `undefined` for a folder. */
type Tree = Map<string, number | undefined>;

/**
 * dive's score and list, from the layers' own entries, as plainly as can be: each leaf of each layer costs its bytes at
 * its path, a whiteout what the folder held that it removes. For layers without opaque marks whose whiteouts hit and
 * whose paths never change their type.
 */
export function naiveEfficiency(layers: readonly (readonly TarItem[])[]): {
  readonly efficiency: number;
  readonly wastedBytes: number;
  readonly rows: readonly string[];
} {
  const costs = new Map<string, Cost>();
  const below: Tree = new Map();
  for (const items of layers) {
    for (const item of items) if (isLeaf(item, items)) addCost(costs, hidden(item), sizeOf(item, below));
    unpack(items, below);
  }
  const all = [...costs.values()];
  const wasteful = [...costs].filter(([, { count }]) => count > 1);
  const total = sum(all.map((cost) => cost.total));
  return {
    efficiency: total === 0 ? 1 : sum(all.map(({ least }) => least)) / total,
    wastedBytes: sum(wasteful.map(([, cost]) => cost.total)),
    rows: wasteful.map(([path, cost]) => `/${path} ×${cost.count} ${cost.total}`).sort(),
  };
}

function isLeaf({ path }: TarItem, items: readonly TarItem[]): boolean {
  return !items.some((other) => String(other.path).startsWith(`${path}/`));
}

function isWhiteout({ path }: TarItem): boolean {
  return /(^|\/)\.wh\.[^/]*$/.test(String(path));
}

function hidden({ path }: TarItem): string {
  return String(path).replace(/\.wh\.([^/]*)$/, '$1');
}

function sizeOf(item: TarItem, below: Tree): number {
  if (!isWhiteout(item)) return item.content?.length ?? 0;
  return sum([...below].map(([path, size]) => (path.startsWith(`${hidden(item)}/`) ? (size ?? 0) : 0)));
}

function addCost(costs: Map<string, Cost>, path: string, size: number): void {
  const cost = costs.get(path) ?? { count: 0, total: 0, least: size };
  costs.set(path, {
    count: cost.count + 1,
    total: cost.total + size,
    least: Math.min(cost.least, size),
  });
}

function unpack(items: readonly TarItem[], tree: Tree): void {
  for (const item of items.filter(isWhiteout)) {
    const gone = hidden(item);
    for (const path of [...tree.keys()]) if (path === gone || path.startsWith(`${gone}/`)) tree.delete(path);
  }
  for (const item of items) {
    if (isWhiteout(item)) continue;
    tree.set(String(item.path), item.type === 'directory' ? undefined : (item.content?.length ?? 0));
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
