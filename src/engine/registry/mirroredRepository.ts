import { Readable } from 'node:stream';
import { isEngineError } from '../errors.ts';
import type { Descriptor } from '../oci/descriptor.ts';
import type { Digest } from '../oci/digest.ts';
import type { Reference } from '../oci/reference.ts';
import { readCapped } from '../readCapped.ts';
import type { ByteRange } from '../target.ts';
import type { FetchedManifest } from './manifests.ts';
import type { RegistryConnection } from './registryConnection.ts';
import { RegistryRepository } from './registryRepository.ts';

/** Told of each mirror that fails, in one sentence; what a mirror merely does not have is no failure. */
export type MirrorWarning = (message: string, error: unknown) => void;

/** Bytes of a blob that is read whole before it is passed on, so that wrong bytes can be had elsewhere. */
const smallBlob = 4 * 1024 * 1024;

/**
 * A repository that is read from mirrors of its registry first, as with Docker's `registry-mirrors`: what a mirror does
 * not have or cannot answer comes from the next, and from the registry itself in the end. A mirror that failed, or whose
 * bytes were wrong or broke off, is not asked again. Lists, writes and what is checked before a push are the registry's own. A mirror is
 * asked with its own credentials, never with the registry's.
 */
export class MirroredRepository extends RegistryRepository {
  readonly #warn: MirrorWarning;
  #mirrors: readonly RegistryRepository[];
  /** The mirror that a blob came from last; without one it was the registry. */
  readonly #givers = new Map<Digest, RegistryRepository>();

  constructor(
    connection: RegistryConnection,
    mirrors: readonly RegistryConnection[],
    reference: Reference,
    warn: MirrorWarning,
  ) {
    super(connection, reference);
    this.#warn = warn;
    this.#mirrors = mirrors.map((mirror) => new RegistryRepository(mirror, reference));
  }

  override resolve(name: string, signal?: AbortSignal): Promise<Descriptor> {
    return this.#first(
      (mirror) => mirror.resolve(name, signal),
      () => super.resolve(name, signal),
    );
  }

  override fetchManifest(tagOrDigest: string, signal?: AbortSignal): Promise<FetchedManifest> {
    return this.#first(
      (mirror) => mirror.fetchManifest(tagOrDigest, signal),
      () => super.fetchManifest(tagOrDigest, signal),
    );
  }

  override fetch(descriptor: Descriptor, range?: ByteRange, signal?: AbortSignal): Promise<Readable> {
    return this.#first(
      async (mirror) => {
        const stream = await mirror.fetch(descriptor, range, signal);
        if (range !== undefined || descriptor.size > smallBlob) return stream;
        const bytes = await readCapped(stream, smallBlob, `the blob ${descriptor.digest}`);
        return Readable.from([bytes], { objectMode: false });
      },
      () => super.fetch(descriptor, range, signal),
    );
  }

  override fetchUnverified(
    descriptor: Descriptor,
    range?: ByteRange,
    signal?: AbortSignal,
  ): Promise<Readable> {
    this.#givers.delete(descriptor.digest);
    return this.#first(
      async (mirror) => {
        const stream = await mirror.fetchUnverified(descriptor, range, signal);
        this.#givers.set(descriptor.digest, mirror);
        return stream;
      },
      () => super.fetchUnverified(descriptor, range, signal),
    );
  }

  override giveUp({ digest }: Descriptor, error: unknown): boolean {
    const giver = this.#givers.get(digest);
    if (!giver) return false;
    this.#givers.delete(digest);
    this.#leave(giver, error);
    return true;
  }

  #leave(mirror: RegistryRepository, error: unknown): void {
    if (!this.#mirrors.includes(mirror)) return;
    this.#mirrors = this.#mirrors.filter((other) => other !== mirror);
    this.#warn(`the mirror ${mirror.host} of ${this.label} is passed over`, error);
  }

  /** Only a cancel is final: whatever else a mirror says, the registry may say better. */
  async #first<T>(
    ask: (mirror: RegistryRepository) => Promise<T>,
    askRegistry: () => Promise<T>,
  ): Promise<T> {
    for (const mirror of this.#mirrors) {
      try {
        return await ask(mirror);
      } catch (error) {
        if (!isEngineError(error) || error.reason === 'Cancelled') throw error;
        if (error.reason !== 'NotFound') this.#leave(mirror, error);
      }
    }
    return askRegistry();
  }
}
