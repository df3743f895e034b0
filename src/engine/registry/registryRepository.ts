import { Readable } from 'node:stream';
import { EngineError } from '../errors.ts';
import type { Descriptor } from '../oci/descriptor.ts';
import { isIndexMediaType, isManifestMediaType } from '../oci/mediaType.ts';
import { canonicalName, isTag, type Reference } from '../oci/reference.ts';
import type { ByteRange, Target } from '../target.ts';
import { sizeError } from './blobStream.ts';
import { blobExists, fetchBlob, rangeBounds } from './blobs.ts';
import { deleteManifest } from './deletions.ts';
import { type FetchedManifest, fetchManifest, manifestExists, resolveManifest } from './manifests.ts';
import { pagedNames } from './paging.ts';
import { listReferrers } from './referrers.ts';
import type { RegistryConnection } from './registryConnection.ts';
import { checkedName, pullScopes, pushScopes, type RepositoryPlace } from './repositoryPlace.ts';
import { mountBlob, pushBlob, pushManifest, uploadBlob } from './uploads.ts';

/**
 * A repository of a registry as a target; its names are tags and digests.
 * https://github.com/opencontainers/distribution-spec/blob/v1.1.0/spec.md
 */
export class RegistryRepository implements Target {
  readonly label: string;
  readonly #place: RepositoryPlace;

  constructor(connection: RegistryConnection, reference: Reference) {
    this.label = canonicalName(reference);
    this.#place = { connection, repository: reference.repository, label: this.label };
  }

  /** Host (with port) that is spoken to. */
  get host(): string {
    return this.#place.connection.host;
  }

  /** One HEAD; a GET where the registry's answer to it is not enough. */
  resolve(name: string, signal?: AbortSignal): Promise<Descriptor> {
    return this.#bounded(signal, (bounded) => resolveManifest(this.#place, name, bounded));
  }

  /**
   * One GET of at most 4 MiB, verified against the name where that is a digest and against what the registry says.
   * @throws `NotFound`, `DigestMismatch`, `TooLarge`, `Unsupported` (schema 1), …
   */
  fetchManifest(tagOrDigest: string, signal?: AbortSignal): Promise<FetchedManifest> {
    return this.#bounded(signal, (bounded) => fetchManifest(this.#place, tagOrDigest, bounded));
  }

