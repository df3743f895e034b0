import { type LayerBytes, tarBlocks } from './tarBytes.ts';

/** Bytes of a tar that are remembered as one. Small enough to verify one for a small file (about 1 ms). */
export const tarChunkBytes = 2 * 1024 * 1024;

/** Goes through a layer's tar once, chunk by chunk, and can rest at any of them. One caller at a time. */
export class TarCursor {
  readonly #blocks: AsyncGenerator<Uint8Array, void, undefined>;
  readonly #stopped = new AbortController();
  /** What has come out beyond the last chunk. */
  #rest: Uint8Array = new Uint8Array(0);
  #position = 0;

  constructor(blob: LayerBytes) {
    this.#blocks = tarBlocks(blob, this.#stopped.signal);
  }

  /** Number of the chunk that comes next, from 0. */
  get position(): number {
    return this.#position;
  }

  /** A buffer of its own of {@link tarChunkBytes}; shorter, or empty, only at the tar's end. @throws as `tarBlocks` */
  async next(): Promise<Uint8Array> {
    const chunk = Buffer.allocUnsafeSlow(tarChunkBytes);
    let length = 0;
    while (length < chunk.length && (await this.#hasMore())) {
      const piece = this.#rest.subarray(0, chunk.length - length);
      chunk.set(piece, length);
      length += piece.length;
      this.#rest = this.#rest.subarray(piece.length);
    }
    this.#position++;
    return chunk.subarray(0, length);
  }

  /** Has whoever waits for a chunk fail at once; of no use afterwards. */
  stop(): void {
    this.#stopped.abort();
  }

  get isStopped(): boolean {
    return this.#stopped.signal.aborted;
  }

  async close(): Promise<void> {
    this.stop();
    await this.#blocks.return();
  }

  async #hasMore(): Promise<boolean> {
    while (this.#rest.length === 0) {
      const { done, value } = await this.#blocks.next();
      if (done) return false;
      this.#rest = value;
    }
    return true;
  }
}
