import { createHash, type Hash } from 'node:crypto';
import { once } from 'node:events';
import { parentPort, workerData } from 'node:worker_threads';
import { Inflater } from '../../src/engine/layers/inflater.ts';
import { piecesOfFile } from '../../src/engine/layers/layerFile.ts';
import type { InflateWork } from './inflateAlone.ts';

const { files, hashes, next } = workerData as InflateWork;

// Its start is not what is measured.
parentPort?.postMessage('ready');
if (parentPort) await once(parentPort, 'message');
for (let file = take(); file !== undefined; file = take()) await inflate(file);
parentPort?.close();

function take(): string | undefined {
  return files[Atomics.add(next, 0, 1)];
}

/** With the engine's own inflater, which needs less than a plain stream: it frees each block at once. */
async function inflate(file: string): Promise<void> {
  const [digest, diffId, content] = hashes ? [1, 2, 3].map(() => createHash('sha256')) : [];
  const inflater = new Inflater('gzip');
  const reading = read(inflater, diffId, content);
  for (const piece of piecesOfFile(file)) {
    digest?.update(piece);
    await inflater.write(piece);
  }
  inflater.end();
  await reading;
}

async function read(inflater: Inflater, diffId?: Hash, content?: Hash): Promise<void> {
  for await (const block of inflater.blocks()) {
    diffId?.update(block);
    content?.update(block);
  }
}
