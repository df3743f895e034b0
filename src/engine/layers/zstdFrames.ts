import { EngineError } from '../errors.ts';

const frameMagic = 0xfd2fb528;
const skippableMagic = 0x184d2a50;

/** A field being read: how many bytes it has, and what comes behind it. */
interface Field {
  readonly length: number;
  readonly next: (bytes: readonly number[]) => void;
}

/**
 * Cuts a zstd stream at the ends of its frames, for Node's decompressor stops after the first frame in what it is given
 * at once. Skippable frames are dropped (zstd:chunked has them).
 * https://github.com/facebook/zstd/blob/v1.5.6/doc/zstd_compression_format.md
 */
export class ZstdFrameSplitter {
  readonly #magic: Field = { length: 4, next: (bytes) => this.#beginFrame(bytes) };
  readonly #blockHeader: Field = { length: 3, next: (bytes) => this.#beginBlock(bytes) };
  #field: Field = this.#magic;
  #read: number[] = [];
  /** Bytes to go before the next field, and whether they are dropped. */
  #through = 0;
  #dropping = false;
  #hasChecksum = false;
  #isLastBlock = false;

  /** Pieces of `bytes`, in order, none of them beyond the end of a frame. @throws `Corrupt` */
  *split(bytes: Uint8Array): Generator<Uint8Array> {
    let start = 0;
    let at = 0;
    while (at < bytes.length) {
      const isMagic = this.#field === this.#magic && this.#through === 0;
      if (isMagic && start < at) yield bytes.subarray(start, at);
      const isDropped = isMagic || this.#dropping;
      at += this.#through > 0 ? this.#pass(bytes.length - at) : this.#readByte(bytes[at] ?? 0);
      if (isDropped) start = at;
      // A magic number may come in pieces and decides what becomes of the frame, so it is passed on once it is whole.
      if (isMagic && this.#field !== this.#magic && !this.#dropping) yield uint32(frameMagic);
    }
    if (start < at) yield bytes.subarray(start, at);
  }

  /** Whether the stream may end here. */
  get isBetweenFrames(): boolean {
    return this.#field === this.#magic && this.#through === 0 && this.#read.length === 0;
  }

  #pass(available: number): number {
    const taken = Math.min(this.#through, available);
    this.#through -= taken;
    if (this.#through === 0 && this.#field === this.#magic) this.#dropping = false;
    return taken;
  }

  #readByte(byte: number): number {
    this.#read.push(byte);
    if (this.#read.length === this.#field.length) {
      const bytes = this.#read;
      this.#read = [];
      this.#field.next(bytes);
    }
    return 1;
  }

  #beginFrame(bytes: readonly number[]): void {
    const magic = littleEndian(bytes);
    if (magic === frameMagic) {
      this.#field = { length: 1, next: ([descriptor = 0]) => this.#beginHeader(descriptor) };
    } else if ((magic & 0xfffffff0) >>> 0 === skippableMagic) {
      this.#dropping = true;
      this.#field = { length: 4, next: (size) => this.#goOn(littleEndian(size), this.#magic) };
    } else {
      throw new EngineError('Corrupt', 'the layer has something that is no zstd frame');
    }
  }

  /** Window, dictionary and content size follow, as the descriptor says; then the first block. */
  #beginHeader(descriptor: number): void {
    const isSingleSegment = (descriptor & 0x20) !== 0;
    const dictionaryBytes = [0, 1, 2, 4][descriptor & 3] ?? 0;
    const sizeBytes = [isSingleSegment ? 1 : 0, 2, 4, 8][descriptor >> 6] ?? 0;
    this.#hasChecksum = (descriptor & 4) !== 0;
    this.#goOn((isSingleSegment ? 0 : 1) + dictionaryBytes + sizeBytes, this.#blockHeader);
  }

  #beginBlock(bytes: readonly number[]): void {
    const header = littleEndian(bytes);
    const isRunLength = ((header >> 1) & 3) === 1;
    this.#isLastBlock = (header & 1) !== 0;
    const size = (isRunLength ? 1 : header >> 3) + (this.#isLastBlock && this.#hasChecksum ? 4 : 0);
    this.#goOn(size, this.#isLastBlock ? this.#magic : this.#blockHeader);
  }

  #goOn(through: number, field: Field): void {
    this.#through = through;
    this.#field = field;
    if (through === 0 && field === this.#magic) this.#dropping = false;
  }
}

function littleEndian(bytes: readonly number[]): number {
  return bytes.reduceRight((value, byte) => value * 256 + byte, 0);
}

function uint32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value, true);
  return bytes;
}
