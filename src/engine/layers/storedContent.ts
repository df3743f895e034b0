import type { FileType } from '../image.ts';
import { maxSparseSegments } from './limits.ts';
import { type PaxRecords, paxInteger } from './paxRecords.ts';
import {
  brokenMap,
  checkedSegments,
  gnuExtensionSegments,
  gnuHeaderSegments,
  LeadingSparseMap,
  numbersOfList,
  type SparseSegment,
  segmentsOfNumbers,
  tooManySegments,
} from './sparseMap.ts';
import { type EntryOverrides, storedSize, value } from './tarEntry.ts';
import { entryType, hasContent } from './tarEntryType.ts';
import { blockSize, type TarHeader } from './tarHeader.ts';

/** What an entry is and how many bytes stand behind its header. */
export interface StoredContent {
  readonly type: FileType;
  /** Of the file once unpacked, bytes. */
  readonly size: number;
  readonly sparse: readonly SparseSegment[] | undefined;
  /** Bytes of the file in the tar. */
  readonly stored: number;
  /** Bytes in the tar that belong to nothing: behind a folder's header, for example. */
  readonly ignored: number;
}

/** To be given the blocks behind the header until it answers: what stands behind those is the content. */
export type MapReader = (block: Uint8Array) => StoredContent | undefined;

const gnuSparseFlag = 'S'.charCodeAt(0);

/**
 * What stands behind the entry's header, or how to find it out where a sparse file's map stands there first.
 * @param sparsePairs of the PAX sparse format 0.0
 * @param block the header's own
 * @throws `Corrupt`, `TooLarge`, `Unsupported`
 */
export function storedContent(
  header: TarHeader,
  overrides: EntryOverrides,
  sparsePairs: readonly number[],
  block: Uint8Array,
): StoredContent | MapReader {
  if (header.typeFlag === gnuSparseFlag) return gnuSparse(storedSize(header, overrides), block);
  const type = entryType(header, overrides);
  const size = hasContent(header) ? storedSize(header, overrides) : 0;
  if (type === 'file' && isPaxSparse(overrides.pax, sparsePairs))
    return paxSparse(overrides, size, sparsePairs);
  if (type !== 'file') return { type, size: 0, sparse: undefined, stored: 0, ignored: size };
  return { type, size, sparse: undefined, stored: size, ignored: 0 };
}

function sparseFile(sparse: readonly SparseSegment[], size: number, stored: number): StoredContent {
  return { type: 'file', size, sparse, stored, ignored: 0 };
}

function paxSparse(
  { pax }: EntryOverrides,
  size: number,
  sparsePairs: readonly number[],
): StoredContent | MapReader {
  const realSize =
    value(pax, 'GNU.sparse.realsize', paxInteger) ?? value(pax, 'GNU.sparse.size', paxInteger) ?? -1;
  if (realSize < 0) throw brokenMap();
  if (value(pax, 'GNU.sparse.major', paxInteger) === 1) return leadingMap(size, realSize);
  const numbers = value(pax, 'GNU.sparse.map', numbersOfList) ?? sparsePairs;
  return sparseFile(checkedSegments(segmentsOfNumbers(numbers), realSize, size), realSize, size);
}

/** Format 1.0: blocks of the map come first and count as stored bytes. */
function leadingMap(size: number, realSize: number): MapReader {
  const map = new LeadingSparseMap();
  let left = size;
  return (block) => {
    left -= blockSize;
    const segments = left < 0 ? undefined : map.push(block);
    if (left < 0 || (left === 0 && !segments)) throw brokenMap();
    return segments && sparseFile(checkedSegments(segments, realSize, left), realSize, left);
  };
}

/** Old GNU: the map is in the header, and in extension blocks that do not count as stored bytes. */
function gnuSparse(size: number, block: Uint8Array): StoredContent | MapReader {
  const { segments, extended, realSize } = gnuHeaderSegments(block);
  const whole = () => sparseFile(checkedSegments(segments, realSize, size), realSize, size);
  if (!extended) return whole();
  return (extension) => {
    const more = gnuExtensionSegments(extension);
    segments.push(...more.segments);
    // Extensions have no end of their own; the rest is checked once the map is whole.
    if (segments.length > maxSparseSegments) throw tooManySegments();
    return more.extended ? undefined : whole();
  };
}

function isPaxSparse(pax: PaxRecords | undefined, pairs: readonly number[]): boolean {
  if (!pax) return false;
  return pairs.length > 0 || pax.has('GNU.sparse.map') || pax.has('GNU.sparse.major');
}
