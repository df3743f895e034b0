import { constants } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { EngineError, ioError } from '../errors.ts';
import type { Descriptor } from '../oci/descriptor.ts';
import { type Digest, digestAlgorithm, digestHex } from '../oci/digest.ts';
import type { BlobFolder } from './blobFolder.ts';
import { syncFolder } from './durableFile.ts';
import { FileLock, type HeldLock, type PreviousHolder } from './fileLock.ts';
import { fileMode, makeFolder } from './layout.ts';

/**
 * A blob on its way in. The file at `path` is nobody else's until the ingest is disposed of. Disposing without commit
 * keeps the bytes, so that the next try goes on from there.
 */
export interface Ingest extends AsyncDisposable {
  /** An existing file to write to, from `offset` on. */
  readonly path: string;
  /** Bytes from an earlier try. They have not been verified: a digest is computed from the first byte. */
  readonly offset: number;
  /**
   * Makes the file the blob, durably. The caller has verified size and digest while streaming.
   * @throws `DigestMismatch` where the size is another (and nothing is left), `Conflict` where this process was silent
   *   for so long that another one took over, `Io`
   */
  commit(): Promise<void>;
  /** After a digest mismatch: nothing is left. */
  discard(): Promise<void>;
}

const dataFile = 'data';

/** @returns `undefined` where the blob is there already, perhaps because another process has just brought it */
export async function openIngest(
  directory: string,
  blobs: BlobFolder,
  descriptor: Descriptor,
  signal?: AbortSignal,
): Promise<Ingest | undefined> {
  const lock = new FileLock(ingestFolder(directory, descriptor.digest));
  const unless = (): Promise<boolean> => blobs.has(descriptor);
  const held = await lock.acquire({ unless, adopt: adoptData }, signal);
  if (!held) return undefined;
  try {
    return await FileIngest.open(held, blobs, descriptor);
  } catch (error) {
    await held[Symbol.asyncDispose]();
    throw ioError(error, `cannot write to ${directory}`);
  }
}

/** One folder a digest, flat: its name is also what gc reads. */
export function ingestFolder(directory: string, digest: Digest): string {
  return join(directory, `${digestAlgorithm(digest)}-${digestHex(digest)}`);
}

/** Goes on with the file of one who is certainly gone. One that was only silent may still write to its own. */
async function adoptData({ fate, directory }: PreviousHolder, own: string): Promise<void> {
  if (fate === 'silent') return;
  try {
    await rename(join(directory, dataFile), join(own, dataFile));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

class FileIngest implements Ingest {
  readonly path: string;
  readonly offset: number;
  readonly #held: HeldLock;
  readonly #blobs: BlobFolder;
  readonly #descriptor: Descriptor;
  #ended = false;

  private constructor(held: HeldLock, offset: number, blobs: BlobFolder, descriptor: Descriptor) {
    this.path = join(held.directory, dataFile);
    this.offset = offset;
    this.#held = held;
    this.#blobs = blobs;
    this.#descriptor = descriptor;
  }

  /** Makes the file here, so that its mode does not depend on who writes to it. */
  static async open(held: HeldLock, blobs: BlobFolder, descriptor: Descriptor): Promise<FileIngest> {
    const flags = constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW;
    await using file = await open(join(held.directory, dataFile), flags, fileMode);
    const { size } = await file.stat();
    if (size > descriptor.size) await file.truncate(0);
    return new FileIngest(held, size > descriptor.size ? 0 : size, blobs, descriptor);
  }

  async commit(): Promise<void> {
    const { digest, size } = this.#descriptor;
    try {
      const actual = await this.#sync();
      if (actual !== size) throw await this.#wrongSize(actual);
      const target = this.#blobs.path(digest);
      await makeFolder(dirname(target));
      await rename(this.path, target);
      await syncFolder(dirname(target));
    } catch (error) {
      if (await this.#isDoneByOther()) return;
      throw (await this.#held.isLost()) && !this.#ended
        ? lostIngest(digest, error)
        : ioError(error, `cannot store ${digest}`);
    }
    await this.discard();
  }

  async #sync(): Promise<number> {
    await using file = await open(this.path, 'r+');
    const { mode, size } = await file.stat();
    // Whoever wrote may have made the file anew, with a mode of its own.
    await file.chmod(mode & 0o644);
    await file.sync();
    return size;
  }

  async #wrongSize(actual: number): Promise<EngineError> {
    const { digest, size } = this.#descriptor;
    await this.discard();
    return new EngineError('DigestMismatch', `${digest} came with ${actual} bytes instead of ${size}`, {
      reference: digest,
      expected: `${size} bytes`,
      actual: `${actual} bytes`,
    });
  }

  async #isDoneByOther(): Promise<boolean> {
    return !this.#ended && (await this.#held.isLost()) && (await this.#blobs.has(this.#descriptor));
  }

  async discard(): Promise<void> {
    this.#ended = true;
    await this.#held.removeAll();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    await this.#held[Symbol.asyncDispose]();
  }
}

function lostIngest(digest: Digest, cause: unknown): EngineError {
  return new EngineError(
    'Conflict',
    `another process took over storing ${digest}`,
    { reference: digest },
    cause,
  );
}
