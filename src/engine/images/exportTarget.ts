import { randomUUID } from 'node:crypto';
import { chmod, lstat, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { EngineError, ioError } from '../errors.ts';

/** What may be in the name of a file on the systems that VS Code runs on: one part of a path, and nothing that acts. */
const unusable = /[/\\:*?"<>|\0-\x1f]|^\.{1,2}$|[. ]$/;

/**
 * A folder beside the place that an export is to take, made for it alone and open to nobody else: nothing that was there
 * before can lead a write astray. It is gone at the end, whether the export got its place or not.
 */
export class ExportTarget implements AsyncDisposable {
  /** Where the export takes its place. */
  readonly path: string;
  /** Where it is written before. */
  readonly draft: string;
  readonly #workshop: string;

  private constructor(folder: string, name: string, workshop: string) {
    this.path = join(folder, name);
    this.draft = join(workshop, 'export');
    this.#workshop = workshop;
  }

  /**
   * @param folder absolute; must be there
   * @param name of what is to appear in it
   * @throws `Invalid` where the name is none, `Conflict` where it is taken and must not be, `Io`
   */
  static async open(folder: string, name: string, overwrite: boolean): Promise<ExportTarget> {
    if (name === '' || unusable.test(name)) {
      throw new EngineError('Invalid', `${JSON.stringify(name)} cannot be the name of a file`);
    }
    if (!overwrite) await requireFree(join(folder, name));
    const workshop = join(folder, `.strata-export-${randomUUID().slice(0, 8)}`);
    try {
      await mkdir(workshop, { mode: 0o700 });
    } catch (error) {
      throw ioError(error, `cannot write into ${folder}`);
    }
    return new ExportTarget(folder, name, workshop);
  }

  /** Moves what was written into its place. What it replaces is put back where that fails. */
  async commit(overwrite: boolean): Promise<void> {
    const replaced = join(this.#workshop, 'replaced');
    if (!overwrite) await requireFree(this.path);
    try {
      const isTaken = overwrite && (await isThere(this.path));
      if (isTaken) await rename(this.path, replaced);
      await rename(this.draft, this.path).catch(async (error: unknown) => {
        if (isTaken) await rename(replaced, this.path);
        throw error;
      });
    } catch (error) {
      throw ioError(error, `cannot write ${this.path}`);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await removeTree(this.#workshop);
  }
}

/** Also what its owner may not write to, as folders of images often are. Links are not followed. */
async function removeTree(folder: string): Promise<void> {
  const options = { recursive: true, force: true, maxRetries: 3 };
  try {
    await rm(folder, options);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EACCES') throw ioError(error, `cannot remove ${folder}`);
    await makeWritable(folder);
    await rm(folder, options);
  }
}

async function makeWritable(folder: string): Promise<void> {
  await chmod(folder, 0o700);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) await makeWritable(join(folder, entry.name));
  }
}

async function requireFree(path: string): Promise<void> {
  if (await isThere(path)) throw new EngineError('Conflict', `${path} is there already`, { path });
}

/** A link counts, wherever it leads. */
async function isThere(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw ioError(error, `cannot read ${path}`);
  }
}
