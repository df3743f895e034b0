import { randomUUID } from 'node:crypto';
import { access, constants, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ioError, isNotAllowed } from '../errors.ts';
import { fileMode, makeFolder } from './layout.ts';

/** Writes a new file whose bytes are on the disk when this returns. Fails where the file exists. */
export async function writeNewFile(path: string, content: string | Uint8Array): Promise<void> {
  await using file = await open(path, 'wx', fileMode);
  await file.writeFile(content);
  await file.sync();
}

/**
 * Replaces the file at once and for good: readers see the old bytes or the new ones, also after a crash.
 * @param stagingFolder a folder of the same file system, where the new file is written before it is moved
 * @throws `Io`
 */
export async function writeFileDurably(
  path: string,
  content: string | Uint8Array,
  stagingFolder: string,
): Promise<void> {
  const staged = join(stagingFolder, `staged-${randomUUID()}`);
  try {
    await writeNewFile(staged, content);
    await rename(staged, path);
    await syncFolder(dirname(path));
  } catch (error) {
    await rm(staged, { force: true });
    throw ioError(error, `cannot write ${path}`);
  }
}

/**
 * Makes the folder where it is not there.
 * @returns `false` where this process may not write to it
 * @throws `Io`
 */
export async function isWritableFolder(folder: string): Promise<boolean> {
  try {
    await makeFolder(folder);
    await access(folder, constants.W_OK);
    return true;
  } catch (error) {
    if (isNotAllowed(error)) return false;
    throw ioError(error, `cannot write to ${folder}`);
  }
}

/** Makes renames within the folder outlast a power failure. Windows has no such call and needs none. */
export async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  await using folder = await open(path, 'r');
  await folder.sync();
}

/** Takes the folder out of sight in one step and then deletes it, so that nobody sees it half deleted. */
export async function removeFolder(path: string): Promise<void> {
  const doomed = join(dirname(path), `${doomedPrefix}${randomUUID()}`);
  try {
    await rename(path, doomed);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  await rm(doomed, { recursive: true, force: true, maxRetries: 3 });
}

/** What a crash may leave of {@link removeFolder}: to be deleted by whoever finds it. */
export const doomedPrefix = 'removed-';
