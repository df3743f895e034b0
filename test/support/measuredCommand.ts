import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { type CommandLineBuild, type CommandResult, cleanEnvironment } from './commandLine.ts';

/** What a run of the command line as a process of its own said and took. */
export interface MeasuredRun extends CommandResult {
  /** In all of stdout, of which the result has the first million bytes. */
  readonly lines: number;
  /** The most memory that the process had at any time, all threads together, bytes. */
  readonly peakBytes: number;
  /** Of the processor, all threads together: what else the machine does does not count. Milliseconds. */
  readonly processorTime: number;
}

const maxKept = 1_000_000;

/** Milliseconds after which a run is ended. */
const timeLimit = 120_000;

/**
 * Loaded before the program itself, by its main thread and by its workers. Linux counts in `maxRSS` what the process that
 * started this one had; the high-water mark is this one's alone. https://man7.org/linux/man-pages/man5/proc_pid_status.5.html
 */
const reporter = `
import { readFileSync, writeFileSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';
function peak(maxRSS) {
  if (process.platform !== 'linux') return maxRSS;
  return Number(/^VmHWM:\\s*(\\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))[1]);
}
if (isMainThread) process.on('exit', () => {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  writeFileSync(3, JSON.stringify({ kibibytes: peak(maxRSS), microseconds: userCPUTime + systemCPUTime }));
});`;

/** Runs the command line as a shell would, and measures it from within. @throws where it does not end by itself */
export async function runMeasured(
  commandLine: readonly string[],
  { node, file }: CommandLineBuild,
): Promise<MeasuredRun> {
  const preload = `data:text/javascript,${encodeURIComponent(reporter)}`;
  const child = spawn(node, ['--import', preload, file, ...commandLine], {
    env: cleanEnvironment(),
    stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
    timeout: timeLimit,
    killSignal: 'SIGKILL',
  });
  child.stdin.end();
  const [printed, stderr, report, [code, signal]] = await Promise.all([
    linesOf(child.stdout),
    text(child.stderr),
    text(child.stdio[3] as Readable),
    once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>,
  ]);
  if (code === null) throw new Error(`${commandLine.join(' ')} ended by ${signal}: ${stderr}`);
  const { kibibytes = 0, microseconds = 0 } = JSON.parse(report) as Record<string, number>;
  return { code, ...printed, stderr, peakBytes: kibibytes * 1024, processorTime: microseconds / 1000 };
}

async function linesOf(stdout: Readable): Promise<{ readonly stdout: string; readonly lines: number }> {
  const kept: Buffer[] = [];
  let [lines, bytes] = [0, 0];
  for await (const chunk of stdout as AsyncIterable<Buffer>) {
    for (let at = chunk.indexOf('\n'); at >= 0; at = chunk.indexOf('\n', at + 1)) lines++;
    if (bytes < maxKept) kept.push(chunk);
    bytes += chunk.length;
  }
  return { stdout: Buffer.concat(kept).toString(), lines };
}
