import { randomUUID } from 'node:crypto';
import { lstat, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { EngineError, ioError } from '../errors.ts';
import { type DiffId, type Digest, digestAlgorithm, digestHex, parseDigest } from '../oci/digest.ts';
import { asObject, asSize, asString } from '../oci/json.ts';
import type { LayerResult } from './layerJob.ts';

/** What reading a layer once has told of it. A digest's facts never change; `file` says which file was read. */
export interface LayerStamp {
  readonly diffId: DiffId;
  /** Bytes. */
  readonly uncompressedSize: number;
  readonly contentSize: number;
  /** {@link fileMark} of the blob's file when it was verified. */
  readonly file: string;
}

/** `<folder>/<algorithm>/<hex of the layer's digest>`: JSON, replaced by rename, and of no harm when lost. */
export class VerifiedStamps {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** `undefined` where there is none, or none that can be read. */
  async read(digest: Digest): Promise<LayerStamp | undefined> {
    try {
      return parseStamp(JSON.parse(await readFile(this.#path(digest), 'utf8')));
    } catch (error) {
      if (isUnreadable(error)) return undefined;
      throw ioError(error, 'the record of a verified layer could not be read');
    }
  }

  /** @throws `Io` */
  async write(digest: Digest, result: LayerResult, file: string): Promise<void> {
    const { diffId, uncompressedSize, contentSize, compression } = result;
    const path = this.#path(digest);
    const temporary = `${path}.${randomUUID()}.tmp`;
    try {
      await mkdir(dirname(path), { recursive: true, mode: 0o755 });
      await writeFile(
        temporary,
        JSON.stringify({ diffId, uncompressedSize, contentSize, compression, file }),
        {
          flag: 'wx',
          mode: 0o644,
        },
      );
      await rename(temporary, path);
    } catch (error) {
      await rm(temporary, { force: true });
      throw ioError(error, 'the record of a verified layer could not be written');
    }
  }

  #path(digest: Digest): string {
    return join(this.#folder, digestAlgorithm(digest), digestHex(digest));
  }
}

/** Missing, or broken (a crash, another version): to be made again. */
function isUnreadable(error: unknown): boolean {
  const isBroken = error instanceof SyntaxError || error instanceof EngineError;
  return isBroken || (error as NodeJS.ErrnoException).code === 'ENOENT';
}

function parseStamp(json: unknown): LayerStamp {
  const stamp = asObject(json, 'stamp');
  return {
    diffId: parseDigest(stamp.diffId),
    uncompressedSize: asSize(stamp.uncompressedSize, 'uncompressedSize'),
    contentSize: asSize(stamp.contentSize, 'contentSize'),
    file: asString(stamp.file, 'file'),
  };
}

/**
 * Changes whenever the file's bytes may have: size, times, inode and device. The change time cannot be set by hand.
 * Symlinks are not followed. `undefined` where the file is not there. @throws `Corrupt` where it is no regular file, `Io`
 */
export async function fileMark(path: string): Promise<string | undefined> {
  try {
    const found = await lstat(path, { bigint: true });
    if (!found.isFile()) throw new EngineError('Corrupt', 'a blob of the store is no file', { path });
    return [found.size, found.mtimeNs, found.ctimeNs, found.ino, found.dev].join(' ');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw ioError(error, 'a layer could not be looked at');
  }
}

/** Whether the file was so long, bytes. */
export function hasSize(mark: string, size: number): boolean {
  return mark.startsWith(`${size} `);
}
