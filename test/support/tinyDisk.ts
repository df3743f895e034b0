import { run } from './realParts/command.ts';
import { temporaryFolder } from './store/sampleStore.ts';

/** A file system of a few pages of its own, where the system lets us make one. */
export async function tinyDisk(
  kilobytes: number,
): Promise<(AsyncDisposable & { readonly path: string }) | undefined> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return undefined;
  const folder = await temporaryFolder();
  try {
    await run('mount', ['-t', 'tmpfs', '-o', `size=${kilobytes}k`, 'tmpfs', folder.path]);
  } catch {
    // A container without the right to mount.
    await folder[Symbol.asyncDispose]();
    return undefined;
  }
  return {
    path: folder.path,
    async [Symbol.asyncDispose]() {
      await run('umount', [folder.path]);
      await folder[Symbol.asyncDispose]();
    },
  };
}
