import { readFile, writeFile } from 'node:fs/promises';
import type Mocha from 'mocha';

export interface TestCounts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** Full titles of what failed, where they are known. */
  readonly failures?: readonly string[];
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

/** Runs what has been loaded and counts it. A failing hook counts as a failed test, as in mocha's own report. */
export function runMocha(mocha: Mocha): Promise<TestCounts> {
  return new Promise((resolve) => {
    const failures: string[] = [];
    const runner = mocha.run((failed) => {
      resolve({ passed: runner.stats?.passes ?? 0, failed, skipped: runner.stats?.pending ?? 0, failures });
    });
    runner.on('fail', (test) => failures.push(test.fullTitle()));
  });
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
