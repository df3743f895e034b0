import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { type Cost, timed } from './cost.ts';

export interface InflateWork {
  readonly files: readonly string[];
  /** Also SHA-256 of the bytes as distributed, and twice of what comes out: diffId and the files' contents. */
  readonly hashes: boolean;
  /** Which file is next, shared by all workers. */
  readonly next: Int32Array;
}

/** The bound of a pull: what one worker a core needs only to inflate the blobs, each worker taking the next that is left. */
export async function inflateAlone(files: readonly string[], hashes = false): Promise<Cost> {
  const workerData: InflateWork = { files, hashes, next: new Int32Array(new SharedArrayBuffer(4)) };
  const count = Math.min(availableParallelism(), files.length);
  const workers = Array.from({ length: count }, () => startWorker(workerData));
  await Promise.all(workers.map((worker) => once(worker, 'message')));
  return timed(async () => {
    const ends = workers.map((worker) => once(worker, 'exit'));
    for (const worker of workers) worker.postMessage('go');
    await Promise.all(ends);
  });
}

function startWorker(workerData: InflateWork): Worker {
  return new Worker(new URL('inflateWorker.ts', import.meta.url), { workerData });
}
