import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';

export interface CommandOptions {
  readonly cwd?: string;
  /** Added to this process's own. */
  readonly env?: Readonly<Record<string, string>>;
  /** Milliseconds after which the program is stopped; 60,000. */
  readonly timeout?: number;
}

/** A program's standard output. Rejects, with what it said on standard error, where it does not exit with 0. */
export async function run(
  command: string,
  args: readonly string[],
  { cwd, env, timeout = 60_000 }: CommandOptions = {},
): Promise<string> {
  const child = spawn(command, args, {
    ...(cwd !== undefined && { cwd }),
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout,
  });
  const [output, complaints, [code, signal]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  if (code !== 0) {
    throw new Error(`${command} ${args.join(' ')}: ${signal ?? `exit ${code}`}\n${complaints || output}`);
  }
  return output;
}
