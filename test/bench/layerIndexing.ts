import { once } from 'node:events';
import { createReadStream, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, get, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { createGunzip, gzipSync } from 'node:zlib';
import { LayerPool } from '../../src/engine/layers/layerPool.ts';
import type { Descriptor } from '../../src/engine/oci/descriptor.ts';
import { Digester } from '../../src/engine/oci/digest.ts';
import { mediaType } from '../../src/engine/oci/mediaType.ts';
import { layerWorkerFile } from '../support/layerDescriptor.ts';
import { pseudoRandomBytes } from '../support/pseudoRandom.ts';
import { file, type TarItem, tarOf } from '../support/tarWriter.ts';
import { median } from './median.ts';

/**
 * How fast a layer is received, verified, kept and indexed, held against what is the bound of it: inflating alone.
 * `node test/bench/layerIndexing.ts [LAYER.tar.gz]`; without a file a layer of about 500 MB is made.
 */
const rounds = 5;

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'strata-bench-'));
  try {
    const blobFile = process.argv[2] ?? makeLayer(join(folder, 'layer.tar.gz'));
    await measure(blobFile, folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measure(blobFile: string, folder: string): Promise<void> {
  const descriptor = await descriptorOf(blobFile);
  await using server = await serveFile(blobFile);
  await using pool = new LayerPool({ workerFile: layerWorkerFile });
  const inflate: Cost[] = [];
  const pass: Cost[] = [];
  let uncompressed = 0;
  const delays = monitorEventLoopDelay({ resolution: 1 });
  const memory = peakMemory();
  for (let round = 0; round < rounds; round++) {
    inflate.push(await timed(() => inflateOnly(blobFile)));
    const ingest = { path: join(folder, `ingest-${round}`), offset: 0 };
    delays.enable();
    pass.push(
      await timed(async () => {
        const job = { descriptor, ingest, indexFile: join(folder, 'index') };
        uncompressed = (await pool.index(job, () => server.get())).uncompressedSize;
      }),
    );
    delays.disable();
    rmSync(ingest.path);
  }
  const report = (what: string, costs: readonly Cost[]) => {
    const wall = median(costs.map((cost) => cost.wall));
    const cpu = median(costs.map((cost) => cost.cpu));
    console.log(`${what}: ${(uncompressed / 1e6 / wall).toFixed(0)} MB/s, ${cpu.toFixed(2)} s of CPU`);
  };
  console.log(
    `layer: ${(descriptor.size / 1e6).toFixed(0)} MB, ${(uncompressed / 1e6).toFixed(0)} MB unpacked`,
  );
  report('inflate alone', inflate);
  report('whole pass, over HTTP', pass);
  console.log(`host event loop delay p99: ${(delays.percentile(99) / 1e6).toFixed(1)} ms`);
  console.log(`memory added at most: ${(memory.stop() / 1e6).toFixed(0)} MB`);
}

/** Without the file in memory, which would hide what is measured. */
async function descriptorOf(path: string): Promise<Descriptor> {
  const digester = new Digester();
  for await (const chunk of createReadStream(path)) digester.update(chunk);
  return { mediaType: mediaType.ociLayerGzip, digest: digester.digest(), size: statSync(path).size };
}

async function inflateOnly(path: string): Promise<void> {
  const inflated = createReadStream(path, { highWaterMark: 256 * 1024 }).pipe(
    createGunzip({ chunkSize: 1024 * 1024 }),
  );
  for await (const _ of inflated);
}

/** Text and noise by halves, in files of the sizes that real layers have. */
function makeLayer(path: string): string {
  const noise = pseudoRandomBytes(4_000_000, 3);
  const text = Buffer.from(Array.from({ length: 400_000 }, (_, at) => `line ${at * 7919}\n`).join(''));
  const items: TarItem[] = [];
  for (let at = 0; at < 20_000; at++) {
    const start = (at * 104_729) % 3_000_000;
    items.push(
      file(
        `usr/share/${at % 100}/file-${at}`,
        (at % 2 ? noise : text).subarray(start, start + (at % 50) * 1000),
      ),
    );
  }
  writeFileSync(path, gzipSync(tarOf(...items), { level: 6 }));
  return path;
}

async function serveFile(path: string): Promise<AsyncDisposable & { get(): Promise<IncomingMessage> }> {
  const { size } = statSync(path);
  const server = createServer((_, response) => {
    response.setHeader('content-length', size);
    createReadStream(path, { highWaterMark: 256 * 1024 }).pipe(response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    get: () =>
      new Promise((resolve, reject) => get({ port, host: '127.0.0.1' }, resolve).on('error', reject)),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

interface Cost {
  /** Seconds. */
  readonly wall: number;
  /** Seconds of all threads together: what a busy machine still measures well. */
  readonly cpu: number;
}

async function timed(work: () => Promise<void>): Promise<Cost> {
  const start = performance.now();
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return { wall: (performance.now() - start) / 1000, cpu: (user + system) / 1e6 };
}

/** Resident bytes above what there were at first. */
function peakMemory(): { stop(): number } {
  const before = process.memoryUsage.rss();
  let peak = before;
  const timer = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage.rss());
  }, 10).unref();
  return {
    stop() {
      clearInterval(timer);
      return peak - before;
    },
  };
}

await main();
