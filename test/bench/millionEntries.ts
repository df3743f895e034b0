// Times a layer of a million entries: verified and indexed beside inflating alone, and its index opened.

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LayerIndex } from '../../src/engine/layers/layerIndex.ts';
import { LayerPool } from '../../src/engine/layers/layerPool.ts';
import type { Descriptor } from '../../src/engine/oci/descriptor.ts';
import { layerWorkerFile } from '../support/layerDescriptor.ts';
import { type Cost, medianCost, tableLine, timed } from './cost.ts';
import { gzipDescriptor } from './gzipDescriptor.ts';
import { inflateAlone } from './inflateAlone.ts';
import { writeLayer } from './manyEntries.ts';

const entries = 1_000_000;

/** What the issue promises: milliseconds, bytes. */
const limits = { beyondInflate: 3000, open: 300, memory: 150e6 };

/** Prints a table; gives what missed its limit. */
export async function benchMillionEntries(turns: number): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'strata-bench-'));
  try {
    return await measure(folder, turns);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function measure(folder: string, turns: number): Promise<string[]> {
  const blob = join(folder, 'layer');
  const indexFile = join(folder, 'index');
  await writeLayer(blob, entries);
  const descriptor = await gzipDescriptor(blob);
  const [inflates, passes, opens, reads]: [Cost[], Cost[], Cost[], Cost[]] = [[], [], [], []];
  let memory = 0;
  for (let turn = 0; turn < turns; turn++) {
    inflates.push(await inflateAlone([blob]));
    passes.push(await timed(() => indexOnce(blob, descriptor, indexFile)));
    const before = process.memoryUsage().arrayBuffers;
    let index: LayerIndex | undefined;
    opens.push(
      await timed(async () => {
        index = await LayerIndex.open(indexFile);
      }),
    );
    // The index of the turn before may be freed meanwhile.
    if (index) memory = Math.max(memory, process.memoryUsage().arrayBuffers - before);
    reads.push(await timed(async () => void (await readFile(indexFile))));
  }
  return report(medianCost(inflates), medianCost(passes), medianCost(opens), medianCost(reads), memory);
}

async function indexOnce(blob: string, descriptor: Descriptor, indexFile: string): Promise<void> {
  await using pool = new LayerPool({ workerFile: layerWorkerFile });
  await pool.index({ descriptor, file: blob, indexFile }, undefined);
}

function report(inflate: Cost, pass: Cost, open: Cost, read: Cost, memory: number): string[] {
  const beyond = pass.wall - inflate.wall;
  const rows: readonly (readonly [what: string, value: string, limit: string, isMet: boolean])[] = [
    [
      'a million entries: inflated alone',
      `${inflate.wall.toFixed(0)} ms`,
      `${inflate.cpu.toFixed(0)} ms of CPU`,
      true,
    ],
    ['verified and indexed', `${pass.wall.toFixed(0)} ms`, `${pass.cpu.toFixed(0)} ms of CPU`, true],
    [
      '  beyond inflating',
      `${beyond.toFixed(0)} ms`,
      `< ${limits.beyondInflate} ms`,
      beyond < limits.beyondInflate,
    ],
    ['the index opened', `${open.wall.toFixed(0)} ms`, `< ${limits.open} ms`, open.wall < limits.open],
    // Where fresh memory is dear, as on some virtual machines, that is nearly all.
    ['  its bytes read, no more', `${read.wall.toFixed(0)} ms`, '', true],
    [
      'memory of the index',
      `${(memory / 1e6).toFixed(0)} MB`,
      `< ${limits.memory / 1e6} MB`,
      memory < limits.memory,
    ],
  ];
  for (const row of rows) console.log(tableLine(...row));
  return rows.filter(([, , , isMet]) => !isMet).map(([what]) => what.trim());
}
