import { type FSWatcher, statSync, watch } from 'node:fs';
import { dirname } from 'node:path';

/** Milliseconds between looks for changes that the system does not report: network file systems, folders made later. */
const lookInterval = 1_000;
/** Milliseconds in which several changes are one. */
const quietTime = 100;

/**
 * Calls the listener (debounced) when the file was replaced, changed, made or removed, by whatever process. Neither the
 * file nor its folder need be there. Keeps no process alive.
 */
export function watchIndex(path: string, listener: () => void): Disposable {
  return new IndexWatch(path, listener);
}

class IndexWatch implements Disposable {
  readonly #path: string;
  readonly #listener: () => void;
  readonly #timer: NodeJS.Timeout;
  #seen: string;
  #folder: string | undefined;
  #watcher: FSWatcher | undefined;
  #pending: NodeJS.Timeout | undefined;

  constructor(path: string, listener: () => void) {
    this.#path = path;
    this.#listener = listener;
    this.#seen = identity(path);
    this.#follow();
    this.#timer = setInterval(() => this.#look(), lookInterval).unref();
  }

  #look(): void {
    this.#follow();
    const now = identity(this.#path);
    if (now === this.#seen) return;
    this.#seen = now;
    this.#pending ??= setTimeout(() => this.#tell(), quietTime).unref();
  }

  #tell(): void {
    this.#pending = undefined;
    this.#listener();
  }

  /** The system's own watch makes it quick; it is bound to the folder that was there when it began. */
  #follow(): void {
    const folder = folderIdentity(dirname(this.#path));
    if (folder === this.#folder) return;
    this.#watcher?.close();
    this.#watcher = folder === '' ? undefined : this.#watch();
    this.#folder = folder;
  }

  #watch(): FSWatcher | undefined {
    try {
      const watcher = watch(dirname(this.#path), { persistent: false }, () => this.#look());
      watcher.on('error', () => watcher.close());
      return watcher;
    } catch {
      // No watches left, or none on this file system: looking once a second has to do.
      return undefined;
    }
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    clearTimeout(this.#pending);
    this.#watcher?.close();
  }
}

/** Changes with every replacement; empty where there is no file. */
function identity(path: string): string {
  const status = statSync(path, { bigint: true, throwIfNoEntry: false });
  return status ? [status.ino, status.size, status.mtimeNs, status.ctimeNs].join(' ') : '';
}

function folderIdentity(path: string): string {
  const status = statSync(path, { bigint: true, throwIfNoEntry: false });
  return status ? `${status.dev} ${status.ino}` : '';
}
