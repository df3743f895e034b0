import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ioError } from '../errors.ts';

export interface TemporaryFolder {
  readonly path: string;
  remove(): Promise<void>;
}

const folders = new Set<string>();

/** A folder that goes at the latest with the process. @throws `Io` */
export async function temporaryFolder(): Promise<TemporaryFolder> {
  const path = await mkdtemp(join(tmpdir(), 'strata-archive-')).catch((error: unknown) => {
    throw ioError(error, 'no temporary folder could be made');
  });
  if (folders.size === 0) process.once('exit', clear);
  folders.add(path);
  return { path, remove: () => remove(path) };
}

async function remove(path: string): Promise<void> {
  folders.delete(path);
  if (folders.size === 0) process.off('exit', clear);
  await rm(path, { recursive: true, force: true });
}

function clear(): void {
  for (const path of folders) rmSync(path, { recursive: true, force: true });
}
