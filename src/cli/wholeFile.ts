import { randomUUID } from 'node:crypto';
import type { Stats } from 'node:fs';
import { type FileHandle, open, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { EngineError, ioError } from '../engine/errors.ts';

/**
 * Writes a file beside its place and puts it there once it is whole, so that what was there before stays until then. A
 * pipe is written to as it is.
 * @param what begins the message where the path cannot be a file, as Docker words it
 * @throws `Invalid` where the path is a folder, a device or in no folder, `Io`, and what the content throws
 */
export async function writeWholeFile(
  path: string,
  content: AsyncIterable<Uint8Array>,
  what: string,
): Promise<void> {
  const kind = await kindOf(path, what);
  if (kind === 'pipe') await writeTo(await openFor(path, 'w'), path, content);
  else await writeBeside(path, content);
}

async function writeBeside(path: string, content: AsyncIterable<Uint8Array>): Promise<void> {
  const temporary = join(dirname(path), `.tmp-${basename(path)}-${randomUUID()}`);
  try {
    await writeTo(await openFor(temporary, 'wx'), path, content);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw ioError(error, `cannot write ${path}`);
  }
}

async function writeTo(handle: FileHandle, path: string, content: AsyncIterable<Uint8Array>): Promise<void> {
  await using file = handle;
  for await (const bytes of content)
    await writeAll(file, bytes).catch((error: unknown) => cannotWrite(error, path));
}

async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    done += (await file.write(bytes, done, bytes.length - done)).bytesWritten;
  }
}

async function openFor(path: string, flags: 'w' | 'wx'): Promise<FileHandle> {
  return open(path, flags, 0o600).catch((error: unknown) => cannotWrite(error, path));
}

function cannotWrite(error: unknown, path: string): never {
  throw ioError(error, `cannot write ${path}`);
}

async function kindOf(path: string, what: string): Promise<'file' | 'pipe'> {
  const folder = dirname(path);
  if (!(await statOrAbsent(folder))) {
    throw new EngineError(
      'Invalid',
      `${what}: invalid output path: stat ${folder}: no such file or directory`,
    );
  }
  const found = await statOrAbsent(path);
  if (!found || found.isFile()) return 'file';
  if (found.isFIFO()) return 'pipe';
  throw new EngineError('Invalid', `${what}: cannot write to a ${kindName(found)}`);
}

function kindName(found: Stats): string {
  if (found.isDirectory()) return 'directory';
  return found.isCharacterDevice() ? 'character device file' : 'special file';
}

async function statOrAbsent(path: string) {
  return stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
    throw ioError(error, `cannot look at ${path}`);
  });
}
