import { readFile, writeFile } from 'node:fs/promises';
import type Mocha from 'mocha';
import { firstFailure } from '../../../src/engine/errors.ts';
import { seconds } from './format.ts';

export interface TestCounts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** What failed, where it is known. */
  readonly failures?: readonly TestFailure[];
}

export interface TestFailure {
  /** The full title. */
  readonly test: string;
  readonly message: string;
}

export const noTests: TestCounts = { passed: 0, failed: 0, skipped: 0 };

export function addCounts(one: TestCounts, other: TestCounts): TestCounts {
  return {
    passed: one.passed + other.passed,
    failed: one.failed + other.failed,
    skipped: one.skipped + other.skipped,
    failures: [...(one.failures ?? []), ...(other.failures ?? [])],
  };
}

/**
 * Runs what has been loaded and counts it. A failing hook counts as a failed test, as in mocha's own report.
 * @param slowestShown how many of the slowest tests are named at the end
 */
export function runMocha(mocha: Mocha, slowestShown = 0): Promise<TestCounts> {
  return new Promise((resolve) => {
    const failures: TestFailure[] = [];
    const done: Mocha.Test[] = [];
    const runner = mocha.run((failed) => {
      tellSlowest(done, slowestShown);
      resolve({ passed: runner.stats?.passes ?? 0, failed, skipped: runner.stats?.pending ?? 0, failures });
    });
    runner.on('pass', (test) => done.push(test));
    runner.on('fail', (test, error: unknown) =>
      failures.push({
        test: test.fullTitle(),
        message: failureText(error),
      }),
    );
  });
}

/** Where cleaning up failed as well, both. */
function failureText(error: unknown): string {
  const first = firstFailure(error);
  if (first !== error) return `${failureText(first)} (and cleaning up failed as well)`;
  return error instanceof Error ? error.message : String(error);
}

function tellSlowest(tests: readonly Mocha.Test[], count: number): void {
  const slowest = tests.toSorted((one, other) => (other.duration ?? 0) - (one.duration ?? 0)).slice(0, count);
  for (const test of slowest) console.log(`${seconds(test.duration ?? 0).padStart(8)}  ${test.fullTitle()}`);
}

export async function writeCounts(file: string, counts: TestCounts): Promise<void> {
  await writeFile(file, JSON.stringify(counts));
}

/** The counts a test run has left, or `undefined` where it ended before it could. */
export async function readCounts(file: string): Promise<TestCounts | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as TestCounts;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
