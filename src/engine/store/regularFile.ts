import { constants } from 'node:fs';
import { type FileHandle, lstat, open } from 'node:fs/promises';
import { EngineError, ioError } from '../errors.ts';

/**
 * Opens a regular file for reading. Symlinks are not followed, and what is no regular file (a pipe would block for
 * ever) is refused: a layout may come from anywhere.
 * @returns `undefined` where nothing is there
 * @throws `Corrupt` where it is something else than a file, `Io`
 */
export async function openRegularFile(path: string): Promise<{ file: FileHandle; size: number } | undefined> {
  let file: FileHandle;
  try {
    // Windows lacks both flags; there they are undefined and count as 0.
    file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    return absentOrThrow(error, path);
  }
  try {
    const status = await file.stat();
    if (!status.isFile()) throw notRegular(path);
    return { file, size: status.size };
  } catch (error) {
    await file.close();
    throw ioError(error, `cannot read ${path}`);
  }
}

function absentOrThrow(error: unknown, path: string): undefined {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return undefined;
  // Linux and macOS say ELOOP of a symlink that must not be followed, FreeBSD EMLINK; ENXIO comes from sockets.
  if (code === 'ELOOP' || code === 'EMLINK' || code === 'ENXIO') throw notRegular(path);
  throw ioError(error, `cannot read ${path}`);
}

/** Bytes of the regular file; `undefined` where there is none, or something else in its place. */
export async function regularFileSize(path: string): Promise<number | undefined> {
  try {
    const status = await lstat(path);
    return status.isFile() ? status.size : undefined;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw ioError(error, `cannot read ${path}`);
  }
}

function notRegular(path: string): EngineError {
  return new EngineError('Corrupt', `${path} is not a regular file`, { path });
}
