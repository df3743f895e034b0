// How long `rmi` and `store gc` take as whole processes, with 10,000 images in the store.
//
//   node test/bench/removing.ts [IMAGES] [TURNS]

import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { writeManyStoredImages } from '../support/store/manyStoredImages.ts';
import { bundleCommandLine } from './bundleCommandLine.ts';
import { median } from './median.ts';

/** Milliseconds that either may take, once a gc has seen the images. */
const limit = 1000;

const images = Number(process.argv[2] ?? 10_000);
const turns = Number(process.argv[3] ?? 5);
const folder = await mkdtemp(path.join(tmpdir(), 'strata-bench-removing-'));
try {
  const store = path.join(folder, 'store');
  await writeManyStoredImages(store, images);
  const commandLine = bundleCommandLine(folder);
  const strata = (...words: readonly string[]) => {
    const start = performance.now();
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [commandLine, '--store', store, ...words],
      { encoding: 'utf8', maxBuffer: 1e8 },
    );
    if (status !== 0) throw new Error(`${words.join(' ')} ended with ${status}: ${stderr}`);
    return { stdout, time: performance.now() - start };
  };
  console.log(`With ${images} images, ms:`);
  console.log(`  the first gc, which reads them all ${strata('store', 'gc').time.toFixed(0)}`);
  const ids = strata('images', '-q').stdout.split('\n').slice(0, turns);
  report(
    'rmi of one image',
    ids.map((id) => strata('rmi', id).time),
  );
  report(
    'store gc',
    ids.map(() => strata('store', 'gc').time),
  );
} finally {
  await rm(folder, { recursive: true, force: true });
}

function report(what: string, times: number[]): void {
  const time = median(times);
  console.log(`${time < limit ? ' ' : '✗'} ${what}, median ${time.toFixed(0)}   (< ${limit})`);
  if (time >= limit) process.exitCode = 1;
}
