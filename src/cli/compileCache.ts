import { lstatSync, mkdirSync } from 'node:fs';
import module from 'node:module';
import { homedir } from 'node:os';
import { posix, win32 } from 'node:path';
import type { Surroundings } from '../engine/store/defaultStoreDirectory.ts';

/**
 * The user's folder for what can be made again. On Linux as
 * https://specifications.freedesktop.org/basedir-spec/latest/ says, which wants a relative `XDG_CACHE_HOME` ignored.
 */
export function cacheDirectory({ platform, env, home }: Surroundings): string {
  switch (platform) {
    case 'win32':
      return win32.join(env.LOCALAPPDATA || win32.join(home, 'AppData', 'Local'), 'Strata', 'cache');
    case 'darwin':
      return posix.join(home, 'Library', 'Caches', 'Strata');
    default: {
      const caches = env.XDG_CACHE_HOME;
      return posix.join(caches && posix.isAbsolute(caches) ? caches : posix.join(home, '.cache'), 'strata');
    }
  }
}

/**
 * Lets Node keep this program as it has compiled it, where it can (22.1 and later): starting then takes 50 to 100 ms less.
 * Whoever can write there decides what this process runs, so that a folder of somebody else is not used: root may have
 * been given a user's home. Nothing depends on it, and `NODE_DISABLE_COMPILE_CACHE=1` turns it off.
 */
export function useCompileCache(
  folder = cacheDirectory({ platform: process.platform, env: process.env, home: homedir() }),
): void {
  if (module.enableCompileCache === undefined || process.env.NODE_DISABLE_COMPILE_CACHE) return;
  if (isOwnFolder(folder)) module.enableCompileCache(folder);
}

function isOwnFolder(folder: string): boolean {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const status = lstatSync(folder);
    const othersMayWrite = (status.mode & 0o022) !== 0;
    return (
      status.isDirectory() &&
      (process.getuid === undefined || (status.uid === process.getuid() && !othersMayWrite))
    );
  } catch {
    // A home that is read-only or full: what runs is then compiled each time.
    return false;
  }
}
