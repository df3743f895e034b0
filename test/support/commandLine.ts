import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import { main } from '../../src/cli/main.ts';
import { Output } from '../../src/cli/output.ts';
import { builtMarker } from './extensionPackage.ts';
import { inRepository } from './paths.ts';

/** How one run of the command line ended. */
export interface CommandResult {
  /** The exit code, or the signal that ended it. */
  readonly code: number | NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandOptions {
  readonly stdin?: string;
  /** Beside the surroundings of the test, in which no variable of Strata's or Docker's is set. */
  readonly environment?: Readonly<Record<string, string>>;
  /** The current folder. */
  readonly folder?: string;
  /** Milliseconds after which the run is ended and the test with it; 60,000. */
  readonly timeLimit?: number;
}

/** Which build of the command line to run: a Node and the file that it is given. */
export interface CommandLineBuild {
  readonly node: string;
  readonly file: string;
}

/** What this run has built, which starts in a third of the time; else the source. */
export const commandLineBuild: CommandLineBuild = {
  node: process.execPath,
  file: inRepository(process.env[builtMarker] === undefined ? 'src/cli.ts' : 'dist/cli.js'),
};

const layerWorkerFile = inRepository(
  process.env[builtMarker] === undefined ? 'src/engine/layers/layerWorker.ts' : 'dist/layerWorker.js',
);

/** Runs the command line as a shell would and waits for its end. */
export async function runCommandLine(
  commandLine: readonly string[],
  options: CommandOptions = {},
  build: CommandLineBuild = commandLineBuild,
): Promise<CommandResult> {
  const child = startCommandLine(commandLine, options, build);
  giveStdin(child, options.stdin);
  return await commandResult(child, options.timeLimit);
}

/** A program that has no use for its stdin may end before it is written. */
export function giveStdin({ stdin }: ChildProcess, text = ''): void {
  stdin?.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
  stdin?.end(text);
}

/** Starts the command line; whoever does so gives it its stdin and waits for {@link commandResult}. */
export function startCommandLine(
  commandLine: readonly string[],
  options: CommandOptions = {},
  { node, file }: CommandLineBuild = commandLineBuild,
): ChildProcess {
  return spawn(node, [file, ...commandLine], {
    env: { ...cleanEnvironment(), ...options.environment },
    ...(options.folder !== undefined && { cwd: options.folder }),
    stdio: ['pipe', 'pipe', 'pipe'],
  });
}

export async function commandResult(child: ChildProcess, timeLimit = 60_000): Promise<CommandResult> {
  const output = { stdout: '', stderr: '' };
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    output.stdout += chunk;
  });
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    output.stderr += chunk;
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), timeLimit);
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  clearTimeout(timer);
  return { code: code ?? signal, ...output };
}

/** Neither the tester's store nor their Docker configuration has a say in a test. */
export function cleanEnvironment(): NodeJS.ProcessEnv {
  const nowhere = join(tmpdir(), 'strata-test-without-docker-config');
  const {
    STRATA_STORE: _store,
    STRATA_IDLE_TIMEOUT: _timeout,
    STRATA_HUB_SEARCH: _search,
    ...others
  } = process.env;
  return { ...others, DOCKER_CONFIG: nowhere };
}

export interface InProcessOptions extends Pick<CommandOptions, 'environment' | 'stdin'> {
  /** As if stdout were a terminal, one that cannot be drawn on. */
  readonly isTerminal?: boolean;
}

/** Runs a command line in this process: the same but for the start and the signals, and a hundred times as fast. */
export async function runInProcess(
  commandLine: readonly string[],
  options: InProcessOptions = {},
): Promise<CommandResult> {
  const { code, bytes, stderr } = await bytesInProcess(commandLine, options);
  return { code, stdout: bytes.toString(), stderr };
}

/** {@link runInProcess} for what need not be text on stdout. */
export async function bytesInProcess(
  commandLine: readonly string[],
  { environment = {}, stdin = '', isTerminal = false }: InProcessOptions = {},
): Promise<{ readonly code: number; readonly bytes: Buffer; readonly stderr: string }> {
  const stdout = Object.assign(new PassThrough(), isTerminal && { isTTY: true });
  const stderr = new PassThrough();
  const said = Promise.all([buffer(stdout), text(stderr)]);
  const code = await main(commandLine, {
    output: new Output(stdout, stderr),
    stdin: Readable.from([Buffer.from(stdin)]),
    environment: { ...cleanEnvironment(), ...environment },
    terminal: undefined,
    version: '1.2.3',
    workerFile: layerWorkerFile,
    signal: new AbortController().signal,
  });
  stdout.end();
  stderr.end();
  const [bytes, err] = await said;
  return { code, bytes, stderr: err };
}

/** The values of JSON Lines; throws where a line is none. */
export function jsonLines(lines: string): unknown[] {
  return lines
    .split('\n')
    .filter((line) => line !== '')
    .map((line): unknown => JSON.parse(line));
}
