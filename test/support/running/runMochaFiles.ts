// Runs test files and leaves the counts in a file:
//
//   node runMochaFiles.ts RESULTS.json [--timeout MILLISECONDS] [--grep TEXT] PATTERN…

import { globSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import Mocha from 'mocha';
import { repository } from '../paths.ts';
import { runMocha, writeCounts } from './testCounts.ts';

const lingerMilliseconds = 5000;
const slowestShown = 8;

const { values, positionals } = parseArgs({
  options: { grep: { type: 'string' }, timeout: { type: 'string', default: '30000' } },
  allowPositionals: true,
});
const [results, ...patterns] = positionals;
if (results === undefined) throw new Error('usage: runMochaFiles.ts RESULTS.json [--grep TEXT] PATTERN…');

// As mocha's own command does; without it mocha lets them pass.
process.on('unhandledRejection', (reason) => {
  throw reason;
});

const mocha = new Mocha({ ui: 'bdd', timeout: Number(values.timeout) });
if (values.grep !== undefined) mocha.grep(values.grep);
for (const file of globSync(patterns, { cwd: repository }).toSorted()) {
  mocha.addFile(path.join(repository, file));
}
await mocha.loadFilesAsync();
const counts = await runMocha(mocha, slowestShown);
await writeCounts(results, counts);
if (counts.failed > 0) process.exitCode = 1;

/** A test that leaves a server or a timer behind is a fault of its own, not a reason to wait for ever. */
setTimeout(() => failForLeftovers(), lingerMilliseconds).unref();

async function failForLeftovers(): Promise<void> {
  console.error(`Still open after the last test: ${process.getActiveResourcesInfo().join(', ')}`);
  await writeCounts(results ?? '', { ...counts, failed: counts.failed + 1 });
  process.exit(1);
}
