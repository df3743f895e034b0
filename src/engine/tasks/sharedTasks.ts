import { cancelled, throwIfCancelled } from '../errors.ts';
import { deferred } from './deferred.ts';

interface Running<E, R> {
  readonly controller: AbortController;
  readonly watchers: Set<(event: E) => void>;
  /** The newest event of each kind: what a watcher who comes later must be told. */
  readonly told: Map<string, E>;
  readonly result: Promise<R>;
}

/**
 * Work that is wanted by several at once is done once: whoever asks for a key that is under way joins it, hears what
 * was told so far and then what follows. The work is cancelled when its last watcher has gone.
 */
export class SharedTasks<E, R> {
  readonly #running = new Map<string, Running<E, R>>();
  readonly #kindOf: (event: E) => string;

  /** @param kindOf events of one kind supersede each other for those who join later */
  constructor(kindOf: (event: E) => string) {
    this.#kindOf = kindOf;
  }

  async run(
    key: string,
    work: (emit: (event: E) => void, signal: AbortSignal) => Promise<R>,
    watch: (event: E) => void,
    signal?: AbortSignal,
  ): Promise<R> {
    throwIfCancelled(signal);
    const task = this.#running.get(key) ?? this.#start(key, work);
    for (const event of task.told.values()) watch(event);
    // One's own function, since two may watch with the same.
    const watcher = (event: E): void => watch(event);
    task.watchers.add(watcher);
    const left = deferred<never>();
    const leave = (): void => left.reject(cancelled(signal));
    signal?.addEventListener('abort', leave, { once: true });
    try {
      return await Promise.race([task.result, left.promise]);
    } finally {
      signal?.removeEventListener('abort', leave);
      task.watchers.delete(watcher);
      if (task.watchers.size === 0) await this.#abandon(key, task);
    }
  }

  #start(key: string, work: (emit: (event: E) => void, signal: AbortSignal) => Promise<R>): Running<E, R> {
    const controller = new AbortController();
    const watchers = new Set<(event: E) => void>();
    const told = new Map<string, E>();
    const emit = (event: E): void => {
      // Deleted first so that the order is that of the newest events.
      told.delete(this.#kindOf(event));
      told.set(this.#kindOf(event), event);
      for (const watcher of watchers) watcher(event);
    };
    const result = Promise.resolve()
      .then(() => work(emit, controller.signal))
      .finally(() => this.#forget(key, task));
    result.catch(() => undefined);
    const task: Running<E, R> = { controller, watchers, told, result };
    this.#running.set(key, task);
    return task;
  }

  /** The next to ask starts anew at once; the cancelled work is awaited so that nothing of it outlives its watcher. */
  async #abandon(key: string, task: Running<E, R>): Promise<void> {
    this.#forget(key, task);
    task.controller.abort(cancelled());
    await Promise.allSettled([task.result]);
  }

  #forget(key: string, task: Running<E, R>): void {
    if (this.#running.get(key) === task) this.#running.delete(key);
  }
}
