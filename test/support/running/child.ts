import { type ChildProcess, type StdioOptions, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';

const graceMilliseconds = 5000;
const running = new Set<ChildProcess>();
let guarded = false;

export interface ChildOptions {
  /** Milliseconds after which the child and all it has started are ended. */
  readonly timeout: number;
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** `inherit` shows the child's output as it comes; `capture` keeps it for the result. */
  readonly output: 'inherit' | 'capture';
}

export interface ChildResult {
  /** The exit code, or 128 where a signal ended the child. */
  readonly code: number;
  /** stdout and stderr in the order they came, empty unless captured. */
  readonly output: string;
  readonly timedOut: boolean;
}

/** Starts a child at the head of a process group of its own, so that it can be ended with all it has started. */
export function startChild(
  command: string,
  args: readonly string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv; stdio: StdioOptions },
): ChildProcess {
  endChildrenWithThisProcess();
  const child = spawn(command, args, { ...options, detached: process.platform !== 'win32' });
  running.add(child);
  child.once('exit', () => running.delete(child));
  child.once('error', () => running.delete(child));
  return child;
}

/** Runs a child to its end, within its time. Rejects only where it cannot be started. */
export async function runChild(
  command: string,
  args: readonly string[],
  options: ChildOptions,
): Promise<ChildResult> {
  const stdio: StdioOptions =
    options.output === 'inherit' ? ['ignore', 'inherit', 'inherit'] : ['ignore', 'pipe', 'pipe'];
  const child = startChild(command, args, { ...pick(options), stdio });
  const chunks: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => chunks.push(chunk));
  let timedOut = false;
  const limit = setTimeout(() => {
    timedOut = true;
    void endChild(child);
  }, options.timeout);
  try {
    const [code] = (await once(child, options.output === 'inherit' ? 'exit' : 'close')) as [number | null];
    return { code: code ?? 128, output: Buffer.concat(chunks).toString(), timedOut };
  } finally {
    clearTimeout(limit);
  }
}

/** Ends a child and its group: politely first, by force after five seconds. Resolves when it is gone. */
export async function endChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const gone = once(child, 'exit');
  signalGroup(child, 'SIGTERM');
  const forced = delay(graceMilliseconds, 'force', { ref: false });
  if ((await Promise.race([gone, forced])) === 'force') {
    signalGroup(child, 'SIGKILL');
    await gone;
  }
}

function pick({ cwd, env }: ChildOptions): { cwd?: string; env?: NodeJS.ProcessEnv } {
  return { ...(cwd === undefined ? {} : { cwd }), ...(env === undefined ? {} : { env }) };
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  if (process.platform === 'win32') {
    spawnSync('taskkill', ['/pid', String(child.pid), '/T', '/F'], { stdio: 'ignore' });
    return;
  }
  try {
    process.kill(-child.pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** A child in its own group does not see the terminal's Ctrl-C, so whoever starts one has to pass the end on. */
function endChildrenWithThisProcess(): void {
  if (guarded) return;
  guarded = true;
  process.once('exit', () => {
    for (const child of running) signalGroup(child, 'SIGKILL');
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (process.listenerCount(signal) === 1) void endAllAndExit(signal === 'SIGINT' ? 130 : 143);
    });
  }
}

async function endAllAndExit(code: number): Promise<void> {
  await Promise.all([...running].map(endChild));
  process.exit(code);
}
