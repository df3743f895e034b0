import { type FileHandle, opendir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { EngineError, ioError, throwIfCancelled } from '../errors.ts';
import { type Digest, Digester, digestAlgorithm, digestHex, isDigest } from '../oci/digest.ts';
import { requireDigest, streamSection } from '../streamSection.ts';
import type { ByteRange } from '../target.ts';
import { openRegularFile, regularFileSize } from './regularFile.ts';

export { requireDigest } from '../streamSection.ts';

/** A blob by its digest, its size checked where known. */
export interface BlobName {
  readonly digest: Digest;
  readonly size?: number;
}

/** `blobs/<algorithm>/<hex>` of an image layout, read. What comes out of here has been verified. */
export class BlobFolder {
  readonly directory: string;

  constructor(directory: string) {
    this.directory = directory;
  }

  path(digest: Digest): string {
    return join(this.directory, digestAlgorithm(digest), digestHex(digest));
  }

  /** Bytes; `undefined` where the blob is not there (or something that is no file stands in its place). */
  size(digest: Digest): Promise<number | undefined> {
    return regularFileSize(this.path(digest));
  }

  /** Whether a blob of this digest and, where known, size is there. */
  async has({ digest, size }: BlobName): Promise<boolean> {
    const actual = await this.size(digest);
    return actual !== undefined && (size === undefined || size === actual);
  }

  /**
   * The whole blob, verified.
   * @throws `NotFound`, `TooLarge`, `DigestMismatch`, `Corrupt` where it is no regular file, `Io`, `Cancelled`
   */
  async read(blob: BlobName, maxBytes: number, signal?: AbortSignal): Promise<Uint8Array> {
    throwIfCancelled(signal);
    const { file, size } = await this.#open(blob);
    await using opened = file;
    if (size > maxBytes) throw tooLarge(blob, size, maxBytes);
    const bytes = await opened.readFile().catch((error: unknown) => {
      throw ioError(error, `cannot read ${this.path(blob.digest)}`);
    });
    const digester = new Digester(digestAlgorithm(blob.digest));
    digester.update(bytes);
    requireDigest(blob.digest, digester);
    return bytes;
  }

  /**
   * The blob's bytes, or a part of them. A stream of the whole fails at its end where the digest is another.
   * @throws `NotFound`, `Invalid` where the range begins behind the end, `DigestMismatch` where the size is another,
   *   `Corrupt`, `Io`, `Cancelled`
   */
  async open(blob: BlobName, range?: ByteRange, signal?: AbortSignal): Promise<Readable> {
    throwIfCancelled(signal);
    const { file, size } = await this.#open(blob);
    return streamSection(file, blob.digest, { offset: 0, size }, range, signal);
  }

  /** Whether every byte is what the digest says. Memory does not grow with the blob. */
  async check(blob: BlobName, signal?: AbortSignal): Promise<'whole' | 'missing' | 'damaged'> {
    try {
      const stream = await this.open(blob, undefined, signal);
      for await (const _ of stream) throwIfCancelled(signal);
      return 'whole';
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      if (error.reason === 'NotFound') return 'missing';
      if (error.reason === 'DigestMismatch' || error.reason === 'Corrupt') return 'damaged';
      throw error;
    }
  }

  /** What is there under names that are digests; other files are not ours. */
  async *list(): AsyncGenerator<{ readonly digest: Digest; readonly size: number }, void, undefined> {
    for await (const digest of this.digests()) {
      const size = await this.size(digest);
      if (size !== undefined) yield { digest, size };
    }
  }

  /** Whatever has the name of a blob, looked at no further. */
  async *digests(): AsyncGenerator<Digest, void, undefined> {
    for (const algorithm of ['sha256', 'sha512']) {
      for await (const name of namesIn(join(this.directory, algorithm))) {
        const digest = `${algorithm}:${name}`;
        if (isDigest(digest)) yield digest;
      }
    }
  }

  async #open(blob: BlobName): Promise<{ file: FileHandle; size: number }> {
    const opened = await openRegularFile(this.path(blob.digest));
    if (!opened)
      throw new EngineError('NotFound', `blob ${blob.digest} is not in the store`, {
        reference: blob.digest,
      });
    if (blob.size !== undefined && blob.size !== opened.size) {
      await opened.file.close();
      throw new EngineError(
        'DigestMismatch',
        `blob ${blob.digest} has ${opened.size} bytes instead of ${blob.size}`,
        {
          reference: blob.digest,
          expected: `${blob.size} bytes`,
          actual: `${opened.size} bytes`,
          path: this.path(blob.digest),
        },
      );
    }
    return opened;
  }
}

/** Each batch is a trip to another thread, and a large store has tens of thousands of names. */
const namesAtOnce = 512;

/** Names in the folder in no order; none where the folder is not there. */
export async function* namesIn(path: string): AsyncGenerator<string, void, undefined> {
  try {
    for await (const { name } of await opendir(path, { bufferSize: namesAtOnce })) yield name;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT' && code !== 'ENOTDIR') throw ioError(error, `cannot read the folder ${path}`);
  }
}

function tooLarge({ digest }: BlobName, size: number, maxBytes: number): EngineError {
  return new EngineError(
    'TooLarge',
    `blob ${digest} has ${size} bytes; at most ${maxBytes} are read at once`,
    {
      reference: digest,
    },
  );
}