  fetch(descriptor: Descriptor, range?: ByteRange, signal?: AbortSignal): Promise<Readable> {
    if (isManifest(descriptor)) return this.#fetchManifestBytes(descriptor, range, signal);
    return fetchBlob(this.#place, descriptor, { range, verify: true }, signal);
  }

  /** As `fetch`, for who hashes elsewhere: the size is checked, the digest is not. */
  fetchUnverified(descriptor: Descriptor, range?: ByteRange, signal?: AbortSignal): Promise<Readable> {
    return fetchBlob(this.#place, descriptor, { range, verify: false }, signal);
  }

  /**
   * Told that the bytes of a blob from {@link fetchUnverified} were wrong or broke off.
   * @returns whether somebody else can be asked for them now: there were mirrors, and it was one of these
   */
  giveUp(_descriptor: Descriptor, _error: unknown): boolean {
    return false;
  }

  exists(descriptor: Descriptor, signal?: AbortSignal): Promise<boolean> {
    return this.#bounded(signal, (bounded) =>
      isManifest(descriptor)
        ? manifestExists(this.#place, descriptor.digest, bounded)
        : blobExists(this.#place, descriptor, pullScopes(this.#place), bounded),
    );
  }

  push(descriptor: Descriptor, content: AsyncIterable<Uint8Array>, signal?: AbortSignal): Promise<void> {
    if (isManifest(descriptor)) return pushManifest(this.#place, descriptor, content, undefined, signal);
    return pushBlob(this.#place, descriptor, content, signal);
  }

  /** Whether a blob need not be uploaded: as `exists`, with the token that the upload will want. */
  hasBlob(descriptor: Descriptor, signal?: AbortSignal): Promise<boolean> {
    return this.#bounded(signal, (bounded) =>
      blobExists(this.#place, descriptor, pushScopes(this.#place), bounded),
    );
  }

  /**
   * Pushes a blob that {@link hasBlob} did not find, from content that can be opened again: a connection that breaks is
   * replaced, and what has arrived is not sent again where the registry can tell how much that is.
   * @param open begins to read; its stream ends by itself where the signal fires
   * @throws `DigestMismatch` where the content is not the descriptor's, or the registry says it stored something else
   */
  upload(descriptor: Descriptor, open: () => Promise<Readable>, signal?: AbortSignal): Promise<void> {
    return uploadBlob(this.#place, descriptor, open, signal);
  }

  /**
   * Pushes a manifest or index, whose parts must be there, under a tag or (without) under its digest alone.
   * @throws `DigestMismatch` where the registry says that it stored something else
   */
  async pushDocument(
    descriptor: Descriptor,
    bytes: Uint8Array,
    tag: string | undefined,
    signal?: AbortSignal,
  ): Promise<void> {
    if (tag !== undefined) checkedName(tag);
    await pushManifest(this.#place, descriptor, Readable.from([bytes]), tag, signal);
  }

  async tag(descriptor: Descriptor, name: string, signal?: AbortSignal): Promise<void> {
    checkedName(name);
    const { bytes } = await this.fetchManifest(descriptor.digest, signal);
    await pushManifest(this.#place, descriptor, Readable.from([bytes]), name, signal);
  }

  /** Takes a tag away; the manifest stays. Many registries only delete manifests: `Unsupported`. */
  untag(name: string, signal?: AbortSignal): Promise<void> {
    return this.#bounded(signal, (bounded) => deleteManifest(this.#place, requireTag(name), bounded));
  }

  /** Deletes a manifest or index with all its tags. */
  delete({ digest }: Pick<Descriptor, 'digest'>, signal?: AbortSignal): Promise<void> {
    return this.#bounded(signal, (bounded) => deleteManifest(this.#place, digest, bounded));
  }

  /**
   * Has the registry take a blob over from another of its repositories.
   * @returns whether it did; otherwise the blob has to be pushed
   */
  mount(descriptor: Descriptor, fromRepository: string, signal?: AbortSignal): Promise<boolean> {
    return this.#bounded(signal, (bounded) => mountBlob(this.#place, descriptor, fromRepository, bounded));
  }

  /** Tags in the registry's order, as pages arrive; what is no tag by the specification is left out. */
  async *list(signal?: AbortSignal): AsyncGenerator<string, void, undefined> {
    const { connection, repository } = this.#place;
    const path = `/v2/${repository}/tags/list`;
    const asked = { repository, reference: this.label };
    const names = pagedNames(
      connection,
      { path, member: 'tags', scopes: pullScopes(this.#place), asked },
      signal,
    );
    for await (const name of names) if (isTag(name)) yield name;
  }

  /**
   * Asked of the registry, or, where it does not know that question, read off the tag that stands in for its answer.
   * @throws `Insecure` where a page's successor is at another origin, `RegistryError` for lists without an end, `Corrupt`
   */
  referrers(subject: Descriptor, signal?: AbortSignal): AsyncGenerator<Descriptor, void, undefined> {
    return listReferrers(this.#place, subject.digest, signal);
  }

  async #fetchManifestBytes(
    descriptor: Descriptor,
    range?: ByteRange,
    signal?: AbortSignal,
  ): Promise<Readable> {
    const { from, to } = rangeBounds(descriptor, range);
    const { bytes } = await this.fetchManifest(descriptor.digest, signal);
    if (bytes.length !== descriptor.size) throw sizeError(this.label, descriptor, bytes.length);
    return Readable.from([bytes.subarray(from, to)], { objectMode: false });
  }

  #bounded<T>(signal: AbortSignal | undefined, run: (signal: AbortSignal) => Promise<T>): Promise<T> {
    return this.#place.connection.bounded(signal, run);
  }
}

function requireTag(name: string): string {
  if (isTag(name)) return name;
  throw new EngineError('Invalid', `${JSON.stringify(name.slice(0, 200))} is no tag`, { reference: name });
}

function isManifest({ mediaType }: Descriptor): boolean {
  return isIndexMediaType(mediaType) || isManifestMediaType(mediaType);
}
