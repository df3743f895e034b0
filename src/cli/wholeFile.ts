import type { Stats } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { EngineError, ioError } from '../engine/errors.ts';
import { writeFileAtOnce } from '../engine/transfer/writeFileAtOnce.ts';

/** What can be written to. */
export type OutputKind = 'file' | 'pipe';

/**
 * Writes a file beside its place and puts it there once it is whole, so that what was there before stays until then. A
 * pipe is written to as it is.
 * @throws `Io`, and what the content throws
 */
export async function writeWholeFile(
  path: string,
  kind: OutputKind,
  content: AsyncIterable<Uint8Array>,
): Promise<void> {
  if (kind === 'pipe') await writeToPipe(path, content);
  else await writeFileAtOnce(path, content, { mode: 0o600 });
}

async function writeToPipe(path: string, content: AsyncIterable<Uint8Array>): Promise<void> {
  const cannotWrite = (error: unknown): never => {
    throw ioError(error, `cannot write ${path}`);
  };
  await using pipe = await open(path, 'w').catch(cannotWrite);
  for await (const bytes of content) await pipe.appendFile(bytes).catch(cannotWrite);
}

/**
 * @param what begins the message where the path cannot be written to, as Docker words it
 * @throws `Invalid` where it is a folder, a device or in no folder, `Io`
 */
export async function outputKind(path: string, what: string): Promise<OutputKind> {
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
