import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

const marker = 'STRATA_TEST_RUN';
const graceMilliseconds = 3000;
const pollMilliseconds = 200;

export interface Leftover {
  readonly pid: number;
  readonly command: string;
}

/** From now on every process that this one starts, directly or not, can be told from all others. */
export function markChildren(): void {
  process.env[marker] = String(process.pid);
}

/**
 * Ends what a stage has started and left running, by process id, after a moment for it to end by itself.
 * Linux only: elsewhere processes do not show their environment.
 * @returns what had to be ended
 */
export async function endLeftovers(): Promise<Leftover[]> {
  if (process.platform !== 'linux') return [];
  const deadline = Date.now() + graceMilliseconds;
  while (findLeftovers().length > 0 && Date.now() < deadline) await delay(pollMilliseconds);
  const leftovers = findLeftovers();
  for (const { pid } of leftovers) end(pid);
  return leftovers;
}

function findLeftovers(): Leftover[] {
  const mark = `${marker}=${process.pid}`;
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
