import { appendFileSync, globSync } from 'node:fs';
import path from 'node:path';
import { format } from 'node:util';
import Mocha from 'mocha';
import { runMocha, writeCounts } from '../support/running/testCounts.ts';

const testTimeout = 60_000;

/**
 * What VS Code calls in its extension host: runs the test files bundled beside this one. Counts and report go to
 * the files named by `STRATA_TEST_RESULTS` and `STRATA_TEST_REPORT`, apart from all that VS Code itself prints.
 */
export async function run(): Promise<void> {
  const { STRATA_TEST_GREP: grep, STRATA_TEST_RESULTS: results, STRATA_TEST_REPORT: report } = process.env;
  const mocha = new Mocha({ ui: 'bdd', color: false, timeout: testTimeout });
  if (grep !== undefined) mocha.grep(grep);
  if (report !== undefined) Mocha.reporters.Base.consoleLog = appendTo(report);
  for (const file of globSync('**/*.test.js', { cwd: __dirname })) mocha.addFile(path.join(__dirname, file));
  const counts = await runMocha(mocha);
  if (results !== undefined) await writeCounts(results, counts);
  if (counts.failed > 0) throw new Error(`${counts.failed} host tests failed`);
}

function appendTo(file: string): (...line: unknown[]) => void {
  return (...line) => appendFileSync(file, `${format(...line)}\n`);
}
