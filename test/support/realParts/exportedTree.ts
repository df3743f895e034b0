import { createHash } from 'node:crypto';
import { lstat, mkdir, readdir, readFile, readlink } from 'node:fs/promises';
import path from 'node:path';
import { decodePath, encodePath } from '../../../src/engine/layers/entryText.ts';
import { run } from './command.ts';
import type { Dockerd } from './dockerd.ts';

/** What is at a path of a container's files. */
export interface ExportedEntry {
  readonly type: 'file' | 'directory' | 'symlink' | 'fifo' | 'device';
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  /** Whole seconds: `docker export` cuts what is beyond. */
  readonly mtime: number;
  /** Target of a symlink; of a file with several names the first of them in byte order, null at that itself. */
  readonly link: string | null;
}

/** `docker create` and `docker export`, unpacked by GNU tar: what a container of the image has, entry by entry. */
export class ExportedTree {
  readonly entries = new Map<string, ExportedEntry>();
  readonly #root: string;
  /** By device and inode, the first name of each file. */
  readonly #names = new Map<string, string>();

  private constructor(root: string) {
    this.#root = root;
  }

  /** @param folder a new one, which keeps the files */
  static async of(docker: Dockerd, image: string, folder: string): Promise<ExportedTree> {
    const container = (await docker.docker(['create', '--network', 'none', image])).trim();
    const root = path.join(folder, 'root');
    await mkdir(root, { recursive: true });
    const script = '"$1" -H "unix://$2" export "$3" | tar -x -p --numeric-owner --same-owner -C "$4"';
    const operands = [docker.client, docker.socket, container, root];
    await run('bash', ['-o', 'pipefail', '-c', script, 'unpack', ...operands], { timeout: 120_000 });
    const tree = new ExportedTree(root);
    await tree.#walk(Buffer.from('/'));
    return tree;
  }

  /** The bytes of the file at a path that no symlink is part of. */
  content(at: string): Promise<Buffer> {
    return readFile(this.#onDisk(encodePath(at)));
  }

  /** Where what is at the path lies on this machine. */
  onDisk(at: string): string {
    return path.join(this.#root, at);
  }

  async contentDigest(at: string): Promise<string> {
    return createHash('sha256')
      .update(await this.content(at))
      .digest('hex');
  }

  /** In byte order, so that the first name of a file is met first. */
  async #walk(folder: Buffer): Promise<void> {
    const names = await readdir(this.#onDisk(folder), { encoding: 'buffer' });
    const paths = names.map((name) => Buffer.concat([folder, name]));
    for (const at of paths.toSorted(Buffer.compare)) {
      const entry = await this.#entry(at);
      this.entries.set(decodePath(at), entry);
      if (entry.type === 'directory') await this.#walk(Buffer.concat([at, Buffer.from('/')]));
    }
  }

  #onDisk(at: Uint8Array): Buffer {
    return Buffer.concat([Buffer.from(this.#root), at]);
  }

  async #entry(at: Buffer): Promise<ExportedEntry> {
    const stats = await lstat(this.#onDisk(at));
    const type = typeOf(stats);
    return {
      ...{ type, mode: stats.mode & 0o7777, uid: stats.uid, gid: stats.gid },
      size: type === 'file' ? stats.size : 0,
      mtime: Math.floor(stats.mtimeMs / 1000),
      link: type === 'symlink' ? await this.#target(at) : this.#otherName(at, type, stats),
    };
  }

  async #target(at: Buffer): Promise<string> {
    return decodePath(await readlink(this.#onDisk(at), { encoding: 'buffer' }));
  }

  #otherName(at: Buffer, type: string, { dev, ino }: { dev: number; ino: number }): string | null {
    if (type === 'directory') return null;
    const known = this.#names.get(`${dev} ${ino}`);
    if (known === undefined) this.#names.set(`${dev} ${ino}`, decodePath(at));
    return known ?? null;
  }
}

function typeOf(stats: Awaited<ReturnType<typeof lstat>>): ExportedEntry['type'] {
  if (stats.isFile()) return 'file';
  if (stats.isDirectory()) return 'directory';
  if (stats.isSymbolicLink()) return 'symlink';
  return stats.isFIFO() ? 'fifo' : 'device';
}
