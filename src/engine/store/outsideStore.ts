import { realpath } from 'node:fs/promises';
import { dirname, sep } from 'node:path';
import { EngineError, ioError } from '../errors.ts';

/**
 * Refuses to let what people write come into the store, whose files it would replace.
 * @param store absolute path of the store's folder, which need not be there
 * @param path of the file that is to be written; its folder need not be there
 * @throws `Invalid`, `Io`
 */
export async function requireOutsideStore(store: string, path: string): Promise<void> {
  const [own, folder] = await Promise.all([realPathOf(store), realPathOf(dirname(path))]);
  if (own === undefined || folder === undefined) return;
  if (!`${folder}${sep}`.startsWith(`${own}${sep}`)) return;
  throw new EngineError('Invalid', `${path} is inside the store of images: choose another place`, { path });
}

/** `undefined` where nothing is there. */
async function realPathOf(path: string): Promise<string | undefined> {
  return realpath(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
    throw ioError(error, `cannot look at ${path}`);
  });
}
