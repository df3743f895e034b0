import type { EntryCollector } from './entryCollector.ts';
import { kindCode } from './layerIndexFormat.ts';
import { type OrderedRows, type PathTable, sortByPath } from './pathSort.ts';

const { opaque, implied, directory, file, hardlink } = kindCode;

/**
 * The collector's rows in the index's order: by bytes of path, deletions before entries. On the way the layer is made
 * consistent, as unpacking it in the tar's order would: of duplicates the last holds; what is no folder takes the place
 * of all that stood there before, and what is put below it later makes it a folder again; folders that no entry
 * describes are added; hard links get size and content of the file that they name.
 */
export function arrangeEntries(entries: EntryCollector): Uint32Array {
  const rows = Uint32Array.from({ length: entries.length }, (_, row) => row);
  const whole = withFolders(entries, withoutDuplicates(entries, sortByPath(pathTable(entries), rows)));
  resolveHardLinks(entries, whole);
  return whole;
}

/** Valid until the next row is added. Rows of the same path and rank stay in the tar's order. */
function pathTable(entries: EntryCollector): PathTable {
  const kinds = entries.kind.values;
  return {
    heap: entries.paths.bytes,
    starts: entries.pathStart.values,
    lengths: entries.pathLength.values,
    twins: (left, right) =>
      rank(kinds[left] ?? 0) - rank(kinds[right] ?? 0) ||
      describedLast(kinds[left], kinds[right]) ||
      left - right,
  };
}

/** What an entry says of a folder holds against what its content implies. */
function describedLast(left: number | undefined, right: number | undefined): number {
  return Number(left !== implied) - Number(right !== implied);
}

/** Whiteouts, opaque marks and entries of the same path stand side by side. */
function rank(kind: number): number {
  return Math.min(kind, implied);
}

function withoutDuplicates(entries: EntryCollector, { rows, common }: OrderedRows): OrderedRows {
  let kept = 0;
  let shared = Number.POSITIVE_INFINITY;
  for (let at = 0; at < rows.length; at++) {
    const row = rows[at] ?? 0;
    shared = Math.min(shared, common[at] ?? 0);
    if (at + 1 < rows.length && isSameThing(entries, row, rows[at + 1] ?? 0, common[at + 1] ?? 0)) continue;
    rows[kept] = row;
    common[kept++] = shared;
    shared = Number.POSITIVE_INFINITY;
  }
  return { rows: rows.subarray(0, kept), common: common.subarray(0, kept) };
}

/** `common`: how many bytes their paths have in common. */
function isSameThing(entries: EntryCollector, left: number, right: number, common: number): boolean {
  return (
    common === entries.pathLength.get(left) &&
    common === entries.pathLength.get(right) &&
    rank(entries.kind.get(left)) === rank(entries.kind.get(right))
  );
}

/**
 * Byte order is the preorder of a trie: what is a beginning of the current path is a chain, kept as a stack, and the
 * folders above the current path are those links of the chain behind which a slash follows.
 */
function withFolders(entries: EntryCollector, { rows, common }: OrderedRows): Uint32Array {
  const chain: number[] = [];
  const added: number[] = [];
  let kept = 0;
  for (let at = 0; at < rows.length; at++) {
    const row = rows[at] ?? 0;
    while (chain.length > 0 && entries.pathLength.get(chain.at(-1) ?? 0) > (common[at] ?? 0)) chain.pop();
    if (isReplaced(entries, chain, row)) continue;
    rows[kept++] = row;
    addFolders(entries, chain, row, added);
    if (rank(entries.kind.get(row)) === implied) chain.push(row);
  }
  if (added.length === 0) return rows.subarray(0, kept);
  const whole = new Uint32Array(kept + added.length);
  whole.set(rows.subarray(0, kept));
  whole.set(added, kept);
  return withoutDuplicates(entries, sortByPath(pathTable(entries), whole)).rows;
}

/** True where something above came later in the tar and is no folder; where it came earlier it becomes one. */
function isReplaced(entries: EntryCollector, chain: readonly number[], row: number): boolean {
  for (const above of chain) {
    if (entries.kind.get(above) <= directory || !isAbove(entries, above, row)) continue;
    if (above > row) return true;
    entries.makeImplied(above);
  }
  return false;
}

function isAbove(entries: EntryCollector, above: number, row: number): boolean {
  const end = entries.pathLength.get(above);
  return end < entries.pathLength.get(row) && entries.paths.bytes[entries.pathStart.get(row) + end] === 0x2f;
}

/** Puts the missing folders above `row` on the chain. An opaque mark speaks of a folder, which must be there as well. */
function addFolders(entries: EntryCollector, chain: number[], row: number, added: number[]): void {
  const start = entries.pathStart.get(row);
  const length = entries.pathLength.get(row);
  const known = nearestFolder(entries, chain, row);
  const heap = entries.paths.bytes;
  for (let at = known + 1; at <= length; at++) {
    const isFolder = at === length ? entries.kind.get(row) === opaque : heap[start + at] === 0x2f;
    if (!isFolder) continue;
    const folder = entries.addImplied(row, at);
    added.push(folder);
    if (at < length) chain.push(folder);
  }
}

/** Length of the path of the lowest folder above that is on the chain; 0 for the root. */
function nearestFolder(entries: EntryCollector, chain: readonly number[], row: number): number {
  for (let at = chain.length - 1; at >= 0; at--) {
    const above = chain[at] ?? 0;
    if (isAbove(entries, above, row)) return entries.pathLength.get(above);
  }
  return 0;
}

/** In the tar's order, so that a chain of links resolves from its beginning. A link to what is not here stays open. */
function resolveHardLinks(entries: EntryCollector, rows: Uint32Array): void {
  const links = rows.filter((row) => entries.kind.get(row) === hardlink).sort();
  for (const row of links) {
    const target = findLinkTarget(entries, rows, row);
    if (target === undefined || entries.kind.get(target) < file) continue;
    if (entries.kind.get(target) === hardlink && target >= row) continue;
    entries.dataOffset.set(row, entries.dataOffset.get(target));
    entries.size.set(row, hasSize(entries.kind.get(target)) ? entries.size.get(target) : 0);
    entries.digestRow.set(row, entries.digestRow.get(target));
    const segments = entries.sparse.get(target);
    if (segments) entries.sparse.set(row, segments);
  }
}

function hasSize(kind: number): boolean {
  return kind === file || kind === hardlink;
}

function findLinkTarget(entries: EntryCollector, rows: Uint32Array, link: number): number | undefined {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareToLink(entries, rows[middle] ?? 0, link) < 0) low = middle + 1;
    else high = middle;
  }
  for (let at = low; at < rows.length; at++) {
    const row = rows[at] ?? 0;
    if (compareToLink(entries, row, link) !== 0) return undefined;
    if (rank(entries.kind.get(row)) === implied) return row;
  }
  return undefined;
}

function compareToLink(entries: EntryCollector, row: number, link: number): number {
  const paths = entries.paths.bytes;
  const links = entries.links.bytes;
  const pathStart = entries.pathStart.get(row);
  const pathLength = entries.pathLength.get(row);
  const linkStart = entries.linkStart.get(link);
  const linkLength = entries.linkLength.get(link);
  const common = Math.min(pathLength, linkLength);
  for (let at = 0; at < common; at++) {
    const difference = (paths[pathStart + at] ?? 0) - (links[linkStart + at] ?? 0);
    if (difference !== 0) return difference;
  }
  return pathLength - linkLength;
}
