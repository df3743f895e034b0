import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, mkdirSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { endChild, runChild, startChild } from '../running/child.ts';
import { obtainCodeServer } from './codeServer.ts';
import { type Settings, writeUserSettings } from './settings.ts';

const startTimeout = 180_000;
const installTimeout = 240_000;

export interface ServerOptions {
  /** 0, the default, takes a free one. */
  readonly port?: number;
  readonly extensionsDirectory: string;
  readonly userDataDirectory: string;
  readonly settings?: Settings;
  /** Added to this process's environment; extensions inherit it. */
  readonly env?: Readonly<Record<string, string>>;
  /** Accept a page's `extensionDevelopmentPath` and `extensionTestsPath`. */
  readonly acceptTests?: boolean;
  /** Where the server's output goes; it is dropped without. */
  readonly logFile?: string;
}

export interface VsCodeServer extends AsyncDisposable {
  /** `http://localhost:PORT`, without a slash behind it. */
  readonly url: string;
  /** `localhost:PORT`, the authority of `vscode-remote://` addresses. */
  readonly authority: string;
  /** Resolves when the server is no longer there, whatever the reason. */
  readonly ended: Promise<unknown>;
  close(): Promise<void>;
}

/** Starts VS Code's server on the loopback interface and resolves when its workbench can be opened. */
export async function startVsCodeServer(options: ServerOptions): Promise<VsCodeServer> {
  await writeUserSettings(options.userDataDirectory, options.settings ?? {});
  const child = startChild(process.execPath, await serverArguments(options), {
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(child, 'exit');
  keepLog(child, options.logFile);
  try {
    const url = await announcedAddress(child);
    const close = () => endChild(child);
    return { url, authority: new URL(url).host, ended, close, [Symbol.asyncDispose]: close };
  } catch (error) {
    await endChild(child);
    throw error;
  }
}

/** Installs a VSIX into a profile as a user would from the command line. */
export async function installVsix(vsix: string, options: ServerOptions): Promise<void> {
  const args = [...(await profileArguments(options)), '--install-extension', vsix, '--force'];
  const { code, output } = await runChild(process.execPath, args, {
    output: 'capture',
    timeout: installTimeout,
  });
  if (code !== 0 || !output.includes('successfully installed')) {
    throw new Error(`VS Code did not install ${vsix}:\n${output}`);
  }
}

async function profileArguments(options: ServerOptions): Promise<string[]> {
  return [
    await obtainCodeServer(),
    '--accept-server-license-terms',
    ...['--user-data-dir', options.userDataDirectory],
    ...['--server-data-dir', path.join(options.userDataDirectory, 'server')],
    ...['--extensions-dir', options.extensionsDirectory],
  ];
}

async function serverArguments(options: ServerOptions): Promise<string[]> {
  return [
    ...(await profileArguments(options)),
    ...['--host', '127.0.0.1'],
    ...['--port', String(options.port ?? 0)],
    ...['--telemetry-level', 'off'],
    '--without-connection-token',
    // Without it what the tester's login shell says, PATH above all, wins over `env`.
    '--force-disable-user-env',
    ...(options.acceptTests === true ? ['--enable-smoke-test-driver'] : []),
  ];
}

function keepLog(child: ChildProcess, file: string | undefined): void {
  if (file !== undefined) mkdirSync(path.dirname(file), { recursive: true });
  const log = file === undefined ? undefined : createWriteStream(file);
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => log?.write(chunk));
  }
  child.once('close', () => log?.end());
}

async function announcedAddress(child: ChildProcess): Promise<string> {
  const { stdout } = child;
  if (stdout === null) throw new Error('the server was started without a pipe');
  const timer = new AbortController();
  try {
    return await Promise.race([
      addressLine(stdout),
      once(child, 'exit').then(([code]) => notStarted(`ended with code ${code}`)),
      delay(startTimeout, undefined, { signal: timer.signal }).then(() => notStarted('took too long')),
    ]);
  } finally {
    timer.abort();
  }
}

function notStarted(why: string): never {
  throw new Error(`VS Code's server ${why} before it could be opened`);
}

function addressLine(stdout: Readable): Promise<string> {
  return new Promise((resolve) => {
    createInterface({ input: stdout }).on('line', (line) => {
      const address = /^Web UI available at (\S+?)\/?$/.exec(line)?.[1];
      if (address !== undefined) resolve(address);
    });
  });
}
