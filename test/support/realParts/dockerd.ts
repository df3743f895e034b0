import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { endChild, startChild } from '../running/child.ts';
import { findCommand } from '../running/command.ts';
import { run } from './command.ts';

/** A Docker engine of a test's own: no network, no privileges over the machine's own engine. Needs root. */
export interface Dockerd extends AsyncDisposable {
  /** Path of its socket. */
  readonly socket: string;
  /** The client of the engine's own release: a newer one prints other tables. */
  readonly client: string;
  /** What `docker ARGS` prints. */
  docker(args: readonly string[]): Promise<string>;
  close(): Promise<void>;
}

/** @param environment of the daemon, beside this process's own */
export async function startDockerd(environment: Readonly<Record<string, string>> = {}): Promise<Dockerd> {
  const directory = await mkdtemp(path.join(tmpdir(), 'strata-dockerd-'));
  const socket = path.join(directory, 'docker.sock');
  const command = findCommand('dockerd') ?? 'dockerd';
  const client = await clientOf(command);
  const child = startChild(command, daemonArguments(directory, socket), {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, ...environment },
  });
  let log = '';
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    log = (log + chunk).slice(-8192);
  });
  const gone = once(child, 'close');
  const docker = (args: readonly string[]) =>
    run(client, args, {
      env: { DOCKER_HOST: `unix://${socket}`, DOCKER_CONFIG: directory },
      timeout: 120_000,
    });
  const close = async () => {
    await endChild(child);
    await rm(directory, { recursive: true, force: true });
  };
  try {
    await Promise.race([
      ready(docker),
      gone.then(([code]) => {
        throw new Error(`dockerd ended with ${code}`);
      }),
    ]);
  } catch (error) {
    await close();
    throw new Error(`dockerd did not start:\n${log}`, { cause: error });
  }
  return { socket, client, docker, close, [Symbol.asyncDispose]: close };
}

/** Of several `docker` on the PATH the one of the same release, else the first. */
async function clientOf(engine: string): Promise<string> {
  const release = await releaseOf(engine);
  const folders = (process.env.PATH ?? '').split(path.delimiter);
  const clients = folders.map((folder) => path.join(folder, 'docker')).filter((file) => existsSync(file));
  for (const client of clients) if ((await releaseOf(client)) === release) return client;
  return clients[0] ?? 'docker';
}

/** `20.10.24` */
async function releaseOf(command: string): Promise<string | undefined> {
  return /version (\d+\.\d+\.\d+)/.exec(await run(command, ['--version']))?.[1];
}

function daemonArguments(directory: string, socket: string): string[] {
  return [
    ...['--data-root', path.join(directory, 'root'), '--exec-root', path.join(directory, 'exec')],
    ...['--host', `unix://${socket}`, '--pidfile', path.join(directory, 'pid')],
    ...['--iptables=false', '--ip6tables=false', '--bridge=none', '--storage-driver=vfs'],
    ...['--insecure-registry', '127.0.0.0/8'],
  ];
}

/** Answers once the engine does; 30 s at most. */
async function ready(docker: (args: readonly string[]) => Promise<string>): Promise<void> {
  const deadline = performance.now() + 30_000;
  for (;;) {
    try {
      await docker(['version', '--format', '{{.Server.Version}}']);
      return;
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await sleep(200);
    }
  }
}
