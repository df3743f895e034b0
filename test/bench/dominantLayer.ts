import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { get, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { LayerPool } from '../../src/engine/layers/layerPool.ts';
import { layerWorkerFile } from '../support/layerDescriptor.ts';
import { type Cost, medianCost, medianRatio, tableLine, timed } from './cost.ts';
import { gzipDescriptor } from './gzipDescriptor.ts';
import { inflateAlone } from './inflateAlone.ts';
import { programPieces } from './programLayer.ts';

const megabytes = 500;

/** What the issue promises: a multiple of the time that inflating alone takes. */
const limit = 1.35;

/**
 * One layer that is nearly all of its image: received, verified, kept and indexed, beside inflating it alone, for which
 * there is but one core. Prints a table; gives what missed its limit.
 */
export async function benchDominantLayer(turns: number): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'strata-bench-'));
  try {
    const blob = join(folder, 'layer');
    const tar = Readable.from(programPieces(megabytes));
    await pipeline(tar, createGzip({ level: 6, chunkSize: 256 * 1024 }), createWriteStream(blob));
    return await measure(blob, folder, turns);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function measure(blob: string, folder: string, turns: number): Promise<string[]> {
  const descriptor = await gzipDescriptor(blob);
  await using server = await serveFile(blob);
  await using pool = new LayerPool({ workerFile: layerWorkerFile });
  const [inflates, bounds, passes]: [Cost[], Cost[], Cost[]] = [[], [], []];
  const delays = monitorEventLoopDelay({ resolution: 1 });
  for (let turn = 0; turn < turns; turn++) {
    const ingest = { path: join(folder, 'ingest'), offset: 0 };
    inflates.push(await inflateAlone([blob]));
    bounds.push(await inflateAlone([blob], true));
    delays.enable();
    passes.push(
      await timed(async () => {
        await pool.index({ descriptor, ingest, indexFile: join(folder, 'index') }, () => server.get());
      }),
    );
    delays.disable();
    await rm(ingest.path);
  }
  console.log(`one layer of ${megabytes} MB, ${(descriptor.size / 1e6).toFixed(0)} MB compressed:`);
  return report(inflates, bounds, passes, delays.percentile(99) / 1e6);
}

function report(
  inflates: readonly Cost[],
  bounds: readonly Cost[],
  passes: readonly Cost[],
  delay: number,
): string[] {
  const ratio = medianRatio(passes, inflates, 'wall');
  const isMet = ratio <= limit;
  console.log(tableLine('inflated alone', ...costTexts(inflates)));
  console.log(tableLine('inflated and hashed alone, on one thread', ...costTexts(bounds)));
  console.log(tableLine('received, verified, kept and indexed', ...costTexts(passes)));
  console.log(tableLine('  × inflating alone', ratio.toFixed(2), `≤ ${limit}`, isMet));
  console.log(tableLine('  CPU × inflating alone', medianRatio(passes, inflates, 'cpu').toFixed(2)));
  console.log(tableLine('  event-loop delay p99', `${delay.toFixed(1)} ms`));
  return isMet ? [] : ['dominant layer'];
}

function costTexts(costs: readonly Cost[]): [wall: string, cpu: string] {
  const { wall, cpu } = medianCost(costs);
  return [`${wall.toFixed(0)} ms`, `${cpu.toFixed(0)} ms of CPU`];
}

async function serveFile(path: string): Promise<AsyncDisposable & { get(): Promise<IncomingMessage> }> {
  const server = fork(new URL('blobServer.ts', import.meta.url), [path]);
  const [port] = (await once(server, 'message')) as [number];
  return {
    get: () =>
      new Promise((resolve, reject) => get({ port, host: '127.0.0.1' }, resolve).on('error', reject)),
    async [Symbol.asyncDispose]() {
      server.disconnect();
      await once(server, 'exit');
    },
  };
}
