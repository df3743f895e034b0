import { once } from 'node:events';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { endChild, startChild } from '../running/child.ts';
import { run } from './command.ts';

/** Podman's service with a storage of a test's own. Needs root. */
export interface Podman extends AsyncDisposable {
  /** Path of its socket. */
  readonly socket: string;
}

export async function startPodman(): Promise<Podman> {
  const directory = await mkdtemp(path.join(tmpdir(), 'strata-podman-'));
  const socket = path.join(directory, 'podman.sock');
  const child = startChild('podman', serviceArguments(directory, socket), {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, HOME: directory, XDG_RUNTIME_DIR: directory },
  });
  let log = '';
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    log = (log + chunk).slice(-8192);
  });
  const gone = once(child, 'close');
  const close = async () => {
    await endChild(child);
    // Podman leaves mounts of its own where it is ended while it works.
    await run('podman', [...storageArguments(directory), 'unmount', '--all']).catch(() => undefined);
    await rm(directory, { recursive: true, force: true });
  };
  try {
    await Promise.race([
      listening(socket),
      gone.then(([code]) => {
        throw new Error(`podman ended with ${code}`);
      }),
    ]);
  } catch (error) {
    await close();
    throw new Error(`podman did not start:\n${log}`, { cause: error });
  }
  return { socket, [Symbol.asyncDispose]: close };
}

function serviceArguments(directory: string, socket: string): string[] {
  return [...storageArguments(directory), 'system', 'service', '--time', '0', `unix://${socket}`];
}

function storageArguments(directory: string): string[] {
  return [
    ...['--root', path.join(directory, 'root'), '--runroot', path.join(directory, 'run')],
    ...['--tmpdir', path.join(directory, 'tmp'), '--storage-driver', 'vfs'],
    ...['--cgroup-manager', 'cgroupfs', '--events-backend', 'file'],
  ];
}

/** 30 s at most. */
async function listening(socket: string): Promise<void> {
  for (const deadline = performance.now() + 30_000; ; await sleep(100)) {
    const isThere = await stat(socket).then(
      (found) => found.isSocket(),
      () => false,
    );
    if (isThere) return;
    if (performance.now() > deadline) throw new Error('no socket within 30 s');
  }
}
