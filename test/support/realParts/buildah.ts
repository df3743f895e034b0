import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type CommandOptions, run } from './command.ts';

/** buildah with image storage of its own, which goes when it is disposed of. Needs root. */
export interface Buildah extends AsyncDisposable {
  /** What `buildah ARGS` prints. */
  run(args: readonly string[], options?: CommandOptions): Promise<string>;
  /** Builds a Dockerfile without a daemon or containers of the machine's own; one layer an instruction. */
  build(directory: string, tag: string, args?: readonly string[]): Promise<void>;
}

export async function openBuildah(): Promise<Buildah> {
  const directory = await mkdtemp(path.join(tmpdir(), 'strata-buildah-'));
  const storage = ['--root', path.join(directory, 'root'), '--runroot', path.join(directory, 'run')];
  const buildah = (args: readonly string[], options?: CommandOptions) =>
    run('buildah', [...storage, '--storage-driver', 'vfs', ...args], {
      env: { TMPDIR: directory },
      timeout: 600_000,
      ...options,
    });
  return {
    run: buildah,
    async build(context, tag, args = []) {
      const isolation = ['--isolation', 'chroot', '--network', 'host'];
      await buildah(['bud', '--layers', ...isolation, '--tls-verify=false', '-t', tag, ...args, context]);
    },
    async [Symbol.asyncDispose]() {
      await rm(directory, { recursive: true, force: true });
    },
  };
}
