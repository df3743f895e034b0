import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { cancelled, EngineError, ioError, throwIfCancelled } from '../errors.ts';
import { doomedPrefix, removeFolder, writeFileDurably } from './durableFile.ts';
import { fileMode, folderMode, makeFolder } from './layout.ts';
import { markProcess, type ProcessState, parseProcessMark, processState } from './processMark.ts';

const silenceLimit = 10_000;
const heartbeatInterval = 2_000;
/** An observer counts at most this much (ms) of silence between two looks: a laptop's sleep is not the holder's. */
const longestStep = 1_000;

/** What became of the holder before: gave the lock back, ended, or was silent too long and may still wake up. */
export type PreviousFate = 'released' | 'dead' | 'silent';

export interface PreviousHolder {
  readonly fate: PreviousFate;
  /** The folder of its epoch, with whatever it left there. */
  readonly directory: string;
}

export interface AcquireOptions {
  /** Looked at before each try and once more with the lock in hand: true gives up. */
  readonly unless?: () => Promise<boolean>;
  /** Called with the lock in hand and before the last holder's folder is deleted: to take over what is worth keeping. */
  readonly adopt?: (previous: PreviousHolder, own: string) => Promise<void>;
}

/**
 * A lock between processes, as a folder of numbered epochs: who makes the folder of the next number holds the lock, and
 * making a folder succeeds for exactly one. The number stays behind when the lock is given back, so nobody ever has
 * to delete what somebody else may just have made, which is where takeovers of plain lock files go wrong.
 *
 * Taking the lock over moves the last epoch's folder away. A holder that does its writing by renaming files out of or
 * into its epoch's folder ({@link HeldLock.replaceFile}) therefore *cannot* write any more once it has lost the lock,
 * however long it slept and wherever it woke up.
 */
export class FileLock {
  readonly #directory: string;
  readonly #silenceLimit: number;

  /** @param limit how long a holder may be silent, in milliseconds awake, before others take the lock from it */
  constructor(directory: string, limit = silenceLimit) {
    this.#directory = directory;
    this.#silenceLimit = limit;
  }

  /**
   * Waits for the lock.
   * @returns `undefined` where `unless` came true
   * @throws `Cancelled`, `Io`
   */
  async acquire(
    options: AcquireOptions & { unless: () => Promise<boolean> },
    signal?: AbortSignal,
  ): Promise<HeldLock | undefined>;
  async acquire(options?: Omit<AcquireOptions, 'unless'>, signal?: AbortSignal): Promise<HeldLock>;
  async acquire(options: AcquireOptions = {}, signal?: AbortSignal): Promise<HeldLock | undefined> {
    const observer = new Observer(this.#silenceLimit);
    for (let pause = 4; ; pause = Math.min(pause * 1.5, 100)) {
      throwIfCancelled(signal);
      if (await options.unless?.()) return undefined;
      const held = await this.#try(observer, options);
      if (held && (await options.unless?.())) {
        await held.removeAll();
        return undefined;
      }
      if (held) return held;
      await sleep(pause * (0.5 + Math.random()), signal);
    }
  }

  /** The lock where nobody has it now; never waits. */
  async tryAcquire(options: AcquireOptions = {}): Promise<HeldLock | undefined> {
    return this.#try(new Observer(this.#silenceLimit), options);
  }

  /** Whether somebody has it, and the state of the process that has or last had it; `undefined` where nobody ever had. */
  async look(): Promise<{ readonly held: boolean; readonly process: ProcessState } | undefined> {
    const last = await this.#last();
    if (!last) return undefined;
    try {
      const { released, process } = await readEpoch(last.directory);
      return { held: !released && process !== 'dead', process };
    } catch (error) {
      // Taken over in this moment, so somebody has it.
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { held: true, process: 'unknown' };
      throw ioError(error, `cannot read ${this.#directory}`);
    }
  }

  async #try(observer: Observer, options: AcquireOptions): Promise<HeldLock | undefined> {
    try {
      const last = await this.#last();
      const fate = last && (await observer.fateOf(last.directory));
      if (last && !fate) return undefined;
      return await this.#claim(last && fate && { ...last, fate }, options);
    } catch (error) {
      // Somebody else has moved on between two of our steps: nothing was gained, nothing lost, look again.
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw ioError(error, `cannot lock ${this.#directory}`);
    }
  }

