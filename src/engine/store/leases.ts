import { randomUUID } from 'node:crypto';
import { readFile, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { ioError } from '../errors.ts';
import { type Digest, parseDigest } from '../oci/digest.ts';
import { asArray, asObject, asSize, parseJson } from '../oci/json.ts';
import { namesIn } from './blobFolder.ts';
import type { HeldLock } from './fileLock.ts';
import { makeFolder } from './layout.ts';
import { markProcess, type ProcessMark, processMarkFromJson, processState } from './processMark.ts';

const heartbeatInterval = 2_000;
/** A lease of another machine that was not renewed for so long (ms, by the file system's clock) has expired. */
const expiry = 60_000;

/** What a pull or push is working on, kept from gc until the lease is disposed of or its process ends. */
export interface Lease extends AsyncDisposable {
  /** From when this returns, gc leaves blobs of these digests alone, whether they are there yet or not. */
  add(digests: Iterable<Digest>, signal?: AbortSignal): Promise<void>;
  /** No longer keeps these. What other leases and `index.json` keep stays. */
  remove(digests: Iterable<Digest>, signal?: AbortSignal): Promise<void>;
}

type WithLock = (work: (lock: HeldLock) => Promise<void>, signal?: AbortSignal) => Promise<void>;

/**
 * A lease as a file that says whose it is. It changes only under the store's lock, which gc holds from its first look to
 * its last deletion: no blob goes between being found there and being leased.
 */
export class FileLease implements Lease {
  readonly #directory: string;
  readonly #path: string;
  readonly #withLock: WithLock;
  readonly #process: ProcessMark = markProcess();
  #begun = 0;
  readonly #digests = new Set<Digest>();
  #heartbeat: NodeJS.Timeout | undefined;

  constructor(directory: string, withLock: WithLock) {
    this.#directory = directory;
    this.#path = join(directory, `${randomUUID()}.json`);
    this.#withLock = withLock;
  }

  async add(digests: Iterable<Digest>, signal?: AbortSignal): Promise<void> {
    const wanted = [...digests].filter((digest) => !this.#digests.has(digest));
    if (wanted.length === 0) return;
    await this.#withLock(async (lock) => {
      await this.#write(lock, [...this.#digests, ...wanted]);
      for (const digest of wanted) this.#digests.add(digest);
    }, signal);
  }

  async remove(digests: Iterable<Digest>, signal?: AbortSignal): Promise<void> {
    const gone = new Set(digests);
    const kept = [...this.#digests].filter((digest) => !gone.has(digest));
    if (kept.length === this.#digests.size) return;
    await this.#withLock(async (lock) => {
      if (kept.length > 0) await this.#write(lock, kept);
      else await this[Symbol.asyncDispose]();
      for (const digest of gone) this.#digests.delete(digest);
    }, signal);
  }

  async #write(lock: HeldLock, digests: readonly Digest[]): Promise<void> {
    await makeFolder(this.#directory);
    if (this.#digests.size === 0) this.#begun = Date.now();
    const content = { process: this.#process, begun: this.#begun, digests };
    this.#heartbeat ??= setInterval(() => void renew(this.#path), heartbeatInterval).unref();
    await lock.replaceFile(this.#path, JSON.stringify(content));
  }

  /** Needs no lock: gc keeps a little too much at worst. Where nothing was ever written there is nothing to remove. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#heartbeat === undefined) return;
    clearInterval(this.#heartbeat);
    this.#heartbeat = undefined;
    try {
      await rm(this.#path, { force: true });
    } catch (error) {
      throw ioError(error, `cannot remove ${this.#path}`);
    }
  }
}

async function renew(path: string): Promise<void> {
  const now = new Date();
  try {
    await utimes(path, now, now);
  } catch {
    // The folder was deleted by hand or the disk is away. The next beat tries again.
  }
}

export interface LeaseFile {
  readonly path: string;
  readonly live: boolean;
  readonly digests: readonly Digest[];
  /** Milliseconds since 1970. */
  readonly begun: number;
}

/** @param now the file system's own time, in milliseconds since 1970 */
export async function readLeases(directory: string, now: number): Promise<readonly LeaseFile[]> {
  const leases: LeaseFile[] = [];
  for await (const name of namesIn(directory)) {
    if (!name.endsWith('.json')) continue;
    const lease = await readLease(join(directory, name), now);
    if (lease) leases.push(lease);
  }
  return leases;
}

async function readLease(path: string, now: number): Promise<LeaseFile | undefined> {
  try {
    const [text, { mtimeMs }] = await Promise.all([readFile(path, 'utf8'), stat(path)]);
    const { process, begun, digests } = asObject(parseJson(text, path), path);
    const state = processState(processMarkFromJson(process, path));
    return {
      path,
      live: state === 'alive' || (state === 'unknown' && now - mtimeMs < expiry),
      digests: asArray(digests, path).map(parseDigest),
      begun: asSize(begun, path),
    };
  } catch (error) {
    // Disposed of in this moment.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw ioError(error, `cannot read the lease ${path}`);
  }
}
