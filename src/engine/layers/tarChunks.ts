import { randomUUID, webcrypto } from 'node:crypto';
import { access, mkdir, readFile, rename, rm, statfs, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type DiffId, digestAlgorithm, digestHex } from '../oci/digest.ts';
import { trimChunks } from './trimChunks.ts';

export interface TarChunksOptions {
  /** Made when first needed. */
  readonly folder: string;
  /** Of all chunks together, give or take 5 % and what is being written; 2 GiB. */
  readonly maxBytes?: number;
  /** Nothing is kept where the disk would have less room than this left; 1 GiB. */
  readonly minFreeBytes?: number;
}

const hashBytes = 32;

/** Chunks on their way to the disk: enough to keep it busy while the next are unpacked. */
const maxPending = 4;

/** A disk that is full is asked again after so long, ms. */
const restAfterFailure = 60_000;

/** Share of the limit that may come between two looks at the folder. */
const trimShare = 0.05;

/**
 * Unpacked pieces of layers on the disk, so that a file deep in a layer need not be unpacked twice:
 * `<folder>/<algorithm>/<hex of the diffId>/<number>`, SHA-256 of the bytes and then the bytes. A file of another size or
 * hash is as good as none. Several processes may share the folder; the oldest chunks go where it grows too large, and
 * anything in it may be deleted at any time. Never fails: where nothing can be kept (disk full, not allowed), it says so.
 */
export class TarChunks {
  readonly #folder: string;
  readonly #maxBytes: number;
  readonly #minFreeBytes: number;
  readonly #pending = new Set<Promise<void>>();
  #untrimmed = Number.POSITIVE_INFINITY;
  /** Ms since 1970. */
  #unusableUntil = 0;

  constructor({ folder, maxBytes = 2 * 1024 ** 3, minFreeBytes = 1024 ** 3 }: TarChunksOptions) {
    this.#folder = folder;
    this.#maxBytes = maxBytes;
    this.#minFreeBytes = minFreeBytes;
  }

  /** Whether what is given to `keep` can be expected to be found again. */
  get isUsable(): boolean {
    return Date.now() >= this.#unusableUntil;
  }

  /** The chunk, verified; a buffer that is the caller's own. A damaged one is deleted. */
  async read(diffId: DiffId, chunk: number): Promise<Uint8Array | undefined> {
    const path = this.#path(diffId, chunk);
    const stored = await readFile(path).catch(() => undefined);
    if (!stored) return undefined;
    const bytes = stored.subarray(hashBytes);
    if (!(await sha256(bytes)).equals(stored.subarray(0, hashBytes))) {
      await removeQuietly(path);
      return undefined;
    }
    const now = new Date();
    // Only for the order in which chunks go.
    await utimes(path, now, now).catch(() => undefined);
    return bytes;
  }

  /** Resolves when there is room for the next one, not when it is on the disk. The bytes must not change any more. */
  async keep(diffId: DiffId, chunk: number, bytes: Uint8Array): Promise<void> {
    if (!this.isUsable || bytes.length === 0) return;
    const writing = this.#write(this.#path(diffId, chunk), bytes)
      .catch(() => {
        this.#unusableUntil = Date.now() + restAfterFailure;
      })
      .finally(() => this.#pending.delete(writing));
    this.#pending.add(writing);
    while (this.#pending.size >= maxPending) await Promise.race(this.#pending);
  }

  /** Deletes the layer's chunks. */
  async forget(diffId: DiffId): Promise<void> {
    await this.settled();
    await removeQuietly(this.#layerFolder(diffId));
  }

  /** When nothing is on its way to the disk. */
  async settled(): Promise<void> {
    await Promise.all(this.#pending);
  }

  async #write(path: string, bytes: Uint8Array): Promise<void> {
    if (await isThere(path)) return;
    await this.#makeRoom(bytes.length);
    const temporary = `${path}.${randomUUID()}.tmp`;
    try {
      await mkdir(dirname(path), { recursive: true, mode: 0o755 });
      await writeFile(temporary, [await sha256(bytes), bytes], { flag: 'wx', mode: 0o644 });
      await rename(temporary, path);
    } catch (error) {
      await removeQuietly(temporary);
      throw error;
    }
  }

  async #makeRoom(bytes: number): Promise<void> {
    this.#untrimmed += bytes;
    if (this.#untrimmed < this.#maxBytes * trimShare) return;
    this.#untrimmed = 0;
    await mkdir(this.#folder, { recursive: true, mode: 0o755 });
    await trimChunks(this.#folder, this.#maxBytes);
    const { bavail, bsize } = await statfs(this.#folder);
    if (bavail * bsize < this.#minFreeBytes) throw new RangeError('the disk is nearly full');
  }

  #path(diffId: DiffId, chunk: number): string {
    return join(this.#layerFolder(diffId), String(chunk));
  }

  #layerFolder(diffId: DiffId): string {
    return join(this.#folder, digestAlgorithm(diffId), digestHex(diffId));
  }
}

/** On libuv's threads, beside the unpacking. */
async function sha256(bytes: Uint8Array): Promise<Buffer> {
  return Buffer.from(await webcrypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>));
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

async function removeQuietly(path: string): Promise<void> {
  // What cannot be deleted is not believed either.
  await rm(path, { recursive: true, force: true }).catch(() => undefined);
}
