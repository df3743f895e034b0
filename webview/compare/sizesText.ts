import { fill, formatSize } from '../common/format.ts';
import type { Words } from './comparePage.ts';

/** Bytes as distributed, and unpacked where that is known. */
export function sizesText(
  { size, unpackedSize }: { readonly size: number; readonly unpackedSize: number | null },
  words: Words,
): string {
  return unpackedSize === null
    ? fill(words.distributedOnly, formatSize(size))
    : fill(words.distributed, formatSize(size), formatSize(unpackedSize));
}
