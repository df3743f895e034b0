import { EngineError } from '../errors.ts';
import type { RemoteImage } from '../image.ts';
import type { Descriptor } from '../oci/descriptor.ts';
import { type ImageConfig, maxConfigBytes, parseImageConfig } from '../oci/imageConfig.ts';
import { type Manifest, parseManifest } from '../oci/manifest.ts';
import { formatPlatform, hostPlatform, type Platform } from '../oci/platform.ts';
import { canonicalReference, type Reference, tagOrDigest } from '../oci/reference.ts';
import { readCapped } from '../readCapped.ts';
import type { RegistryClient } from '../registry/registryClient.ts';
import { eventStream } from '../tasks/eventStream.ts';
import { SharedTasks } from '../tasks/sharedTasks.ts';
import { describeImage, type Emit, type ReadDocument } from './describeImage.ts';
import type { RemoteCache, TagAnswer } from './remoteCache.ts';

/** A tag's answer is taken as today's for this long, ms. */
const usualMaxAge = 5 * 60 * 1000;

/**
 * Every platform's manifest is a request that Docker Hub counts as a pull: with fewer than this many left, sizes of
 * platforms other than the chosen one are not asked for.
 */
const requestsToSpare = 25;

/** What registries say about references, remembered on disk. What a digest names is asked for once, ever. */
export class RemoteImages {
  readonly #client: RegistryClient;
  readonly #cache: RemoteCache;
  readonly #lookUps = new SharedTasks<RemoteImage, void>(() => 'snapshot');
  readonly #resolves = new SharedTasks<never, Descriptor>(() => '');

  constructor(client: RegistryClient, cache: RemoteCache) {
    this.#client = client;
    this.#cache = cache;
  }

  /** Asks the registry, whoever asks at the same time gets the same answer. */
  resolve(reference: Reference, signal?: AbortSignal): Promise<Descriptor> {
    const ask = async (_: unknown, shared: AbortSignal): Promise<Descriptor> => {
      const descriptor = await this.#client.repository(reference).resolve(tagOrDigest(reference), shared);
      await this.#remember(reference, descriptor);
      return descriptor;
    };
    return this.#resolves.run(canonicalReference(reference), ask, () => undefined, signal);
  }

