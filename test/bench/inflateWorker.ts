import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { workerData } from 'node:worker_threads';
import { createGunzip } from 'node:zlib';
import type { InflateWork } from './inflateAlone.ts';

const { files, chunkSize, hashes, next } = workerData as InflateWork;

for (let file = take(); file !== undefined; file = take()) await inflate(file);

function take(): string | undefined {
  return files[Atomics.add(next, 0, 1)];
}

async function inflate(file: string): Promise<void> {
  const [digest, diffId, content] = [1, 2, 3].map(() => createHash('sha256'));
  const blob = createReadStream(file, { highWaterMark: 256 * 1024 });
  if (hashes) blob.on('data', (bytes) => digest?.update(bytes));
  await pipeline(blob, createGunzip({ chunkSize }), async (blocks: AsyncIterable<Buffer>) => {
    for await (const block of blocks) {
      if (!hashes) continue;
      diffId?.update(block);
      content?.update(block);
    }
  });
}
