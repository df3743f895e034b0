import { cancelled, throwIfCancelled } from '../errors.ts';
import type { DiffId } from '../oci/digest.ts';
import { type Deferred, deferred } from '../tasks/deferred.ts';
import type { TarSource } from './fileContent.ts';
import { becameShorter, isPacked, type LayerBytes, tarBytes } from './tarBytes.ts';
import type { TarChunks } from './tarChunks.ts';
import { TarCursor, tarChunkBytes } from './tarCursor.ts';

/** Chunks of a layer that stay in memory: neighbouring files are mostly in the same one. */
const maxInMemory = 4;

/** How long a cursor rests where it was before its file is closed, ms. */
const restTime = 10_000;

interface Waiter {
  readonly chunk: number;
  readonly result: Deferred<Uint8Array>;
}

/**
 * A packed layer in which files are found fast. All who read it share one cursor, which goes forward as far as the
 * farthest of them wants and no farther, and everything it passes is kept on the disk: so no byte is unpacked twice
 * while there is room. A reader who comes next goes on where the cursor rests. Where chunks cannot be kept, everyone
 * unpacks for themselves, for the cursor would have to begin again for each who is behind it.
 */
export class SeekableLayer implements TarSource {
  readonly blob: LayerBytes;
  readonly #diffId: DiffId;
  readonly #chunks: TarChunks;
  readonly #inMemory = new Map<number, Uint8Array>();
  readonly #waiting = new Set<Waiter>();
  #cursor: TarCursor | undefined;
  #going: Promise<void> | undefined;
  #rest: NodeJS.Timeout | undefined;
  #packed: Promise<boolean> | undefined;
  #hasRemembered = false;

  constructor(blob: LayerBytes, diffId: DiffId, chunks: TarChunks) {
    this.blob = blob;
    this.#diffId = diffId;
    this.#chunks = chunks;
  }

  async *bytes(
    start: number,
    length: number,
    signal?: AbortSignal,
  ): AsyncGenerator<Uint8Array, void, undefined> {
    throwIfCancelled(signal);
    let at = start;
    const end = start + length;
    while (at < end && (await this.#isRemembering())) {
      const chunk = await this.#chunk(Math.floor(at / tarChunkBytes), signal);
      const from = at % tarChunkBytes;
      // A copy: others read the same chunk.
      const piece = new Uint8Array(chunk.subarray(from, from + end - at));
      if (piece.length === 0) throw becameShorter(this.blob);
      at += piece.length;
      yield piece;
    }
    if (at < end) yield* tarBytes(this.blob, at, end - at, signal);
  }

  async forget(): Promise<boolean> {
    const hadAny = this.#hasRemembered;
    await this.close();
    this.#inMemory.clear();
    this.#hasRemembered = false;
    await this.#chunks.forget(this.#diffId);
    return hadAny;
  }

  async release(): Promise<void> {
    if (this.#waiting.size === 0) await this.close();
  }

  /** Ends what nobody waits for any more; the layer can be read again. */
  async close(): Promise<void> {
    this.#stopUnwanted();
    while (this.#going) await this.#going;
    clearTimeout(this.#rest);
    await this.#closeCursor();
  }

  /** A plain layer is read where it is. */
  async #isRemembering(): Promise<boolean> {
    if (!this.#chunks.isUsable) return false;
    this.#packed ??= isPacked(this.blob).catch((error: unknown) => {
      this.#packed = undefined;
      throw error;
    });
    return this.#packed;
  }

  async #chunk(chunk: number, signal: AbortSignal | undefined): Promise<Uint8Array> {
    const known = this.#inMemory.get(chunk) ?? (await this.#chunks.read(this.#diffId, chunk));
    throwIfCancelled(signal);
    if (!known) return this.#fromCursor(chunk, signal);
    this.#remember(chunk, known);
    if (!this.#going) this.#restLater();
    return known;
  }

  async #fromCursor(chunk: number, signal: AbortSignal | undefined): Promise<Uint8Array> {
    const waiter = { chunk, result: deferred<Uint8Array>() };
    const leave = () => {
      waiter.result.reject(cancelled(signal));
      this.#waiting.delete(waiter);
      this.#stopUnwanted();
    };
    signal?.addEventListener('abort', leave, { once: true });
    this.#waiting.add(waiter);
    clearTimeout(this.#rest);
    this.#going ??= this.#go();
    try {
      return await waiter.result.promise;
    } finally {
      signal?.removeEventListener('abort', leave);
      this.#waiting.delete(waiter);
    }
  }

  /** Runs while anybody waits. */
  async #go(): Promise<void> {
    while (this.#waiting.size > 0) await this.#step();
    this.#going = undefined;
    this.#restLater();
  }

  /** The disk answers by itself, and the next reader goes on there; a registry may be slow, and is not kept waiting. */
  #stopUnwanted(): void {
    if (this.#waiting.size === 0 && !('file' in this.blob)) this.#cursor?.stop();
  }

  #restLater(): void {
    clearTimeout(this.#rest);
    this.#rest = setTimeout(() => void this.#closeIdle(), restTime).unref();
  }

  async #step(): Promise<void> {
    const first = Math.min(...[...this.#waiting].map(({ chunk }) => chunk));
    const isOfUse = this.#cursor && !this.#cursor.isStopped && this.#cursor.position <= first;
    if (!isOfUse) await this.#closeCursor();
    this.#cursor ??= new TarCursor(this.blob);
    const cursor = this.#cursor;
    const { position } = cursor;
    try {
      const bytes = await cursor.next();
      this.#remember(position, bytes);
      await this.#chunks.keep(this.#diffId, position, bytes);
      this.#settle(
        ({ chunk }) => chunk === position,
        ({ result }) => result.resolve(bytes),
      );
      if (bytes.length < tarChunkBytes) this.#fail(position + 1, becameShorter(this.blob));
    } catch (error) {
      // Who has come since it was stopped waits for another one.
      if (!cursor.isStopped) this.#fail(position, error);
      await this.#closeCursor();
    }
  }

  #fail(from: number, error: unknown): void {
    this.#settle(
      ({ chunk }) => chunk >= from,
      ({ result }) => result.reject(error),
    );
  }

  #settle(isMeant: (waiter: Waiter) => boolean, settle: (waiter: Waiter) => void): void {
    for (const waiter of this.#waiting) {
      if (!isMeant(waiter)) continue;
      this.#waiting.delete(waiter);
      settle(waiter);
    }
  }

  #remember(chunk: number, bytes: Uint8Array): void {
    this.#hasRemembered = true;
    this.#inMemory.delete(chunk);
    this.#inMemory.set(chunk, bytes);
    for (const oldest of this.#inMemory.keys()) {
      if (this.#inMemory.size <= maxInMemory) return;
      this.#inMemory.delete(oldest);
    }
  }

  async #closeIdle(): Promise<void> {
    this.#inMemory.clear();
    if (!this.#going) await this.#closeCursor();
  }

  async #closeCursor(): Promise<void> {
    const cursor = this.#cursor;
    this.#cursor = undefined;
    // Nothing more is wanted of it.
    await cursor?.close().catch(() => undefined);
  }
}
