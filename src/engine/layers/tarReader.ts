import { EngineError } from '../errors.ts';
import { ExtendedHeaders, isExtended } from './extendedHeaders.ts';
import { maxHeaderBytes } from './limits.ts';
import { type MapReader, type StoredContent, storedContent } from './storedContent.ts';
import { type EntryOverrides, storedSize, type TarEntry, tarEntry } from './tarEntry.ts';
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

/** A GNU volume's label: no entry. */
const volumeLabel = 'V'.charCodeAt(0);

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
  readonly #extended = new ExtendedHeaders();
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

  /** How many of the next bytes no header is in: content and what fills its last block. */
  get idleBytes(): number {
    const state = this.#state;
    return state.kind === 'content' || state.kind === 'skip' ? state.left : 0;
  }

  /** Takes so many idle bytes for read, which the sink then does not get: for who reads a file for its headers. */
  leap(bytes: number): void {
    const state = this.#state;
    if (state.kind === 'skip') this.#takeSkipped(state, bytes);
    else if (state.kind === 'content') this.#leaveContent(state, bytes);
    this.#position += bytes;
  }

  /** To be called once, behind the last piece. */
  end(): void {
    const { kind } = this.#state;
    if (kind === 'ended' || (kind === 'skip' && this.#state.padding)) return;
    const isBetweenEntries = kind === 'header' && this.#carried === 0 && !this.#extended.isPending();
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
    if (isExtended(header.typeFlag)) this.#beginExtended(header);
    else if (header.typeFlag === volumeLabel) this.#skipEntry(header);
    else this.#entry(header, block);
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
    this.#extended.keep(typeFlag, bytes);
    this.#pad(bytes.length);
  }

  #entry(header: TarHeader, block: Uint8Array): void {
    const overrides = this.#extended.overrides();
    const begin = storedContent(header, overrides, this.#extended.sparsePairs, block);
    if (typeof begin === 'function') this.#beginMap(begin, ownHeader(header), overrides);
    else this.#emit(header, overrides, begin);
  }

  #beginMap(read: MapReader, header: TarHeader, overrides: EntryOverrides): void {
    const next = (block: Uint8Array) => {
      const content = read(block);
      if (content) this.#emit(header, overrides, content);
    };
    this.#state = { kind: 'map', next };
  }

  #emit(header: TarHeader, overrides: EntryOverrides, content: StoredContent): void {
    const { type, size, sparse, stored, ignored } = content;
    this.#extended.forget();
    const dataOffset = this.#position + blockSize;
    this.#sink.entry(tarEntry(header, overrides, { type, size, sparse, dataOffset }));
    this.#state = { kind: 'content', left: stored };
    this.#storedBytes = stored;
    if (stored === 0) this.#endContent(0);
    if (ignored > 0) this.#skip(ignored);
  }

  #takeContent(state: State & { kind: 'content' }, bytes: Uint8Array, at: number): number {
    const taken = Math.min(state.left, bytes.length - at);
    this.#sink.content(bytes.subarray(at, at + taken));
    this.#leaveContent(state, taken);
    return taken;
  }

  #leaveContent(state: State & { kind: 'content' }, bytes: number): void {
    state.left -= bytes;
    if (state.left === 0) this.#endContent(this.#storedBytes);
  }

  #endContent(stored: number): void {
    this.#sink.endOfEntry();
    this.#pad(stored);
  }

  #skipEntry(header: TarHeader): void {
    const size = storedSize(header, this.#extended.overrides());
    this.#extended.forget();
    this.#skip(size);
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

/** To be kept beyond the block that it was read from. */
function ownHeader(header: TarHeader): TarHeader {
  return { ...header, path: Uint8Array.from(header.path), linkPath: Uint8Array.from(header.linkPath) };
}