  /** RemoteImages that know more and more; the last one is complete. */
  lookUp(
    reference: Reference,
    options: { readonly maxAge?: number; readonly platform?: Platform } = {},
    signal?: AbortSignal,
  ): AsyncGenerator<RemoteImage, void, undefined> {
    const platform = options.platform ?? hostPlatform();
    const key = `${canonicalReference(reference)} ${formatPlatform(platform)}`;
    return eventStream<RemoteImage>(
      (emit, cancel) =>
        this.#lookUps.run(
          key,
          (tell, shared) => this.#lookUp(reference, platform, options.maxAge ?? usualMaxAge, tell, shared),
          emit,
          cancel,
        ),
      signal,
    );
  }

  /** As much of the last answer as the disk has; asks no network. */
  async lastKnown(reference: Reference, platform = hostPlatform()): Promise<RemoteImage | undefined> {
    const answer = await this.#remembered(reference);
    if (!answer) return undefined;
    let latest = await this.#firstSnapshot(reference, answer);
    const keep: Emit = (snapshot) => {
      latest = snapshot;
    };
    await describeImage(latest, platform, ({ digest }) => this.#cache.document(digest), true, keep);
    return latest;
  }

  /** The index or manifest as the registry has it, remembered by its digest, by which it is not asked for again. */
  async manifest(
    reference: Reference,
    signal?: AbortSignal,
  ): Promise<{ descriptor: Descriptor; bytes: Uint8Array }> {
    const known = reference.digest === undefined ? undefined : await this.#remembered(reference);
    const descriptor = known?.descriptor ?? (await this.resolve(reference, signal));
    return { descriptor, bytes: await this.document(reference, descriptor, 'manifest', signal) };
  }

  /** A manifest, index or config of the reference's repository, remembered by its digest. */
  async document(
    reference: Reference,
    descriptor: Descriptor,
    kind: 'manifest' | 'config',
    signal?: AbortSignal,
  ): Promise<Uint8Array> {
    const known = await this.#cache.document(descriptor.digest);
    if (known) return known;
    const repository = this.#client.repository(reference);
    const bytes =
      kind === 'manifest'
        ? (await repository.fetchManifest(descriptor.digest, signal)).bytes
        : await readCapped(
            await repository.fetch(descriptor, undefined, signal),
            maxConfigBytes,
            'the image config',
          );
    await this.#cache.rememberDocument(descriptor.digest, bytes);
    return bytes;
  }

  /**
   * The manifest that a digest names, with its config.
   * @throws `Unsupported` where it is an index
   */
  async documents(
    reference: Reference,
    signal?: AbortSignal,
  ): Promise<{ readonly manifest: Manifest; readonly config: ImageConfig }> {
    const { descriptor, bytes } = await this.manifest(reference, signal);
    const manifest = parseManifest(bytes, descriptor.mediaType);
    if (manifest.kind === 'index') {
      const name = canonicalReference(reference);
      throw new EngineError('Unsupported', `${name} is an index: choose a platform`, { reference: name });
    }
    const config = await this.document(reference, manifest.config, 'config', signal);
    return { manifest, config: parseImageConfig(config) };
  }

  /**
   * Takes a tag from its repository, or (by digest) a manifest with all its tags.
   * @throws `NotFound`, `Unsupported` where the registry does not delete that way, `Unauthorized`, `Forbidden`, …
   */
  async remove(reference: Reference, signal?: AbortSignal): Promise<void> {
    const repository = this.#client.repository(reference);
    const { tag, digest } = reference;
    if (digest !== undefined) await repository.delete({ digest }, signal);
    else if (tag !== undefined) await repository.untag(tag, signal);
    else throw new RangeError('neither a tag nor a digest');
    await this.#cache.forgetTags(reference, (name, { descriptor }) =>
      digest === undefined ? name === tag : descriptor.digest === digest,
    );
  }

  async #lookUp(
    reference: Reference,
    platform: Platform,
    maxAge: number,
    emit: Emit,
    signal: AbortSignal,
  ): Promise<void> {
    const known = await this.#remembered(reference);
    const fresh = known && Date.now() - known.lookedUp.getTime() < maxAge;
    const answer = fresh
      ? known
      : { descriptor: await this.resolve(reference, signal), lookedUp: new Date() };
    const first = await this.#firstSnapshot(reference, answer);
    emit(first);
    const read: ReadDocument = (descriptor, kind) => this.document(reference, descriptor, kind, signal);
    await describeImage(first, platform, read, this.#requestsToSpare(reference), emit);
  }

  #requestsToSpare(reference: Reference): boolean {
    const remaining = this.#client.rateLimit(reference.registry)?.remaining;
    return remaining === undefined || remaining >= requestsToSpare;
  }

  /** A digest's answer never ages: as soon as its document is here, it is known as of now. */
  async #remembered(reference: Reference): Promise<TagAnswer | undefined> {
    const { tag, digest } = reference;
    if (digest === undefined) return tag === undefined ? undefined : this.#cache.tag({ ...reference, tag });
    const bytes = await this.#cache.document(digest);
    if (!bytes) return undefined;
    const { mediaType } = parseManifest(bytes);
    return { descriptor: { mediaType, digest, size: bytes.byteLength }, lookedUp: new Date() };
  }

  async #remember(reference: Reference, descriptor: Descriptor): Promise<void> {
    const { tag, digest } = reference;
    if (tag === undefined || digest !== undefined) return;
    await this.#cache.rememberTag({ ...reference, tag }, { descriptor, lookedUp: new Date() });
  }

  async #firstSnapshot(reference: Reference, answer: TagAnswer): Promise<RemoteImage> {
    const tags = await this.#cache.tags(reference);
    const aliases = [...tags]
      .filter(([tag, other]) => tag !== reference.tag && other.descriptor.digest === answer.descriptor.digest)
      .map(([tag]) => tag)
      .sort();
    return { reference, ...answer, ...(aliases.length > 0 && { aliases }) };
  }
}
