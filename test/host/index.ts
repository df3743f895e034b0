import { globSync } from 'node:fs';
import path from 'node:path';
import Mocha from 'mocha';
import { runMocha, writeCounts } from '../support/running/testCounts.ts';

const testTimeout = 30_000;

/** What VS Code calls in its extension host: runs the test files bundled beside this one. */
export async function run(): Promise<void> {
  const mocha = new Mocha({ ui: 'bdd', color: false, timeout: testTimeout });
  const pattern = process.env.STRATA_TEST_GREP;
  if (pattern !== undefined) mocha.grep(pattern);
  for (const file of globSync('**/*.test.js', { cwd: __dirname })) mocha.addFile(path.join(__dirname, file));
  const counts = await runMocha(mocha);
  const results = process.env.STRATA_TEST_RESULTS;
  if (results !== undefined) await writeCounts(results, counts);
  if (counts.failed > 0) throw new Error(`${counts.failed} host tests failed`);
}
