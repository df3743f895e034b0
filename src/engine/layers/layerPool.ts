import { availableParallelism } from 'node:os';
import { cancelled, throwIfCancelled } from '../errors.ts';
import type { LayerJob, LayerResult } from './layerJob.ts';
import { LayerThread, type OpenSource } from './layerThread.ts';

export type { LayerJob, LayerResult } from './layerJob.ts';
export type { OpenSource } from './layerThread.ts';

export interface LayerPoolOptions {
  /** The bundled layer worker, or `layerWorker.ts` when running from source. */
  readonly workerFile: string | URL;
  /** Workers at most; by default one a core, at least 2 and at most 4. */
  readonly size?: number;
  /** Milliseconds after which an idle worker is ended; 10,000. */
  readonly idleTime?: number;
}

/**
 * Entries of a layer after which its worker is ended: what it needed to sort them (some 250 bytes each) would rest with it
 * until it has other work, while the index is in memory once more.
 */
const maxEntriesToKeep = 200_000;

export interface IndexOptions {
  /** Called with the bytes of the layer that are here, those of earlier attempts included. */
  readonly onProgress?: (received: number) => void;
}

/**
 * Worker threads that read layers: started when there is work, ended when there has been none for a while. An idle pool
 * does not keep the process alive.
 */
export class LayerPool implements AsyncDisposable {
  readonly #workerFile: string | URL;
  readonly #size: number;
  readonly #idleTime: number;
  readonly #idle: { readonly thread: LayerThread; readonly timer: NodeJS.Timeout }[] = [];
  readonly #threads = new Set<LayerThread>();
  /** Who waits for a worker, first come first served. */
  readonly #queue: (() => void)[] = [];
  readonly #disposal = new AbortController();
  #busy = 0;

  constructor({ workerFile, size, idleTime }: LayerPoolOptions) {
    this.#workerFile = workerFile;
    this.#size = size ?? Math.max(2, Math.min(4, availableParallelism()));
    this.#idleTime = idleTime ?? 10_000;
  }

  /**
   * Reads a layer in a worker, as soon as one is free. `open` is called then, with the offset from which bytes are
   * wanted; it is not called where the job's file or ingest has them all. The pool destroys the stream that it gets, and
   * takes its chunks away: those that own their memory are transferred, and empty for whoever still has them.
   * @throws `DigestMismatch` (digest, size, diffId), `Corrupt`, `TooLarge`, `Unsupported`, `Io`, `Cancelled`, and what
   * `open` or its stream fails with
   */
  async index(
    job: LayerJob,
    open: OpenSource | undefined,
    options: IndexOptions = {},
    signal?: AbortSignal,
  ): Promise<LayerResult> {
    const either = AbortSignal.any([this.#disposal.signal, ...(signal ? [signal] : [])]);
    await this.#turn(either);
    const thread = this.#takeThread();
    try {
      const result = await thread.run(job, open, options.onProgress ?? (() => undefined), either);
      if (result.entries > maxEntriesToKeep) await this.#end(thread);
      return result;
    } finally {
      this.#giveBack(thread);
    }
  }

  /** Ends with all workers ended; work in progress fails with `Cancelled`. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#disposal.abort();
    for (const { timer } of this.#idle.splice(0)) clearTimeout(timer);
    await Promise.all([...this.#threads].map((thread) => this.#end(thread)));
  }

  /** Resolves when the caller may use a worker. */
  async #turn(signal: AbortSignal): Promise<void> {
    throwIfCancelled(signal);
    if (this.#busy < this.#size) {
      this.#busy++;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const go = () => {
        signal.removeEventListener('abort', leave);
        resolve();
      };
      const leave = () => {
        this.#queue.splice(this.#queue.indexOf(go), 1);
        reject(cancelled(signal));
      };
      this.#queue.push(go);
      signal.addEventListener('abort', leave, { once: true });
    });
  }

  #takeThread(): LayerThread {
    const idle = this.#idle.pop();
    if (idle) {
      clearTimeout(idle.timer);
      return idle.thread;
    }
    const thread = new LayerThread(this.#workerFile);
    this.#threads.add(thread);
    return thread;
  }

  #giveBack(thread: LayerThread): void {
    if (!thread.isUsable || this.#disposal.signal.aborted) void this.#end(thread);
    else this.#keep(thread);
    const next = this.#queue.shift();
    if (next) next();
    else this.#busy--;
  }

  #keep(thread: LayerThread): void {
    const end = () => {
      this.#idle.splice(
        this.#idle.findIndex((idle) => idle.thread === thread),
        1,
      );
      void this.#end(thread);
    };
    this.#idle.push({ thread, timer: setTimeout(end, this.#idleTime).unref() });
  }

  async #end(thread: LayerThread): Promise<void> {
    await thread.end();
    this.#threads.delete(thread);
  }
}
