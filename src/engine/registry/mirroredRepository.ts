import type { Readable } from 'node:stream';
import { isEngineError } from '../errors.ts';
import type { Descriptor } from '../oci/descriptor.ts';
import type { Reference } from '../oci/reference.ts';
import type { ByteRange } from '../target.ts';
import type { FetchedManifest } from './manifests.ts';
import type { RegistryConnection } from './registryConnection.ts';
import { RegistryRepository } from './registryRepository.ts';

/**
 * A repository that is read from mirrors of its registry first, as with Docker's `registry-mirrors`: what a mirror does
 * not have or cannot answer comes from the next, and from the registry itself in the end. Lists, writes and what is
 * checked before a push are the registry's own. A mirror is asked with its own credentials, never with the registry's.
 */
export class MirroredRepository extends RegistryRepository {
  readonly #mirrors: readonly RegistryRepository[];

  constructor(connection: RegistryConnection, mirrors: readonly RegistryConnection[], reference: Reference) {
    super(connection, reference);
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
      (mirror) => mirror.fetch(descriptor, range, signal),
      () => super.fetch(descriptor, range, signal),
    );
  }

  override fetchUnverified(
    descriptor: Descriptor,
    range?: ByteRange,
    signal?: AbortSignal,
  ): Promise<Readable> {
    return this.#first(
      (mirror) => mirror.fetchUnverified(descriptor, range, signal),
      () => super.fetchUnverified(descriptor, range, signal),
    );
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
      }
    }
    return askRegistry();
  }
}
