import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

const marker = 'STRATA_TEST_RUN';
const graceMilliseconds = 10_000;
const pollMilliseconds = 200;

export interface Leftover {
  readonly pid: number;
  readonly command: string;
}

/** The environment by which every process that a stage starts, directly or not, can be told from all others. */
export function markedEnvironment(stage: string): NodeJS.ProcessEnv {
  return { ...process.env, [marker]: markOf(stage) };
}

/**
 * Ends what a stage has started and left running, by process id, after a moment for it to end by itself.
 * Linux only: elsewhere processes do not show their environment.
 * @returns what had to be ended
 */
export async function endLeftovers(stage: string): Promise<Leftover[]> {
  if (process.platform !== 'linux') return [];
  const deadline = Date.now() + graceMilliseconds;
  while (findLeftovers(stage).length > 0 && Date.now() < deadline) await delay(pollMilliseconds);
  const leftovers = findLeftovers(stage);
  for (const { pid } of leftovers) end(pid);
  return leftovers;
}

function markOf(stage: string): string {
  return `${process.pid}:${stage}`;
}

function findLeftovers(stage: string): Leftover[] {
  const mark = `${marker}=${markOf(stage)}`;
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 0 && pid !== process.pid)
    .filter((pid) => readProcess(pid, 'environ').split('\0').includes(mark))
    .map((pid) => ({ pid, command: readProcess(pid, 'cmdline').replaceAll('\0', ' ').trim() }))
    .filter(({ command }) => command !== '');
}

/** Empty for a process that has gone meanwhile or belongs to somebody else. */
function readProcess(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}

function end(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
