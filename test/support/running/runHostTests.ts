// Runs the tests inside VS Code's extension host and leaves the counts in a file:
//
//   node runHostTests.ts RESULTS.json [--grep TEXT]

import { parseArgs } from 'node:util';
import { runHostTests } from '../vscode/runHostTests.ts';
import { writeCounts } from './testCounts.ts';

const { values, positionals } = parseArgs({ options: { grep: { type: 'string' } }, allowPositionals: true });
const [results] = positionals;
if (results === undefined) throw new Error('usage: runHostTests.ts RESULTS.json [--grep TEXT]');

const counts = await runHostTests(values);
await writeCounts(results, counts);
if (counts.failed > 0) process.exitCode = 1;
