import { randomUUID } from 'node:crypto';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { ioError } from '../errors.ts';

/**
 * Writes a file beside its place and moves it there when it is whole: who looks sees all of it or what was there before,
 * and nothing stays of one that failed or was broken off.
 * @param options.mode of the file, before the umask; 0o666
 * @param options.report is told the bytes written so far
 * @returns the bytes written
 * @throws `Io`, and what `content` throws
 */
export async function writeFileAtOnce(
  path: string,
  content: AsyncIterable<Uint8Array>,
  { mode, report }: { readonly mode?: number; readonly report?: (written: number) => void } = {},
): Promise<number> {
  const draft = join(dirname(path), `.${basename(path)}.${randomUUID().slice(0, 8)}.part`);
  try {
    const written = await writeWhole(await open(draft, 'wx', mode), content, report);
    await rename(draft, path);
    return written;
  } catch (error) {
    await rm(draft, { force: true });
    throw isSystemError(error) ? ioError(error, `cannot write ${path}`) : error;
  }
}

async function writeWhole(
  handle: FileHandle,
  content: AsyncIterable<Uint8Array>,
  report?: (written: number) => void,
): Promise<number> {
  await using file = handle;
  let written = 0;
  for await (const chunk of content) {
    for (let offset = 0; offset < chunk.byteLength; ) {
      offset += (await file.write(chunk, offset)).bytesWritten;
    }
    written += chunk.byteLength;
    report?.(written);
  }
  await file.sync();
  return written;
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error;
}
