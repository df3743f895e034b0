// Times a layer of a million entries: verified and indexed beside inflating alone, and its index opened.

import { mkdtemp, rm } from 'node:fs/promises';
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

type Costs = Record<'inflate' | 'pass' | 'open' | 'folder' | 'rows', Cost[]>;

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
  const costs: Costs = { inflate: [], pass: [], open: [], folder: [], rows: [] };
  let memory = 0;
  for (let turn = 0; turn < turns; turn++) {
    costs.inflate.push(await inflateAlone([blob]));
    costs.pass.push(await timed(() => indexOnce(blob, descriptor, indexFile)));
    const before = process.memoryUsage().arrayBuffers;
    const opened: LayerIndex[] = [];
    costs.open.push(await timed(async () => void opened.push(await LayerIndex.open(indexFile))));
    const [index] = opened;
    costs.folder.push(await timed(() => void index?.children('/srv/app/node_modules/package-7919/lib', 0)));
    costs.rows.push(await timed(() => index && readEntries(index)));
    // The index of the turn before may be freed meanwhile.
    memory = Math.max(memory, process.memoryUsage().arrayBuffers - before);
  }
  return report(costs, memory);
}

/** Everything of an entry that a comparison looks at. */
function readEntries(index: LayerIndex): void {
  for (let at = 0; at < index.length; at++) {
    index.pathBytes(at);
    index.kindCode(at);
    index.mode(at);
    index.size(at);
    index.mtime(at);
    index.contentHash(at);
  }
}

async function indexOnce(blob: string, descriptor: Descriptor, indexFile: string): Promise<void> {
  await using pool = new LayerPool({ workerFile: layerWorkerFile });
  await pool.index({ descriptor, file: blob, indexFile }, undefined);
}

function report(costs: Costs, memory: number): string[] {
  const inflate = medianCost(costs.inflate);
  const pass = medianCost(costs.pass);
  const open = medianCost(costs.open);
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
    ['  a folder in it listed', `${medianCost(costs.folder).wall.toFixed(1)} ms`, '', true],
    ['  every entry read, off the disk', `${medianCost(costs.rows).wall.toFixed(0)} ms`, '', true],
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
