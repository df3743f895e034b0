/** Paths in byte order, closed under parents (the root aside, whose path is empty). The same path may be there several times. */
export interface SortedPaths {
  readonly length: number;
  /** A view, not a copy. */
  pathBytes(at: number): Uint8Array;
}

const slash = 0x2f;
const afterSlash = 0x30;

/** The first place whose path is not before `path`; `length` where all are. */
export function lowerBound(paths: SortedPaths, path: Uint8Array, from = 0): number {
  let low = from;
  let high = paths.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (Buffer.compare(paths.pathBytes(middle), path) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** All places of the path. */
export function* placesOf(paths: SortedPaths, path: Uint8Array): Generator<number> {
  for (let at = lowerBound(paths, path); at < paths.length; at++) {
    if (Buffer.compare(paths.pathBytes(at), path) !== 0) return;
    yield at;
  }
}

/** Places of a folder's direct children, in byte order. Costs what it gives: what is below a child is jumped over. */
export function* childPlaces(paths: SortedPaths, folder: Uint8Array): Generator<number> {
  const prefix = Buffer.concat([folder, Buffer.of(slash)]);
  let at = lowerBound(paths, prefix);
  while (at < paths.length) {
    const path = paths.pathBytes(at);
    if (Buffer.compare(path.subarray(0, prefix.length), prefix) !== 0) return;
    const end = path.indexOf(slash, prefix.length);
    if (end < 0) yield at++;
    else at = lowerBound(paths, Buffer.concat([path.subarray(0, end), Buffer.of(afterSlash)]), at + 1);
  }
}
