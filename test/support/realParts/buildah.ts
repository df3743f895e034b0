import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
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
  const storage = [
    ...['--root', path.join(directory, 'root'), '--runroot', path.join(directory, 'run')],
    ...['--storage-driver', await storageDriver(directory)],
  ];
  const buildah = (args: readonly string[], options?: CommandOptions) =>
    run('buildah', [...storage, ...args], {
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
      for (const mount of await mountsBelow(directory)) await run('umount', [mount]);
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** Overlay where the machine lets it be mounted: `vfs` copies the whole image for every layer. */
async function storageDriver(directory: string): Promise<'overlay' | 'vfs'> {
  const [lower, upper, work, merged] = ['lower', 'upper', 'work', 'merged'].map((name) =>
    path.join(directory, 'probe', name),
  ) as [string, string, string, string];
  for (const folder of [lower, upper, work, merged]) await mkdir(folder, { recursive: true });
  try {
    const options = `lowerdir=${lower},upperdir=${upper},workdir=${work}`;
    await run('mount', ['-t', 'overlay', 'overlay', '-o', options, merged]);
    await run('umount', [merged]);
    return 'overlay';
  } catch {
    return 'vfs';
  } finally {
    await rm(path.join(directory, 'probe'), { recursive: true, force: true });
  }
}

/** What overlay storage has left mounted, the innermost first. */
async function mountsBelow(directory: string): Promise<string[]> {
  const mounts = await readFile('/proc/self/mounts', 'utf8');
  const places = mounts.split('\n').map((line) => line.split(' ')[1] ?? '');
  return places.filter((place) => place.startsWith(`${directory}/`)).toReversed();
}
