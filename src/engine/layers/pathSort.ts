/** Where the paths of rows are: row `n` has `lengths[n]` bytes of the heap from `starts[n]` on. */
export interface PathTable {
  readonly heap: Uint8Array;
  readonly starts: Uint32Array;
  readonly lengths: Uint16Array;
  /** Order of two rows of the same path: below 0 where the left one comes first. */
  readonly twins: (left: number, right: number) => number;
}

/** Rows in an order, and how many bytes each one's path has in common with that of the row before; 0 for the first. */
export interface OrderedRows {
  readonly rows: Uint32Array;
  readonly common: Uint16Array;
}

/**
 * Sorts rows by the bytes of their paths. A merge sort that takes the runs that are there already (tars are sorted, nearly)
 * and looks at each byte about once: what both heads have in common with the row put last says mostly which one is next.
 * W. Ng, K. Kakehi: Merging String Sequences by Longest Common Prefixes (2008).
 */
export function sortByPath(table: PathTable, rows: Uint32Array): OrderedRows {
  let from: OrderedRows = { rows, common: new Uint16Array(rows.length) };
  let runs = findRuns(table, from);
  if (runs.length <= 2) return from;
  let to: OrderedRows = { rows: new Uint32Array(rows.length), common: new Uint16Array(rows.length) };
  while (runs.length > 2) {
    runs = mergePairs(table, runs, from, to);
    [from, to] = [to, from];
  }
  return from;
}

/** Where ascending runs begin, and the end of the last; fills in `common`. */
function findRuns(table: PathTable, { rows, common }: OrderedRows): number[] {
  const runs = [0];
  for (let at = 1; at < rows.length; at++) {
    const left = rows[at - 1] ?? 0;
    const right = rows[at] ?? 0;
    const shared = commonBytes(table, left, right, 0);
    common[at] = shared;
    if (compareFrom(table, left, right, shared) > 0) runs.push(at);
  }
  runs.push(rows.length);
  return runs;
}

/** Two neighbouring runs become one; gives where those begin. */
function mergePairs(table: PathTable, runs: readonly number[], from: OrderedRows, to: OrderedRows): number[] {
  const merged: number[] = [];
  const end = runs.at(-1) ?? 0;
  for (let run = 0; run < runs.length - 1; run += 2) {
    const start = runs[run] ?? 0;
    merged.push(start);
    merge(table, from, to, start, runs[run + 1] ?? end, runs[run + 2] ?? end);
  }
  merged.push(end);
  return merged;
}

/** `leftCommon` and `rightCommon` are what the head of each run has in common with what was put last. */
function merge(
  table: PathTable,
  from: OrderedRows,
  to: OrderedRows,
  start: number,
  middle: number,
  end: number,
): void {
  let left = start;
  let right = middle;
  let leftCommon = 0;
  let rightCommon = 0;
  let at = start;
  while (left < middle && right < end) {
    let isLeft = leftCommon > rightCommon;
    let shared = isLeft ? rightCommon : leftCommon;
    if (leftCommon === rightCommon) {
      const leftRow = from.rows[left] ?? 0;
      const rightRow = from.rows[right] ?? 0;
      shared = commonBytes(table, leftRow, rightRow, shared);
      isLeft = compareFrom(table, leftRow, rightRow, shared) <= 0;
    }
    to.rows[at] = from.rows[isLeft ? left : right] ?? 0;
    to.common[at] = isLeft ? leftCommon : rightCommon;
    at++;
    if (isLeft) {
      left++;
      leftCommon = from.common[left] ?? 0;
      rightCommon = shared;
    } else {
      right++;
      rightCommon = from.common[right] ?? 0;
      leftCommon = shared;
    }
  }
  const [rest, restEnd, restCommon] = left < middle ? [left, middle, leftCommon] : [right, end, rightCommon];
  to.rows.set(from.rows.subarray(rest, restEnd), at);
  to.common.set(from.common.subarray(rest, restEnd), at);
  if (rest < restEnd) to.common[at] = restCommon;
}

/** How many bytes both begin with, of which `known` are known. */
function commonBytes(
  { heap, starts, lengths }: PathTable,
  left: number,
  right: number,
  known: number,
): number {
  const leftStart = starts[left] ?? 0;
  const rightStart = starts[right] ?? 0;
  const most = Math.min(lengths[left] ?? 0, lengths[right] ?? 0);
  let at = known;
  while (at < most && heap[leftStart + at] === heap[rightStart + at]) at++;
  return at;
}

/** Compares two paths that have exactly `common` bytes in common. */
function compareFrom(table: PathTable, left: number, right: number, common: number): number {
  const { heap, starts, lengths } = table;
  const leftLength = lengths[left] ?? 0;
  const rightLength = lengths[right] ?? 0;
  if (common < leftLength && common < rightLength)
    return (heap[(starts[left] ?? 0) + common] ?? 0) - (heap[(starts[right] ?? 0) + common] ?? 0);
  return leftLength - rightLength || table.twins(left, right);
}
