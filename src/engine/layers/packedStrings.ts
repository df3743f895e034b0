import { decodePath } from './entryText.ts';

/** Strings one behind the other, and where each ends. */
export interface PackedStrings {
  readonly bytes: Uint8Array;
  readonly ends: Uint32Array;
}

/** Where the value stands among ascending ones. */
export function placeIn(ascending: Uint32Array, value: number): number | undefined {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ascending[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return ascending[low] === value ? low : undefined;
}

/** Extended attributes as the index packs them: lengths of name and value, then both. */
export function parseXattrs(bytes: Uint8Array): ReadonlyMap<string, Uint8Array> {
  const xattrs = new Map<string, Uint8Array>();
  for (let at = 0; at < bytes.length; ) {
    const [nameLength = 0, valueLength = 0] = new Uint32Array(bytes.slice(at, at + 8).buffer);
    const value = at + 8 + nameLength;
    xattrs.set(decodePath(bytes.subarray(at + 8, value)), bytes.slice(value, value + valueLength));
    at = value + valueLength;
  }
  return xattrs;
}
