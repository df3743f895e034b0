import type { Transform } from 'node:stream';
import * as zlib from 'node:zlib';
import { EngineError } from '../errors.ts';
import type { Compression } from '../oci/mediaType.ts';
import { freeBytes } from './freeBytes.ts';
import { PortableZstd } from './portableZstd.ts';
import { ZstdFrameSplitter } from './zstdFrames.ts';

/** Bytes that come out of zlib at a time: with its default of 16 KiB it is half as fast. */
const outputChunk = 1024 * 1024;

/** Bytes that wait to be unpacked, so that zlib goes on at once and not only when this thread has a moment. */
const inputAhead = 512 * 1024;

/**
 * How the bytes are packed, by their first bytes: these decide, the media type is only a hint (Docker does so too).
 * @throws `Unsupported` for packings that only `docker load` of old knew
 */
export function sniffCompression(start: Uint8Array): Compression {
  if (startsWith(start, [0x1f, 0x8b])) return 'gzip';
  if (startsWith(start, [0x28, 0xb5, 0x2f, 0xfd])) return 'zstd';
  if (((start[0] ?? 0) & 0xf0) === 0x50 && startsWith(start.subarray(1), [0x2a, 0x4d, 0x18])) return 'zstd';
  if (startsWith(start, [0x42, 0x5a, 0x68])) throw unsupported('bzip2');
  if (startsWith(start, [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0])) throw unsupported('xz');
  return 'none';
}

function startsWith(bytes: Uint8Array, magic: readonly number[]): boolean {
  return magic.every((byte, at) => bytes[at] === byte);
}

function unsupported(packing: string): EngineError {
  return new EngineError('Unsupported', `layers packed with ${packing} are not supported`);
}

/**
 * Unpacks on libuv's threads, and goes on with the next block while the last one is being used.
 * One writer, one reader; errors come out of both.
 */
export class Inflater {
  readonly #stream: Transform;
  readonly #frames: ZstdFrameSplitter | undefined;
  /** Bytes that have been written and not unpacked. */
  #waiting = 0;
  #isOver = false;
  #wake: () => void = () => undefined;

  constructor(compression: 'gzip' | 'zstd') {
    const options = { chunkSize: outputChunk, readableHighWaterMark: 2 * outputChunk };
    if (compression === 'gzip') {
      this.#stream = zlib.createGunzip(options);
    } else {
      this.#stream = zstdStream(options);
      this.#frames = new ZstdFrameSplitter();
    }
    // Errors reach the reader.
    this.#stream.on('error', () => undefined);
    // Bytes behind the end are never worked off.
    for (const event of ['close', 'end']) this.#stream.on(event, () => this.#finish());
  }

  /**
   * Resolves when there is room for more; the bytes are the inflater's from now on. After a failure it resolves at once:
   * the reader has the error.
   */
  async write(bytes: Uint8Array): Promise<void> {
    if (!this.#frames) return this.#writePiece(bytes, () => freeBytes(bytes));
    for (const piece of this.#frames.split(bytes)) await this.#writePiece(piece);
  }

  async #writePiece(bytes: Uint8Array, done?: () => void): Promise<void> {
    if (this.#isOver || this.#stream.destroyed) return;
    // Bytes that are freed have none.
    const { length } = bytes;
    this.#waiting += length;
    this.#stream.write(bytes, () => {
      done?.();
      this.#waiting -= length;
      this.#wake();
    });
    while (this.#waiting > inputAhead && !this.#isOver) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** Nothing more will be unpacked: all is there, it failed, or nobody wants it. */
  #finish(): void {
    this.#isOver = true;
    this.#wake();
  }

  /** @throws `Corrupt` where a zstd frame is not whole */
  end(): void {
    if (this.#frames && !this.#frames.isBetweenFrames) throw truncated();
    this.#stream.end();
  }

  /** What comes out; a block is valid until the next one is asked for. @throws `Corrupt` where the input is broken or ends early */
  async *blocks(): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      for await (const block of this.#stream as AsyncIterable<Uint8Array>) {
        yield block;
        freeBytes(block);
      }
    } catch (error) {
      throw inflateError(error);
    }
  }

  destroy(): void {
    this.#stream.destroy();
  }
}

function zstdStream(options: zlib.ZstdOptions): Transform {
  return typeof zlib.createZstdDecompress === 'function'
    ? zlib.createZstdDecompress(options)
    : new PortableZstd();
}

function truncated(cause?: unknown): EngineError {
  return new EngineError('Corrupt', "the layer's compressed bytes end early", {}, cause);
}

function inflateError(error: unknown): EngineError {
  if (error instanceof EngineError) return error;
  if ((error as NodeJS.ErrnoException).code === 'Z_BUF_ERROR') return truncated(error);
  const text = error instanceof Error ? error.message : String(error);
  return new EngineError('Corrupt', `the layer's compressed bytes are broken (${text})`, {}, error);
}
