import { EngineError } from '../errors.ts';
import type { FileType } from '../image.ts';
import { decodePath } from './entryText.ts';
import { maxHeaderBytes, maxSparseSegments } from './limits.ts';
import { type PaxRecords, parsePaxRecords, paxInteger } from './paxRecords.ts';
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
import { type EntryOverrides, entryName, storedSize, type TarEntry, tarEntry, value } from './tarEntry.ts';
import { blockSize, isZeroBlock, parseTarHeader, type TarHeader } from './tarHeader.ts';

/** What a {@link TarReader} calls, in the tar's order: entry, its content in pieces, the end of the content. */
export interface TarSink {
  entry(entry: TarEntry): void;
  /** A piece of a regular file's stored bytes; valid only during the call. */
  content(bytes: Uint8Array): void;
  /** Called for every entry, also where it has no content. */
  endOfEntry(): void;
}

type State =
  | { readonly kind: 'header' }
  /** Collecting the bytes of an extended header. */
  | { readonly kind: 'extended'; readonly typeFlag: number; readonly bytes: Uint8Array; filled: number }
  /** Reading blocks of a sparse file's map that stands behind its header. */
  | { readonly kind: 'map'; readonly next: (block: Uint8Array) => void }
  | { readonly kind: 'content'; left: number }
  | { readonly kind: 'skip'; left: number; readonly padding: boolean }
  | { readonly kind: 'ended' };

const code = (character: string): number => character.charCodeAt(0);

/**
 * Reads a tar that comes in pieces of any size: v7, ustar, PAX (local and global), GNU (long names, base-256, sparse).
 * Missing end blocks are accepted, and whatever stands behind them is ignored, as Docker does.
 * @throws `Corrupt`, `TooLarge` (extended headers, sparse maps), `Unsupported` (unknown entry types)
 */
export class TarReader {
  readonly #sink: TarSink;
  #state: State = { kind: 'header' };
  /** A block that came in two pieces. */
  readonly #carry = new Uint8Array(blockSize);
  #carried = 0;
  /** Bytes taken so far. */
  #position = 0;
  #zeroBlocks = 0;
  #global: PaxRecords | undefined;
  #local: PaxRecords | undefined;
  #sparsePairs: readonly number[] = [];
  #longName: Uint8Array | undefined;
  #longLink: Uint8Array | undefined;
  /** Of the entry whose content is being read. */
  #storedBytes = 0;

  constructor(sink: TarSink) {
    this.#sink = sink;
  }

  push(bytes: Uint8Array): void {
    let at = 0;
    while (at < bytes.length) {
      const taken = this.#take(bytes, at);
      at += taken;
      this.#position += taken;
    }
  }

  /** To be called once, behind the last piece. */
  end(): void {
    const { kind } = this.#state;
    if (kind === 'ended' || (kind === 'skip' && this.#state.padding)) return;
    const isBetweenEntries = kind === 'header' && this.#carried === 0 && !this.#hasOverrides();
    if (!isBetweenEntries) throw new EngineError('Corrupt', "the layer's tar ends in the middle of an entry");
  }

  #take(bytes: Uint8Array, at: number): number {
    const state = this.#state;
    switch (state.kind) {
      case 'header':
        return this.#takeBlock(bytes, at, (block) => this.#header(block));
      case 'map':
        return this.#takeBlock(bytes, at, state.next);
      case 'extended':
        return this.#takeExtended(state, bytes, at);
      case 'content':
        return this.#takeContent(state, bytes, at);
      case 'skip':
        return this.#takeSkipped(state, bytes.length - at);
      case 'ended':
        return bytes.length - at;
    }
  }

  /** The block is whole and #position still before its last part when `use` is called. */
  #takeBlock(bytes: Uint8Array, at: number, use: (block: Uint8Array) => void): number {
    if (this.#carried === 0 && bytes.length - at >= blockSize) {
      use(bytes.subarray(at, at + blockSize));
      return blockSize;
    }
    const taken = Math.min(blockSize - this.#carried, bytes.length - at);
    this.#carry.set(bytes.subarray(at, at + taken), this.#carried);
    this.#carried += taken;
    if (this.#carried === blockSize) {
      // Positions are counted from the block's begin, as if it had come whole.
      this.#position -= blockSize - taken;
      this.#carried = 0;
      use(this.#carry);
      this.#position += blockSize - taken;
    }
    return taken;
  }

  #header(block: Uint8Array): void {
    if (isZeroBlock(block)) {
      if (++this.#zeroBlocks === 2) this.#state = { kind: 'ended' };
      return;
    }
    if (this.#zeroBlocks > 0) {
      throw new EngineError(
        'Corrupt',
        `the layer's tar has a lone block of zeros before byte ${this.#position}`,
      );
    }
    const header = parseTarHeader(block, this.#position);
    switch (header.typeFlag) {
      case code('x'):
      case code('X'):
      case code('g'):
      case code('L'):
      case code('K'):
        this.#beginExtended(header);
        break;
      case code('V'):
        this.#skipEntry(header);
        break;
      case code('S'):
        this.#gnuSparse(header, block);
        break;
      default:
        this.#entry(header);
        break;
    }
  }

  #beginExtended(header: TarHeader): void {
    if (header.size < 0)
      throw new EngineError('Corrupt', "the layer's tar has an extended header of negative size");
    if (header.size > maxHeaderBytes) {
      throw new EngineError('TooLarge', `the layer's tar has an extended header of ${header.size} bytes`);
    }
    const bytes = new Uint8Array(header.size);
    this.#state = { kind: 'extended', typeFlag: header.typeFlag, bytes, filled: 0 };
    if (header.size === 0) this.#endExtended(header.typeFlag, bytes);
  }

  #takeExtended(state: State & { kind: 'extended' }, bytes: Uint8Array, at: number): number {
    const taken = Math.min(state.bytes.length - state.filled, bytes.length - at);
    state.bytes.set(bytes.subarray(at, at + taken), state.filled);
    state.filled += taken;
    if (state.filled === state.bytes.length) this.#endExtended(state.typeFlag, state.bytes);
    return taken;
  }

  #endExtended(typeFlag: number, bytes: Uint8Array): void {
    this.#keepExtended(typeFlag, bytes);
    this.#pad(bytes.length);
  }

