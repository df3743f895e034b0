import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

interface ChunkFile {
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** When it was last used, ms since 1970. */
  readonly used: number;
}

/** Nobody writes one file for so long, ms. */
const maxWriteTime = 60_000;

/** Deletes the chunks that were not used for longest, until the rest has at most `maxBytes`, and what crashes have left. */
export async function trimChunks(folder: string, maxBytes: number): Promise<void> {
  const files = (await chunkFiles(folder)).sort((a, b) => b.used - a.used);
  let bytes = 0;
  for (const { path, size, used } of files) {
    const isLeftOver = path.endsWith('.tmp') && used < Date.now() - maxWriteTime;
    if (!isLeftOver) bytes += size;
    if (isLeftOver || bytes > maxBytes) await rm(path, { force: true });
  }
}

async function chunkFiles(folder: string): Promise<ChunkFile[]> {
  const names = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = names.filter((name) => name.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  const found = await Promise.all(paths.map(chunkFile));
  return found.filter((file) => file !== undefined);
}

/** `undefined` where another process has just deleted it. */
async function chunkFile(path: string): Promise<ChunkFile | undefined> {
  const status = await stat(path).catch(() => undefined);
  return status && { path, size: status.size, used: status.mtimeMs };
}
