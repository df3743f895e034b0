// Times the comparison of two images of 100,000 files that share no layer, a file in a hundred being another.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { diffTrees } from '../../src/engine/layers/diffTrees.ts';
import { LayerIndex } from '../../src/engine/layers/layerIndex.ts';
import { UnionTree } from '../../src/engine/layers/unionTree.ts';
import { readLayer } from '../support/layerReading.ts';
import { type Cost, medianCost, tableLine, timed } from './cost.ts';
import { tarPieces } from './manyEntries.ts';

const entries = 100_000;

/** What the issue promises: milliseconds. */
const limit = 300;

/** Prints a table; gives what missed its limit. */
export async function benchDiff(turns: number): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'strata-bench-'));
  try {
    const before = await indexOf(folder, 1);
    const after = await indexOf(folder, 2);
    return await measure(before, after, turns);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function measure(before: LayerIndex, after: LayerIndex, turns: number): Promise<string[]> {
  const costs: Cost[] = [];
  let changes = 0;
  const memory = process.memoryUsage.rss();
  let peak = memory;
  for (let turn = 0; turn < turns; turn++) {
    changes = 0;
    costs.push(
      await timed(async () => {
        const trees = [
          await UnionTree.buildInPortions([before]),
          await UnionTree.buildInPortions([after]),
        ] as const;
        for await (const _ of diffTrees(...trees)) changes++;
      }),
    );
    peak = Math.max(peak, process.memoryUsage.rss());
  }
  const { wall, cpu } = medianCost(costs);
  const what = `two images of ${entries} files compared`;
  console.log(
    tableLine(what, `${wall.toFixed(0)} ms`, `< ${limit} ms (${cpu.toFixed(0)} ms of CPU)`, wall < limit),
  );
  console.log(tableLine('  paths that differ', String(changes)));
  console.log(tableLine('  memory added at most', `${((peak - memory) / 1e6).toFixed(0)} MB`));
  return wall < limit ? [] : [what];
}

async function indexOf(folder: string, seed: number): Promise<LayerIndex> {
  const file = join(folder, String(seed));
  await readLayer(Buffer.concat([...tarPieces(entries, seed)]), file, { pieceSize: 256 * 1024 });
  return LayerIndex.open(file);
}
