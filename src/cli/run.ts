import { setMaxListeners } from 'node:events';
import { realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import packageJson from '../../package.json' with { type: 'json' };
import { type ExitCode, exitCode } from './exitCode.ts';
import { main } from './main.ts';
import { Output } from './output.ts';
import { commandLineOf } from './rawArguments.ts';
import { knownSize, type TerminalSize } from './transferView.ts';

/** What an interrupted verb gets to put its lock and lease back, in milliseconds; without it nothing is lost either. */
const windUpTime = 200;

const interrupted = new AbortController();
// Every layer of an image listens while it is read; Node would warn of a leak on stderr.
setMaxListeners(0, interrupted.signal);
let signalled: ExitCode | undefined;

function stop(code: ExitCode): void {
  if (signalled !== undefined) process.exit(code);
  signalled = code;
  interrupted.abort();
  setTimeout(() => process.exit(code), windUpTime);
}

process.on('SIGINT', () => stop(exitCode.interrupted));
process.on('SIGTERM', () => stop(exitCode.terminated));

function terminalSize(): TerminalSize {
  return knownSize(process.stdout);
}

function workerFile(): string {
  const entry = realpathSync(process.argv[1] ?? '.');
  const worker = entry.endsWith('.ts') ? 'engine/layers/layerWorker.ts' : 'layerWorker.js';
  return join(dirname(entry), worker);
}

main(commandLineOf(process.argv), {
  output: new Output(process.stdout, process.stderr),
  stdin: process.stdin,
  environment: process.env,
  terminal: process.stdout.isTTY && process.env.TERM !== 'dumb' ? terminalSize : undefined,
  version: packageJson.version,
  workerFile: workerFile(),
  signal: interrupted.signal,
}).then((code) => process.exit(signalled ?? code));
