// Pulls an image in a process of its own, as an extension host would, and prints what it cost as JSON.
//
//   node pull.ts REFERENCE STORE WORKER

import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { ImageEngine } from '../../src/engine/imageEngine.ts';
import { parseReference } from '../../src/engine/oci/reference.ts';

/** Milliseconds, and bytes above what the process had before. */
export interface PullCost {
  readonly duration: number;
  /** Of all threads together, ms. */
  readonly cpu: number;
  /** Share of the time in which the host's event loop was busy, 0 to 1. */
  readonly loopBusy: number;
  readonly loopDelay: { readonly p50: number; readonly p99: number; readonly max: number };
  readonly addedRss: number;
  readonly addedExternal: number;
  /** The image ID. */
  readonly id: string;
}

/** How often the loop's delay is looked at, ms; it is part of what the histogram holds. */
const resolution = 1;
const memoryInterval = 20;

async function pullOnce(reference: string, storeDirectory: string, workerFile: string): Promise<PullCost> {
  await using engine = new ImageEngine({
    storeDirectory,
    workerFile,
    credentials: async () => undefined,
    userAgent: 'strata-bench',
  });
  const memory = watchMemory();
  const delays = monitorEventLoopDelay({ resolution });
  delays.enable();
  const busy = performance.eventLoopUtilization();
  const before = process.cpuUsage();
  const start = performance.now();
  let id = '';
  for await (const event of engine.pull(parseReference(reference))) if (event.kind === 'done') id = event.id;
  const duration = performance.now() - start;
  const { user, system } = process.cpuUsage(before);
  const cpu = (user + system) / 1000;
  const loopBusy = performance.eventLoopUtilization(busy).utilization;
  delays.disable();
  const delay = (nanoseconds: number) => Math.max(0, nanoseconds / 1e6 - resolution);
  const loopDelay = {
    p50: delay(delays.percentile(50)),
    p99: delay(delays.percentile(99)),
    max: delay(delays.max),
  };
  return { duration, cpu, loopBusy, loopDelay, ...memory.stop(), id };
}

function watchMemory() {
  const before = process.memoryUsage();
  let addedRss = 0;
  let addedExternal = 0;
  const look = () => {
    const { rss, external } = process.memoryUsage();
    addedRss = Math.max(addedRss, rss - before.rss);
    addedExternal = Math.max(addedExternal, external - before.external);
  };
  const timer = setInterval(look, memoryInterval);
  return {
    stop() {
      clearInterval(timer);
      look();
      return { addedRss, addedExternal };
    },
  };
}

const [reference, storeDirectory, workerFile] = process.argv.slice(2);
if (!reference || !storeDirectory || !workerFile) throw new Error('usage: pull.ts REFERENCE STORE WORKER');
void pullOnce(reference, storeDirectory, workerFile).then((cost) =>
  process.stdout.write(`${JSON.stringify(cost)}\n`),
);
