import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { type Cost, timed } from './cost.ts';

export interface InflateWork {
  readonly files: readonly string[];
  /** Bytes that come out of zlib at a time. */
  readonly chunkSize: number;
  /** Also SHA-256 of the bytes as distributed, and twice of what comes out: diffId and the files' contents. */
  readonly hashes: boolean;
  /** Which file is next, shared by all workers. */
  readonly next: Int32Array;
}

/** The bound of a pull: what one worker a core needs only to inflate the blobs, each worker taking the next that is left. */
export function inflateAlone(files: readonly string[], chunkSize: number, hashes = false): Promise<Cost> {
  const work: InflateWork = { files, chunkSize, hashes, next: new Int32Array(new SharedArrayBuffer(4)) };
  const count = Math.min(availableParallelism(), files.length);
  return timed(async () => {
    await Promise.all(Array.from({ length: count }, () => worked(work)));
  });
}

/** The chunk size with which inflating costs the least CPU here. */
export async function bestChunkSize(file: string): Promise<number> {
  let best = { chunkSize: 0, cpu: Number.POSITIVE_INFINITY };
  for (const kibibytes of [64, 256, 1024, 4096]) {
    const chunkSize = kibibytes * 1024;
    const { cpu } = await inflateAlone([file], chunkSize);
    if (cpu < best.cpu) best = { chunkSize, cpu };
  }
  return best.chunkSize;
}

function worked(workerData: InflateWork): Promise<void> {
  return new Promise((resolve, reject) => {
    new Worker(new URL('inflateWorker.ts', import.meta.url), { workerData })
      .on('error', reject)
      .on('exit', () => resolve());
  });
}