  #keepExtended(typeFlag: number, bytes: Uint8Array): void {
    if (typeFlag === code('L')) {
      this.#longName = untilNul(bytes);
    } else if (typeFlag === code('K')) {
      this.#longLink = untilNul(bytes);
    } else if (typeFlag === code('g')) {
      this.#global = new Map([...(this.#global ?? []), ...parsePaxRecords(bytes).records]);
    } else {
      const { records, sparsePairs } = parsePaxRecords(bytes);
      this.#local = new Map([...(this.#local ?? []), ...records]);
      this.#sparsePairs = sparsePairs;
    }
  }

  #hasOverrides(): boolean {
    return (this.#local ?? this.#longName ?? this.#longLink) !== undefined;
  }

  /** Global records hold for all entries to come, local ones go before them, for one entry. */
  #overrides(): EntryOverrides {
    const pax =
      this.#global && this.#local
        ? new Map([...this.#global, ...this.#local])
        : (this.#local ?? this.#global);
    return { pax, longName: this.#longName, longLink: this.#longLink };
  }

  #entry(header: TarHeader): void {
    const overrides = this.#overrides();
    const type = entryType(header, overrides);
    const size = hasContent(header) ? storedSize(header, overrides) : 0;
    if (type === 'file' && isPaxSparse(overrides.pax, this.#sparsePairs)) {
      this.#paxSparse(header, overrides, size);
    } else if (type !== 'file' && size > 0) {
      this.#emit(header, overrides, { type, size: 0, sparse: undefined }, 0);
      this.#skip(size);
    } else {
      this.#emit(header, overrides, { type, size, sparse: undefined }, size);
    }
  }

  #paxSparse(header: TarHeader, overrides: EntryOverrides, size: number): void {
    const { pax } = overrides;
    const realSize =
      value(pax, 'GNU.sparse.realsize', paxInteger) ?? value(pax, 'GNU.sparse.size', paxInteger) ?? -1;
    if (realSize < 0) throw brokenMap();
    if (value(pax, 'GNU.sparse.major', paxInteger) === 1) {
      this.#leadingMap(header, overrides, size, realSize);
      return;
    }
    const numbers = value(pax, 'GNU.sparse.map', numbersOfList) ?? this.#sparsePairs;
    const segments = checkedSegments(segmentsOfNumbers(numbers), realSize, size);
    this.#emit(header, overrides, { type: 'file', size: realSize, sparse: segments }, size);
  }

  /** Format 1.0: blocks of the map come first and count as stored bytes. */
  #leadingMap(header: TarHeader, overrides: EntryOverrides, size: number, realSize: number): void {
    const map = new LeadingSparseMap();
    let left = size;
    const next = (block: Uint8Array) => {
      left -= blockSize;
      const segments = left < 0 ? undefined : map.push(block);
      if (left < 0 || (left === 0 && !segments)) throw brokenMap();
      if (!segments) return;
      const sparse = checkedSegments(segments, realSize, left);
      this.#emit(header, overrides, { type: 'file', size: realSize, sparse }, left);
    };
    this.#state = { kind: 'map', next };
  }

  /** Old GNU: the map is in the header, and in extension blocks that do not count as stored bytes. */
  #gnuSparse(header: TarHeader, block: Uint8Array): void {
    const overrides = this.#overrides();
    const size = storedSize(header, overrides);
    const { segments, extended, realSize } = gnuHeaderSegments(block);
    const emit = () => {
      const sparse = checkedSegments(segments, realSize, size);
      this.#emit(header, overrides, { type: 'file', size: realSize, sparse }, size);
    };
    const next = (extension: Uint8Array) => {
      const more = gnuExtensionSegments(extension);
      segments.push(...more.segments);
      // Extensions have no end of their own; the rest is checked once the map is whole.
      if (segments.length > maxSparseSegments) throw tooManySegments();
      if (!more.extended) emit();
    };
    if (extended) this.#state = { kind: 'map', next };
    else emit();
  }

  #emit(
    header: TarHeader,
    overrides: EntryOverrides,
    content: { type: FileType; size: number; sparse: readonly SparseSegment[] | undefined },
    stored: number,
  ): void {
    this.#forgetOverrides();
    this.#sink.entry(tarEntry(header, overrides, { ...content, dataOffset: this.#position + blockSize }));
    this.#state = { kind: 'content', left: stored };
    this.#storedBytes = stored;
    if (stored === 0) this.#endContent(0);
  }

  #takeContent(state: State & { kind: 'content' }, bytes: Uint8Array, at: number): number {
    const taken = Math.min(state.left, bytes.length - at);
    this.#sink.content(bytes.subarray(at, at + taken));
    state.left -= taken;
    if (state.left === 0) this.#endContent(this.#storedBytes);
    return taken;
  }

  #endContent(stored: number): void {
    this.#sink.endOfEntry();
    this.#pad(stored);
  }

  #skipEntry(header: TarHeader): void {
    const size = storedSize(header, this.#overrides());
    this.#forgetOverrides();
    this.#skip(size);
  }

  #forgetOverrides(): void {
    this.#local = undefined;
    this.#sparsePairs = [];
    this.#longName = undefined;
    this.#longLink = undefined;
  }

  #pad(size: number): void {
    const left = (blockSize - (size % blockSize)) % blockSize;
    this.#state = left === 0 ? { kind: 'header' } : { kind: 'skip', left, padding: true };
  }

  #skip(size: number): void {
    if (size === 0) this.#state = { kind: 'header' };
    else this.#state = { kind: 'skip', left: Math.ceil(size / blockSize) * blockSize, padding: false };
  }

  #takeSkipped(state: State & { kind: 'skip' }, available: number): number {
    const taken = Math.min(state.left, available);
    state.left -= taken;
    if (state.left === 0) this.#state = { kind: 'header' };
    return taken;
  }
}

