import { realpath } from 'node:fs/promises';
import { dirname, sep } from 'node:path';
import { EngineError, ioError } from '../errors.ts';

/**
 * Refuses to let what people write take the place of the store, of files in it or of a folder around it.
 * @param store absolute path of the store's folder, which need not be there
 * @param path of the file or folder that is to be written; neither it nor its folder need be there
 * @throws `Invalid`, `Io`
 */
export async function requireOutsideStore(store: string, path: string): Promise<void> {
  const [own, folder, taken] = await Promise.all([store, dirname(path), path].map(realPathOf));
  if (own === undefined) return;
  if (folder !== undefined && isIn(folder, own)) {
    throw new EngineError('Invalid', `${path} is inside the store of images: choose another place`, { path });
  }
  if (taken !== undefined && isIn(own, taken)) {
    throw new EngineError('Invalid', `${path} holds the store of images: choose another place`, { path });
  }
}

/** Whether a real path is the other or below it. */
function isIn(path: string, folder: string): boolean {
  return `${path}${sep}`.startsWith(folder.endsWith(sep) ? folder : `${folder}${sep}`);
}

/** `undefined` where nothing is there. */
async function realPathOf(path: string): Promise<string | undefined> {
  return realpath(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
    throw ioError(error, `cannot look at ${path}`);
  });
}
