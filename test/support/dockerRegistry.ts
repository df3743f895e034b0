import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export interface DockerRegistryOptions {
  /** Lines of an htpasswd file (bcrypt); without it anybody may read and write. */
  readonly auth?: { readonly htpasswd: string };
  /** Whether blobs and manifests may be deleted. */
  readonly allowDelete?: boolean;
}

export interface DockerRegistry extends AsyncDisposable {
  /** `127.0.0.1:PORT` */
  readonly host: string;
  /** Where it keeps its blobs. */
  readonly directory: string;
}

/** An account that `testHtpasswd` lets in. */
export const testAccount = { username: 'ada', password: 'lovelace' } as const;

/** {@link testAccount}, its password as bcrypt (cost 4). */
export const testHtpasswd = 'ada:$2b$04$abcdefghijklmnopqrstuuhiTVLHQPvYzPykOsCOnc5I00eOfh33K';

/** Debian's `docker-registry` on a free port of 127.0.0.1 with a storage folder of its own. */
export async function startDockerRegistry(options: DockerRegistryOptions = {}): Promise<DockerRegistry> {
  const directory = await mkdtemp(join(tmpdir(), 'strata-registry-'));
  const host = `127.0.0.1:${await freePort()}`;
  const configFile = join(directory, 'config.json');
  const htpasswdFile = join(directory, 'htpasswd');
  if (options.auth) await writeFile(htpasswdFile, `${options.auth.htpasswd}\n`);
  await writeFile(configFile, JSON.stringify(configuration({ host, directory, htpasswdFile, options })));
  const child = spawn('docker-registry', ['serve', configFile], { stdio: ['ignore', 'ignore', 'pipe'] });
  const stop = async () => {
    await stopped(child);
    await rm(directory, { recursive: true, force: true });
  };
  try {
    await ready(child, host);
  } catch (error) {
    await stop();
    throw error;
  }
  return { host, directory, [Symbol.asyncDispose]: stop };
}

/** JSON is YAML too. */
function configuration(setting: {
  host: string;
  directory: string;
  htpasswdFile: string;
  options: DockerRegistryOptions;
}): unknown {
  const { host, directory, htpasswdFile, options } = setting;
  return {
    version: 0.1,
    log: { level: 'error', accesslog: { disabled: true } },
    storage: {
      filesystem: { rootdirectory: join(directory, 'storage') },
      ...(options.allowDelete && { delete: { enabled: true } }),
    },
    http: { addr: host },
    ...(options.auth && { auth: { htpasswd: { realm: 'test', path: htpasswdFile } } }),
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port was given');
  return address.port;
}

async function ready(child: ChildProcess, host: string): Promise<void> {
  let complaint = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    complaint += chunk;
  });
  let failure: Error | undefined;
  child.once('error', (error) => {
    failure = error;
  });
  for (const end = Date.now() + 15_000; Date.now() < end; await sleep(25)) {
    if (failure) throw new Error(`docker-registry cannot be run: ${failure.message}`);
    if (child.exitCode !== null) throw new Error(`docker-registry ended: ${complaint}`);
    const response = await fetch(`http://${host}/v2/`).catch(() => undefined);
    await response?.body?.cancel();
    if (response) return;
  }
  throw new Error(`docker-registry does not answer: ${complaint}`);
}

async function stopped(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}
