import { createReadStream, createWriteStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { cancelled, ioError } from '../errors.ts';
import { sniffCompression } from '../layers/inflater.ts';
import { aboutArchive } from './archiveError.ts';
import { TarFile } from './tarFile.ts';
import { temporaryFolder } from './temporaryFolder.ts';
import { unpackArchive } from './unpackArchive.ts';

export interface OpenTar {
  readonly tar: TarFile;
  /** Removes what was kept of it. */
  close(): Promise<void>;
}

/**
 * An archive's tar as a file that can be read anywhere: the archive itself, or, of a pipe and of one that is compressed,
 * a temporary copy. That goes at the latest with the process.
 * @throws `NotFound`, `Corrupt`, `TooLarge` where it unpacks out of all proportion, `Unsupported`, `Io`, `Cancelled`
 */
export async function openTar(path: string, signal?: AbortSignal): Promise<OpenTar> {
  if (await isPlain(path)) return { tar: await TarFile.open(path, signal), close: async () => undefined };
  return receiveTar(path, unpackArchive(createReadStream(path)), signal);
}

/**
 * A tar that comes as a stream, as a temporary file. That goes at the latest with the process.
 * @param label of where it comes from, for messages
 * @throws what the stream throws, `Corrupt`, `TooLarge`, `Unsupported`, `Io`, `Cancelled`
 */
export async function receiveTar(
  label: string,
  bytes: AsyncIterable<Uint8Array>,
  signal?: AbortSignal,
): Promise<OpenTar> {
  const folder = await temporaryFolder();
  try {
    const copy = join(folder.path, 'archive.tar');
    const file = createWriteStream(copy, { mode: 0o600 });
    await pipeline(Readable.from(bytes), file, signal ? { signal } : {});
    return { tar: await TarFile.open(copy, signal), close: folder.remove };
  } catch (error) {
    await folder.remove();
    throw signal?.aborted ? cancelled(signal) : ioError(error, `cannot read ${label}`);
  }
}

/** Whether it is a tar as it stands. */
async function isPlain(path: string): Promise<boolean> {
  try {
    if (!(await stat(path)).isFile()) return false;
    await using file = await open(path, 'r');
    const { bytesRead, buffer } = await file.read(new Uint8Array(6), 0, 6, 0);
    return sniffCompression(buffer.subarray(0, bytesRead)) === 'none';
  } catch (error) {
    throw ioError(aboutArchive(error), `cannot read ${path}`);
  }
}
