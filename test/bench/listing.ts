import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { writeManyImages } from '../support/store/manyImages.ts';
import { bundleCommandLine } from './bundleCommandLine.ts';
import { median } from './median.ts';

/** What the product promises of `image ls` as a whole process: milliseconds, and times what 100 images take. */
const limits = { duration: 400, ratio: 2.5 };
const few = 100;
const many = 10_000;

/**
 * Times `strata image ls`, bundled as it is shipped, with 100 and with 10,000 images, turn by turn.
 * @returns what missed its limit
 */
export async function benchListing(turns: number): Promise<string[]> {
  const folder = await mkdtemp(path.join(tmpdir(), 'strata-bench-listing-'));
  try {
    const commandLine = bundleCommandLine(folder);
    for (const count of [few, many]) await writeManyImages(path.join(folder, String(count)), count);
    const durations = { few: [] as number[], many: [] as number[] };
    for (let turn = 0; turn < turns; turn++) {
      durations.few.push(listingTime(commandLine, path.join(folder, String(few))));
      durations.many.push(listingTime(commandLine, path.join(folder, String(many))));
    }
    return report(median(durations.few), median(durations.many));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Of the whole process, milliseconds. */
function listingTime(commandLine: string, store: string): number {
  const start = performance.now();
  const { status, stderr } = spawnSync(process.execPath, [commandLine, '--store', store, 'image', 'ls'], {
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`image ls ended with ${status}: ${stderr}`);
  return performance.now() - start;
}

function report(fewTime: number, manyTime: number): string[] {
  const ratio = manyTime / fewTime;
  const rows: readonly (readonly [what: string, value: string, limit: string, isMet: boolean])[] = [
    [`image ls of ${few}, median`, `${fewTime.toFixed(0)} ms`, '', true],
    [
      `image ls of ${many}, median`,
      `${manyTime.toFixed(0)} ms`,
      `< ${limits.duration} ms`,
      manyTime < limits.duration,
    ],
    ['ratio', ratio.toFixed(2), `≤ ${limits.ratio}`, ratio <= limits.ratio],
  ];
  for (const [what, value, limit, isMet] of rows) {
    console.log(`${isMet ? ' ' : '✗'} ${what.padEnd(28)} ${value.padStart(10)}  ${limit}`);
  }
  return rows.filter(([, , , isMet]) => !isMet).map(([what]) => what);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const missed = await benchListing(Number(process.argv[2] ?? 11));
  process.exitCode = missed.length === 0 ? 0 : 1;
}