function isPaxSparse(pax: PaxRecords | undefined, pairs: readonly number[]): boolean {
  if (!pax) return false;
  return pairs.length > 0 || pax.has('GNU.sparse.map') || pax.has('GNU.sparse.major');
}

/** Sizes of links, devices and folders mean nothing; a GNU dump folder and a file whose name says folder have bytes behind them. */
function hasContent({ typeFlag }: TarHeader): boolean {
  return typeByFlag.get(typeFlag) === 'file' || typeFlag === code('D');
}

/** @throws `Unsupported` for types that no container engine unpacks. */
function entryType(header: TarHeader, overrides: EntryOverrides): FileType {
  const type = typeByFlag.get(header.typeFlag);
  const name = entryName(header, overrides);
  if (type === 'file') return name.at(-1) === code('/') ? 'directory' : 'file';
  if (type) return type;
  const flag = JSON.stringify(String.fromCharCode(header.typeFlag));
  const path = decodePath(name);
  throw new EngineError(
    'Unsupported',
    `the layer has an entry of the unknown type ${flag}: ${JSON.stringify(path)}`,
    {
      path,
    },
  );
}

const typeByFlag: ReadonlyMap<number, FileType> = new Map([
  [0, 'file'],
  [code('0'), 'file'],
  [code('7'), 'file'],
  [code('1'), 'hardlink'],
  [code('2'), 'symlink'],
  [code('3'), 'character'],
  [code('4'), 'block'],
  [code('5'), 'directory'],
  [code('D'), 'directory'],
  [code('6'), 'fifo'],
]);

function untilNul(bytes: Uint8Array): Uint8Array {
  const end = bytes.indexOf(0);
  return end < 0 ? bytes : bytes.subarray(0, end);
}
