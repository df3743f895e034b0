// How long the Images view takes to show its first page, with 10,000 images in the store.
//
//   node test/bench/imagesTree.ts [IMAGES]

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { buildSync } from 'esbuild';
import { imageGroupings } from '../../src/engine/listing/groupImages.ts';
import { inRepository } from '../support/paths.ts';
import { run } from '../support/realParts/command.ts';
import { writeManyImages } from '../support/store/manyImages.ts';
import type { TreeCost } from './imagesTreeRows.ts';
import { median } from './median.ts';

/** Milliseconds that a page may take. */
const limit = 100;
/** Until the store's list counts as settled and is not read again. */
const settle = 100;

const images = Number(process.argv[2] ?? 10_000);
const folder = await mkdtemp(path.join(tmpdir(), 'strata-bench-'));
try {
  await writeManyImages(path.join(folder, 'store'), images);
  await delay(settle);
  const script = bundle(folder);
  console.log(`The first page of ${images} images, ms: in a fresh process, then (median, fastest):`);
  const { first } = await measure(script, 'Repository');
  for (const groupBy of imageGroupings) report(await measure(script, groupBy));
  console.log(
    `After a change of the store, when its list has to be made anew, the first took ${first.toFixed(0)} ms.`,
  );
} finally {
  await rm(folder, { recursive: true, force: true });
}

/** As it is shipped, but without VS Code. */
function bundle(directory: string): string {
  const outfile = path.join(directory, 'rows.cjs');
  buildSync({
    entryPoints: [inRepository('test/bench/imagesTreeRows.ts')],
    outfile,
    bundle: true,
    minify: true,
    keepNames: true,
    platform: 'node',
    format: 'cjs',
    target: 'node22',
    mainFields: ['module', 'main'],
    alias: { vscode: inRepository('test/bench/vscodeStandIn.ts') },
    logLevel: 'error',
  });
  return outfile;
}

async function measure(script: string, groupBy: string): Promise<TreeCost> {
  return JSON.parse(await run(process.execPath, [script, path.join(folder, 'store'), groupBy]));
}

function report({ groupBy, rows, first, again }: TreeCost): void {
  const middle = median(again);
  const figures = [first, middle, Math.min(...again)].map((value) => value.toFixed(0).padStart(6));
  console.log(
    `${middle < limit ? ' ' : '✗'} ${groupBy.padEnd(16)}${figures.join('')}   (${rows} rows, < ${limit})`,
  );
  if (middle >= limit) process.exitCode = 1;
}
