import { setImmediate as nextTurn } from 'node:timers/promises';
import { throwIfCancelled } from '../errors.ts';
import type { UnionTree } from './unionTree.ts';

/** Files looked at before other work gets its turn: a few milliseconds. */
const portion = 4_000;

const slash = 0x2f;

/** Of one content, the removed and the added paths, each in byte order. */
interface Group {
  readonly removed: number[];
  readonly added: number[];
}

/** Which removed path is now which added one, by their numbers in the two trees. In byte order of the new path. */
export class RenamedPaths implements Iterable<readonly [from: number, to: number]> {
  readonly #from: Uint32Array;
  readonly #to: Uint32Array;
  readonly #sources: Uint32Array;

  constructor(pairs: readonly (readonly [from: number, to: number])[]) {
    const ordered = pairs.toSorted(([, left], [, right]) => left - right);
    this.#from = Uint32Array.from(ordered, ([from]) => from);
    this.#to = Uint32Array.from(ordered, ([, to]) => to);
    this.#sources = this.#from.toSorted();
  }

  get length(): number {
    return this.#to.length;
  }

  *[Symbol.iterator](): Generator<readonly [from: number, to: number], void, undefined> {
    for (const [at, to] of this.#to.entries()) yield [this.#from[at] ?? 0, to];
  }

  /** Where a path of the new tree was before. */
  from(to: number): number | undefined {
    const at = placeOf(this.#to, to);
    return at === undefined ? undefined : this.#from[at];
  }

  /** Whether a path of the old tree is another one now. */
  isSource(from: number): boolean {
    return placeOf(this.#sources, from) !== undefined;
  }
}

/**
 * Pairs removed files with added ones of the same bytes; empty files and everything that is no file are left alone. Where
 * several have the same bytes, those that keep their name go first, then the first in byte order with the first.
 * @throws `Cancelled`
 */
export async function findRenames(
  { before, removed }: { readonly before: UnionTree; readonly removed: readonly number[] },
  { after, added }: { readonly after: UnionTree; readonly added: readonly number[] },
  signal?: AbortSignal,
): Promise<RenamedPaths> {
  const groups = new Map<string, Group>();
  await inPortions(removed, signal, (at) => {
    const content = contentOf(before, at);
    if (content === undefined) return;
    const group = groups.get(content);
    if (group) group.removed.push(at);
    else groups.set(content, { removed: [at], added: [] });
  });
  await inPortions(added, signal, (at) => {
    const content = groups.size === 0 ? undefined : contentOf(after, at);
    if (content !== undefined) groups.get(content)?.added.push(at);
  });
  const pairs: (readonly [number, number])[] = [];
  await inPortions(groups.values(), signal, (group) => {
    for (const pair of pairsOf(group, before, after)) pairs.push(pair);
  });
  return new RenamedPaths(pairs);
}

async function inPortions<T>(
  items: Iterable<T>,
  signal: AbortSignal | undefined,
  work: (item: T) => void,
): Promise<void> {
  let count = 0;
  for (const item of items) {
    work(item);
    if (++count % portion !== 0) continue;
    throwIfCancelled(signal);
    await nextTurn();
  }
}

/** What the bytes of a regular file with any are; a byte a character. */
function contentOf(tree: UnionTree, at: number): string | undefined {
  const { kind, index, at: entry } = tree.contentNode(tree.place(at));
  if (kind !== 'file' || index.size(entry) === 0) return undefined;
  return Buffer.from(index.contentHash(entry)).toString('latin1');
}

function* pairsOf(
  { removed, added }: Group,
  before: UnionTree,
  after: UnionTree,
): Generator<readonly [from: number, to: number], void, undefined> {
  if (added.length === 0) return;
  const byName = removedByName(removed, before);
  const taken = new Set<number>();
  const others: number[] = [];
  for (const to of added) {
    const from = byName.get(nameOf(after, to))?.pop();
    if (from === undefined) others.push(to);
    else {
      taken.add(from);
      yield [from, to];
    }
  }
  const left = removed.filter((from) => !taken.has(from));
  for (const [at, from] of left.slice(0, others.length).entries()) yield [from, others[at] ?? 0];
}

/** The first in byte order is the last of its list. */
function removedByName(removed: readonly number[], before: UnionTree): ReadonlyMap<string, number[]> {
  const byName = new Map<string, number[]>();
  for (const at of removed.toReversed()) {
    const name = nameOf(before, at);
    const others = byName.get(name);
    if (others) others.push(at);
    else byName.set(name, [at]);
  }
  return byName;
}

function nameOf(tree: UnionTree, at: number): string {
  const path = tree.pathBytes(at);
  return Buffer.from(path.subarray(path.lastIndexOf(slash) + 1)).toString('latin1');
}

/** By halving, in numbers that rise. */
function placeOf(numbers: Uint32Array, wanted: number): number | undefined {
  let [low, high] = [0, numbers.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((numbers[middle] ?? 0) < wanted) low = middle + 1;
    else high = middle;
  }
  return numbers[low] === wanted ? low : undefined;
}