  async #claim(
    last: (PreviousHolder & { readonly number: number }) | undefined,
    options: AcquireOptions,
  ): Promise<HeldLock | undefined> {
    const number = (last?.number ?? 0) + 1;
    const own = join(this.#directory, String(number));
    await makeFolder(this.#directory);
    if (!(await makeExclusively(own))) return undefined;
    // Who looked long ago can make a number that was passed and cleared away since; it is not the highest then.
    if ((await this.#last())?.number !== number) {
      await removeFolder(own);
      return undefined;
    }
    const held = new HeldLock(this.#directory, own);
    try {
      await makeFile(join(own, ownerFile), JSON.stringify(markProcess()));
      if (last) await options.adopt?.(last, own);
      await this.#clearBelow(number);
      return held;
    } catch (error) {
      await held[Symbol.asyncDispose]();
      throw error;
    }
  }

  async #last(): Promise<{ number: number; directory: string } | undefined> {
    const number = Math.max(0, ...(await listNames(this.#directory)).map(epochNumber));
    return number === 0 ? undefined : { number, directory: join(this.#directory, String(number)) };
  }

  /** From here on no earlier holder can finish anything. */
  async #clearBelow(number: number): Promise<void> {
    for (const name of await listNames(this.#directory)) {
      const path = join(this.#directory, name);
      if (name.startsWith(doomedPrefix)) await rm(path, { recursive: true, force: true, maxRetries: 3 });
      else if (epochNumber(name) > 0 && epochNumber(name) < number) await removeFolder(path);
    }
  }
}

const ownerFile = 'owner.json';
const releasedFile = 'released';

/** A lock in hand. Disposing gives it back. */
export class HeldLock implements AsyncDisposable {
  /** The epoch's own folder: renames out of it and into it fail once the lock is lost. */
  readonly directory: string;
  readonly #lockDirectory: string;
  readonly #heartbeat: NodeJS.Timeout;

  constructor(lockDirectory: string, directory: string) {
    this.#lockDirectory = lockDirectory;
    this.directory = directory;
    this.#heartbeat = setInterval(() => void beat(join(directory, ownerFile)), heartbeatInterval).unref();
  }

  /**
   * Replaces the file durably, or fails because the lock was lost.
   * @throws `Conflict` where the lock was lost, `Io`
   */
  async replaceFile(path: string, content: string | Uint8Array): Promise<void> {
    try {
      await writeFileDurably(path, content, this.directory);
    } catch (error) {
      throw (await this.isLost()) ? lockLost(error) : error;
    }
  }

  /** Moves a file into the epoch's folder under a name of its own, or fails because the lock was lost. */
  async takeFile(path: string, name: string): Promise<string> {
    const taken = join(this.directory, name);
    try {
      await rename(path, taken);
      return taken;
    } catch (error) {
      throw (await this.isLost()) ? lockLost(error) : error;
    }
  }

  async isLost(): Promise<boolean> {
    return stat(this.directory).then(
      () => false,
      () => true,
    );
  }

  /** Gives the lock back and forgets that it ever was, with everything beside it: the last user of a lock calls this. */
  async removeAll(): Promise<void> {
    clearInterval(this.#heartbeat);
    if (await this.isLost()) return;
    await removeFolder(this.#lockDirectory);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#heartbeat);
    try {
      await makeFile(join(this.directory, releasedFile), '');
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      // Lost or removed already, or given back twice: nothing is held either way.
      if (code !== 'ENOENT' && code !== 'EEXIST')
        throw ioError(error, `cannot unlock ${this.#lockDirectory}`);
    }
  }
}

/** Watches a holder over several looks, so that no clock but our own decides whether it is silent. */
class Observer {
  readonly #limit: number;
  #seen = '';
  #seenAt = 0;
  #silence = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** `undefined` while the lock is held. */
  async fateOf(directory: string): Promise<PreviousFate | undefined> {
    const { released, process, beatAt } = await readEpoch(directory);
    if (released) return 'released';
    if (process === 'dead') return 'dead';
    return this.#isSilent(`${directory} ${beatAt}`) ? 'silent' : undefined;
  }

  #isSilent(sight: string): boolean {
    const now = performance.now();
    this.#silence = sight === this.#seen ? this.#silence + Math.min(now - this.#seenAt, longestStep) : 0;
    this.#seen = sight;
    this.#seenAt = now;
    return this.#silence > this.#limit;
  }
}

/** A holder that has made its folder and not yet signed it is of an unknown process. */
async function readEpoch(
  directory: string,
): Promise<{ released: boolean; process: ProcessState; beatAt: number }> {
  const owner = join(directory, ownerFile);
  const released = (await statOrAbsent(join(directory, releasedFile))) !== undefined;
  const beatAt = (await statOrAbsent(owner))?.mtimeMs ?? 0;
  return { released, process: beatAt === 0 ? 'unknown' : await ownerState(owner), beatAt };
}

async function ownerState(path: string): Promise<ProcessState> {
  const text = await readFile(path, 'utf8');
  // Seen between its making and its writing.
  return text === '' ? 'unknown' : processState(parseProcessMark(text, path));
}

async function statOrAbsent(path: string): Promise<{ mtimeMs: number } | undefined> {
  try {
    return await stat(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

async function beat(path: string): Promise<void> {
  const now = new Date();
  try {
    await utimes(path, now, now);
  } catch {
    // Lost or given back. Who goes on in the belief to hold the lock fails at its next rename.
  }
}

/** Need not outlast a power failure: no process does. */
async function makeFile(path: string, content: string): Promise<void> {
  await writeFile(path, content, { flag: 'wx', mode: fileMode });
}

async function makeExclusively(path: string): Promise<boolean> {
  try {
    await mkdir(path, { mode: folderMode });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function listNames(path: string): Promise<readonly string[]> {
  try {
    return await readdir(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** 0 for what is no epoch. */
function epochNumber(name: string): number {
  return /^[1-9][0-9]{0,14}$/.test(name) ? Number(name) : 0;
}

function lockLost(cause: unknown): EngineError {
  return new EngineError(
    'Conflict',
    'this process did not respond for so long that another one took the lock; nothing was changed',
    {},
    cause,
  );
}

async function sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
  try {
    await delay(milliseconds, undefined, signal && { signal });
  } catch {
    throw cancelled(signal);
  }
}
