import { join } from 'node:path';
import type { DockerEngine } from './dockerEngine/dockerEngine.ts';
import type { EngineProgress } from './dockerEngine/engineProgress.ts';
import type { EngineSources } from './dockerEngine/findEngines.ts';
import { isEngineError } from './errors.ts';
import type {
  ImageLayer,
  ListedTable,
  ReadableImage,
  ReadingProgress,
  Referrer,
  ReferrerPart,
  ReferrerText,
  RemoteImage,
  Removal,
  StoredImage,
  StoreFault,
  StoreUsage,
} from './image.ts';
import { DockerEngines } from './images/dockerEngines.ts';
import { filterImages } from './images/filterImages.ts';
import { findImage } from './images/findImage.ts';
import type { ImageContent } from './images/imageContent.ts';
import { type HistoryRow, imageHistory } from './images/imageHistory.ts';
import { ImageReader } from './images/imageReader.ts';
import { type ImageSizes, imageSizes } from './images/imageSizes.ts';
import { type DockerPlace, parseImagePlace } from './images/imageSource.ts';
import { type ImageInspection, inspectImage } from './images/inspectImage.ts';
import { joinById, joinedWith } from './images/joinById.ts';
import { layerRows } from './images/layerRows.ts';
import { OpenedImages } from './images/openedImages.ts';
import { type Pruned, type PruneOptions, planPrune, pruneImages } from './images/pruneImages.ts';
import { removeImage } from './images/removeImage.ts';
import { type RepairedFault, repairStore } from './images/repairStore.ts';
import { type ImageHome, requireReadable, storedImages } from './images/storedImages.ts';
import { type Tagging, tagStoredImage } from './images/tagImage.ts';
import { LayerIndexes } from './layers/layerIndexes.ts';
import { LayerPool } from './layers/layerPool.ts';
import type { FilterArguments } from './listing/filterArguments.ts';
import { choosePlatform } from './oci/choosePlatform.ts';
import type { Descriptor } from './oci/descriptor.ts';
import { type Digest, isDigest } from './oci/digest.ts';
import { type Index, type Manifest, parseManifest } from './oci/manifest.ts';
import { formatPlatform, hostPlatform, type Platform } from './oci/platform.ts';
import {
  canonicalReference,
  familiarReference,
  type Reference,
  type TaggedReference,
  withDigest,
} from './oci/reference.ts';
import type { Proxies } from './registry/agents.ts';
import type { CredentialProvider, Credentials } from './registry/credentials.ts';
import { endpointHost } from './registry/hosts.ts';
import type { RateLimit } from './registry/rateLimit.ts';
import { RegistryClient } from './registry/registryClient.ts';
import type { RegistryPlace } from './registry/registryPlace.ts';
import type { RepositoryTags } from './registry/repositoryTag.ts';
import type { SearchOptions, SearchResult, SearchSnapshot } from './registry/searchResult.ts';
import type { RequestRecord } from './registry/transport.ts';
import { findReferrers } from './remote/findReferrers.ts';
import { referrerParts, referrerText } from './remote/referrerDocuments.ts';
import { RemoteCache } from './remote/remoteCache.ts';
import { findRemoteImage, readRemoteLayers } from './remote/remoteContents.ts';
import { RemoteImages } from './remote/remoteImages.ts';
import { repositoryTagList } from './remote/repositoryTagList.ts';
import { requireOutsideStore } from './store/outsideStore.ts';
import { Store } from './store/store.ts';
import { eventStream } from './tasks/eventStream.ts';
import { SharedTasks } from './tasks/sharedTasks.ts';
import { BlobPushes } from './transfer/blobPushes.ts';
import { type CopyOptions, copy } from './transfer/copy.ts';
import { LayerTransfers } from './transfer/layerTransfers.ts';
import type { LoadEvent } from './transfer/loadEvent.ts';
import { loadImages } from './transfer/loadImages.ts';
import { pull } from './transfer/pull.ts';
import type { PullEvent } from './transfer/pullEvent.ts';
import { push } from './transfer/push.ts';
import type { PushEvent } from './transfer/pushEvent.ts';
import { saveImages } from './transfer/saveImages.ts';
import { saveOciArchive } from './transfer/saveOciArchive.ts';

export interface ImageEngineOptions {
  /** The store's folder; made on the first write. */
  readonly storeDirectory: string;
  /** The bundled layer worker, or `layers/layerWorker.ts` when running from source. */
  readonly workerFile: string | URL;
  readonly credentials: CredentialProvider;
  /** Hosts (with port) where plain HTTP or an untrusted certificate is accepted, loopback aside. */
  readonly insecureRegistries?: readonly string[];
  /** Milliseconds without a byte after which a connection is given up; 30,000. */
  readonly idleTimeout?: number;
  /** None by default: VS Code's own patch of `http` sees to proxies. */
  readonly proxies?: Proxies | undefined;
  /** Hosts (with port) to read a registry's images from first, by the registry. */
  readonly mirrors?: ReadonlyMap<string, readonly string[]>;
  /** Where this machine's user has Docker engines; asked each time. Without it there are none. */
  readonly dockerEngines?: (() => EngineSources) | undefined;
  /** `https://HOST[:PORT]` of what is asked in place of Docker Hub's search: a mirror. */
  readonly hubSearch?: string;
  /** `strata/0.1.0` */
  readonly userAgent: string;
  /** What went wrong without stopping anything: a cache that cannot be written, an entry that cannot be read. */
  readonly onWarning?: (message: string, error: unknown) => void;
  /** Called for every request sent, for logs: never with secrets. */
  readonly onRequest?: (record: RequestRecord) => void;
}

export interface RemoteManifest {
  readonly descriptor: Descriptor;
  readonly bytes: Uint8Array;
  readonly value: Manifest | Index;
}

export interface RegistryUse {
  /** Sent to its host so far. */
  readonly requests: number;
  /** What it last said of its limit, where it ever did. */
  readonly rateLimit?: RateLimit;
}

/**
 * The facade that both front doors call. Making one costs nothing: no file is read and no connection made before it is
 * asked for something. Every method rejects with an `EngineError` and nothing else.
 */
export class ImageEngine extends ImageReader implements AsyncDisposable {
  /** This machine's Docker engines, none of which anything here needs. */
  readonly dockerEngines: DockerEngines;
  readonly #options: ImageEngineOptions;
  readonly #client: RegistryClient;
  readonly #pool: LayerPool;
  readonly #home: ImageHome;
  readonly #remote: RemoteImages;
  readonly #transfers: LayerTransfers;
  readonly #pulls = new SharedTasks<PullEvent, void>(eventKind);
  readonly #blobPushes = new BlobPushes();
  readonly #pushes = new SharedTasks<PushEvent, void>(eventKind);
  readonly #opened: OpenedImages;

  constructor(options: ImageEngineOptions) {
    super();
    const warn = options.onWarning ?? (() => undefined);
    this.#options = options;
    const store = new Store({ directory: options.storeDirectory });
    this.#client = new RegistryClient(options);
    this.#pool = new LayerPool({ workerFile: options.workerFile });
    this.#home = { store, indexes: new LayerIndexes({ pool: this.#pool, store }), warn };
    this.#remote = new RemoteImages(this.#client, new RemoteCache(join(store.cacheDirectory, 'cache'), warn));
    this.#transfers = new LayerTransfers({ ...this.#home, pool: this.#pool });
    this.#opened = new OpenedImages({
      home: this.#home,
      pool: this.#pool,
      client: this.#client,
      remote: this.#remote,
    });
    this.dockerEngines = new DockerEngines({
      sources: options.dockerEngines,
      idleTimeout: options.idleTimeout,
      credentials: options.credentials,
      homeOf: (shelf) => this.#opened.readingHome(shelf),
    });
  }

  // In the registry, nothing pulled.

  /** One HEAD where the registry allows it. Shared by everyone who asks at the same time; never answered from a cache. */
  resolve(reference: Reference, signal?: AbortSignal): Promise<Descriptor> {
    return this.#remote.resolve(reference, signal);
  }

  /**
   * What is at the reference now: snapshots that know more and more (descriptor, then platforms, then config and sizes),
   * the last one complete.
   * @param options.maxAge how old the tag's answer may be, ms (5 minutes); what a digest names is remembered for ever
   */
  lookUp(
    reference: Reference,
    options?: { readonly maxAge?: number; readonly platform?: Platform },
    signal?: AbortSignal,
  ): AsyncGenerator<RemoteImage, void, undefined> {
    return this.#remote.lookUp(reference, options, signal);
  }

  /** The last answer from the disk, however old (see `lookedUp`); asks no network. */
  lastKnown(reference: Reference): Promise<RemoteImage | undefined> {
    return this.#remote.lastKnown(reference);
  }

  /** The index or manifest at the reference; with a platform, that platform's manifest. */
  async manifest(
    reference: Reference,
    options: { readonly platform?: Platform } = {},
    signal?: AbortSignal,
  ): Promise<RemoteManifest> {
    const { descriptor, bytes } = await this.#remote.manifest(reference, signal);
    const value = parseManifest(bytes, descriptor.mediaType);
    if (value.kind === 'manifest' || !options.platform) return { descriptor, bytes, value };
    const chosen = choosePlatform(value, options.platform, familiarReference(reference));
    return this.manifest(withDigest(reference, chosen.digest), options, signal);
  }

  /**
   * The repositories of a registry, or of a namespace of it, as pages arrive.
   * @throws `Unsupported` where it does not list them, `Unauthorized`, `Offline`, …
   */
  repositories(place: RegistryPlace, signal?: AbortSignal): AsyncIterable<Reference> {
    return this.#client.repositories(place, signal);
  }

  /**
   * The steps of an image in a registry with the layers they made, from its manifest and config alone: no layer is read,
   * so what one changed and its unpacked size are not known.
   * @param reference of a manifest, by digest
   * @throws `Unsupported` where it is an index
   */
  async remoteLayers(reference: Reference, signal?: AbortSignal): Promise<readonly ImageLayer[]> {
    const { manifest, config } = await this.#remote.documents(reference, signal);
    return layerRows(manifest, config, []);
  }

  /**
   * Takes a tag from its repository in a registry, or (by digest) a manifest with all its tags.
   * @throws `Unsupported` where the registry does not delete that way, `NotFound`, `Unauthorized`, `Forbidden`, …
   */
  removeRemote(reference: Reference, signal?: AbortSignal): Promise<void> {
    return this.#remote.remove(reference, signal);
  }

  /** Asks a registry to be let in, with the credentials that there are for it. @throws `Unauthorized`, `Offline`, … */
  checkRegistry(registry: string, signal?: AbortSignal): Promise<void> {
    return this.#client.ping(registry, signal);
  }

  /** What this engine knows of a registry without asking it. */
  registryUse(registry: string): RegistryUse {
    const rateLimit = this.#client.rateLimit(registry);
    const requests = this.#client.requestCounts().get(endpointHost(registry)) ?? 0;
    return { requests, ...(rateLimit && { rateLimit }) };
  }

  /**
   * What the image's repository has to say of it: signatures, bills of materials, attestations, each once, as they are
   * found. Of an index, also what speaks of one platform's manifest.
   * @param options.platform the host's by default
   * @throws `NotFound` where the image is not there, `TooLarge` behind 20,000 rows
   */
  async *referrers(
    reference: Reference,
    options: { readonly platform?: Platform } = {},
    signal?: AbortSignal,
  ): AsyncGenerator<Referrer, void, undefined> {
    const image = await this.#remote.manifest(reference, signal);
    const platform = options.platform ?? hostPlatform();
    yield* findReferrers(this.#client.repository(reference), image, platform, signal);
  }

  /**
   * The documents that a referrer of the reference's image carries.
   * @throws `Corrupt` where it speaks of another image than it was listed for
   */
  async referrerParts(
    reference: Reference,
    referrer: Referrer,
    signal?: AbortSignal,
  ): Promise<readonly ReferrerPart[]> {
    const bytes = await this.#remote.document(reference, referrer.descriptor, 'manifest', signal);
    return referrerParts(referrer, bytes);
  }

  /**
   * A document of a referrer, verified by its digest, or (`part` undefined) the referrer's manifest.
   * @throws `NotFound`, `TooLarge` beyond 32 MiB, `Unsupported` where it is no text
   */
  async referrerText(
    reference: Reference,
    referrer: Digest,
    part: Digest | undefined,
    signal?: AbortSignal,
  ): Promise<ReferrerText> {
    const { bytes } = await this.#remote.manifest(withDigest(reference, referrer), signal);
    return referrerText(this.#client.repository(reference), bytes, part, signal);
  }

  /**
   * The image of a platform in a registry, to be looked into without pulling it: with all that takes a stored one to read.
   * Its layers are read where they are: what is in the store or has been indexed before is not asked for again; of the
   * rest each is read once, verified, and only its index is kept.
   * @param options.platform the host's by default
   * @throws `NotFound`, `NoSuchPlatform`, `Unsupported` where it is no image, `Corrupt`
   */
  async remoteImage(
    reference: Reference,
    options: { readonly platform?: Platform } = {},
    signal?: AbortSignal,
  ): Promise<ReadableImage> {
    const platform = options.platform ?? hostPlatform();
    const found = await findRemoteImage(this.#remote, reference, platform, signal);
    return this.#opened.addRemote(reference, found);
  }

  /**
   * Reads what has to be read before the files of an image from {@link remoteImage} can be listed, which they else are
   * when somebody asks; tells how far it is. Leaving the loop cancels it, layers that are read stay known.
   * @throws `DigestMismatch` where a layer is not what the manifest or the config says, and what the registry throws
   */
  readLayers(image: ReadableImage, signal?: AbortSignal): AsyncGenerator<ReadingProgress, void, undefined> {
    const contents = this.#opened.remoteOf(image);
    return eventStream(async (emit, cancel) => {
      if (contents) await readRemoteLayers(contents.layers, contents, emit, cancel);
    }, signal);
  }

  /**
   * Layers of an image from {@link remoteImage} that are known by the table of contents in them alone, so far; `verified`
   * where the image's manifest vouches for the table. That it tells of all that is in the layer is the image's own word.
   */
  tables(image: ReadableImage): readonly ListedTable[] {
    return this.#opened.remoteOf(image)?.layers.tables() ?? [];
  }

  /** The repository's tags in the registry's order, as pages arrive. */
  tags(reference: Reference, signal?: AbortSignal): AsyncIterable<string> {
    return this.#client.repository(reference).list(signal);
  }

  /**
   * The repository's tags, newest version first, more and more of them: the last is all. Of some, Docker Hub tells in the
   * same request what they are.
   */
  repositoryTags(
    reference: Reference,
    signal?: AbortSignal,
  ): AsyncGenerator<RepositoryTags, void, undefined> {
    return repositoryTagList(this.#client, reference, signal);
  }

  /**
   * Docker's `search`: repositories of Docker Hub by a word of their name or description, or of another registry
   * (`HOST/TERM`) by its own search or its catalogue. Most stars first.
   * @throws `Invalid` (limit), `Unsupported` where the registry offers neither, `RateLimited`, `Offline`, …
   */
  search(term: string, options?: SearchOptions, signal?: AbortSignal): Promise<readonly SearchResult[]> {
    return this.#client.search(term, options, signal);
  }

  /** As {@link search}, telling what is found while more of it comes: the last is all. */
  searchSnapshots(
    term: string,
    options?: SearchOptions,
    signal?: AbortSignal,
  ): AsyncGenerator<SearchSnapshot, void, undefined> {
    return this.#client.searchSnapshots(term, options, signal);
  }

  /**
   * Pulls an image, telling what happens; breaking off the loop cancels the pull unless somebody else watches the same.
   * @param options.platform the host's by default
   */
  pull(
    reference: Reference,
    options: { readonly platform?: Platform } = {},
    signal?: AbortSignal,
  ): AsyncGenerator<PullEvent, void, undefined> {
    const { platform } = options;
    const key = `${canonicalReference(reference)} ${platform ? formatPlatform(platform) : ''}`;
    const parts = { ...this.#home, repository: this.#client.repository(reference), layers: this.#transfers };
    const work = (emit: (event: PullEvent) => void, shared: AbortSignal) =>
      pull(parts, reference, platform, emit, shared);
    return eventStream((emit, cancel) => this.#pulls.run(key, work, emit, cancel), signal);
  }

  /**
   * Pushes the stored image that the tag names (the manifest of its platform) to the tag's registry; breaking off the
   * loop cancels the push unless somebody else watches the same.
   * @throws `NotFound` where the store has no such tag, `DigestMismatch` with a `path` where the store is damaged, and
   *   what the registry throws
   */
  push(reference: TaggedReference, signal?: AbortSignal): AsyncGenerator<PushEvent, void, undefined> {
    const repository = this.#client.repository(reference);
    const parts = { home: this.#home, repository, blobs: this.#blobPushes };
    const work = (emit: (event: PushEvent) => void, shared: AbortSignal) =>
      push(parts, reference, emit, shared);
    const key = canonicalReference(reference);
    return eventStream((emit, cancel) => this.#pushes.run(key, work, emit, cancel), signal);
  }

  /**
   * Copies an image from one registry or repository to another, every platform unless one is chosen; nothing of it
   * touches the disk. A target without a tag is given the manifest by its digest alone.
   */
  copy(
    source: Reference,
    target: Reference,
    options: CopyOptions = {},
    signal?: AbortSignal,
  ): AsyncGenerator<PushEvent, void, undefined> {
    const from = { reference: source, repository: this.#client.repository(source) };
    const to = { reference: target, repository: this.#client.repository(target) };
    const work = (emit: (event: PushEvent) => void, cancel: AbortSignal) =>
      copy(from, to, this.#blobPushes, options, emit, cancel);
    return eventStream(work, signal);
  }

  /**
   * Asks a registry whether it takes these credentials, and keeps nothing of them. One that lets everybody in takes any.
   * @throws `Unauthorized`, `Forbidden` where it does not
   */
  async checkCredentials(registry: string, credentials: Credentials, signal?: AbortSignal): Promise<void> {
    await using client = new RegistryClient({ ...this.#options, credentials: async () => credentials });
    await client.ping(registry, signal);
  }

  /** Drops what is kept of a registry's sign-in, also for what is under way: after signing in or out. */
  forgetSignIn(registry: string): void {
    this.#client.forget(registry);
  }

  // In the store.

  /** Newest first, as Docker lists them. */
  images(signal?: AbortSignal): Promise<readonly StoredImage[]> {
    return storedImages(this.#home, signal);
  }

  /**
   * Those of {@link images} that pass Docker's filters (`dangling`, `before`, `since`, `until`, `label`, `label!`,
   * `reference`), each with the names that pass.
   * @throws `NotFound`, `Invalid`
   */
  async filteredImages(filters: FilterArguments, signal?: AbortSignal): Promise<readonly StoredImage[]> {
    return this.#passing(await this.images(signal), filters, signal);
  }

  /** The same as Docker lists them: manifests of one ID are one image, with the names of all of them. */
  async listedImages(filters: FilterArguments, signal?: AbortSignal): Promise<readonly StoredImage[]> {
    return this.#passing(joinById(await this.images(signal)), filters, signal);
  }

  async #passing(images: readonly StoredImage[], filters: FilterArguments, signal?: AbortSignal) {
    return filters.size === 0 ? images : filterImages(this.#home, images, filters, signal);
  }

  /**
   * By reference, digest, ID or unique beginning of an ID in the store; `oci:DIR[:NAME]` in another image
   * layout, `docker-archive:FILE[:REF]` and `oci-archive:FILE[:NAME]` in an archive, which is read where it is;
   * `docker:REF` in the Docker engine that `docker` would use; an image of an engine that was looked into also by its
   * manifest's digest.
   * @throws `NotFound`, `Ambiguous`, `Invalid`, and what a Docker engine throws
   */
  async image(name: string, signal?: AbortSignal): Promise<StoredImage> {
    const received = isDigest(name) ? this.engineImageBefore(name) : undefined;
    if (received) return received;
    const place = await parseImagePlace(name);
    if (!place) return this.#storedImage(name, signal);
    if (place.kind === 'docker') return this.#dockerImage(name, place, signal);
    return this.#opened.open(place, signal);
  }

  /**
   * An image of a Docker engine, to be read as those of the store: the engine gives all of it, once, as a temporary archive
   * that is kept as long as this engine.
   * @throws `NotFound`, `Invalid`, `Corrupt`, what the engine throws
   */
  async engineImage(engine: DockerEngine, name: string, signal?: AbortSignal): Promise<StoredImage> {
    const { image, content } = await this.dockerEngines.receive(engine, name, signal);
    return this.#opened.add(image, content);
  }

  /** An image of a Docker engine that was looked into before, by its manifest. */
  engineImageBefore(manifest: Digest): StoredImage | undefined {
    return this.dockerEngines.receivedBefore(manifest)?.image;
  }

  /** Copies images from a Docker engine into the store, verified as any archive is: the same IDs, the names given. */
  copyFromDocker(
    engine: DockerEngine,
    names: readonly string[],
    signal?: AbortSignal,
  ): AsyncGenerator<LoadEvent, void, undefined> {
    return this.load(engine.save(names, signal), {}, signal);
  }

  /** Copies stored images to a Docker engine: the same IDs, the names given. @throws as {@link save} and as the engine */
  copyToDocker(
    engine: DockerEngine,
    names: readonly string[],
    signal?: AbortSignal,
  ): AsyncGenerator<EngineProgress, void, undefined> {
    return engine.load(this.save(names, signal), signal);
  }

  /**
   * Docker's `image rm`: what it untagged and deleted, in order. What nothing else uses is freed at once.
   * @throws `NotFound`, `Ambiguous`, `Conflict` (several repositories name the ID, without `force`)
   */
  remove(
    name: string,
    options: { readonly force?: boolean } = {},
    signal?: AbortSignal,
  ): Promise<readonly Removal[]> {
    return removeImage(this.#home, name, options.force ?? false, signal);
  }

  /** Docker's `image tag`: gives a stored image one more name, taking it from the image that had it. */
  tag(name: string, tag: TaggedReference, signal?: AbortSignal): Promise<Tagging> {
    return tagStoredImage(this.#home, name, tag, signal);
  }

  /** Docker's document about the image; of one of the store with the names of all manifests of its ID. */
  async inspect(image: StoredImage, signal?: AbortSignal): Promise<ImageInspection> {
    const home = this.#opened.homeOf(image);
    const named = home === this.#home ? joinedWith(image, await this.images(signal)) : image;
    return inspectImage(home, named, signal);
  }

  /** The steps that made the image, the last first. */
  history(image: StoredImage, signal?: AbortSignal): Promise<readonly HistoryRow[]> {
    return imageHistory(this.#opened.homeOf(image), image, signal);
  }

  /** What {@link prune} would take now. */
  planPrune(options: PruneOptions = {}, signal?: AbortSignal): Promise<Pruned> {
    return planPrune(this.#home, options, signal);
  }

  /** Docker's `image prune`: removes the images without a tag (or all), and frees what nothing else uses. */
  prune(options: PruneOptions = {}, signal?: AbortSignal): Promise<Pruned> {
    return pruneImages(this.#home, options, signal);
  }

  /** For who writes a file that {@link save} and its like fill. @throws `Invalid` where it would be in the store, `Io` */
  requireOutsideStore(path: string): Promise<void> {
    return requireOutsideStore(this.#home.store.directory, path);
  }

  /** A docker-archive of stored images. @throws `NotFound`, `Ambiguous` before the first byte */
  save(names: readonly string[], signal?: AbortSignal): AsyncGenerator<Uint8Array, void, undefined> {
    return saveImages(this.#home, names, signal);
  }

  /** The tar of an OCI image layout of stored images, every blob as it is. @throws as {@link save} */
  saveOciArchive(
    names: readonly string[],
    signal?: AbortSignal,
  ): AsyncGenerator<Uint8Array, void, undefined> {
    return saveOciArchive(this.#home, names, signal);
  }

  /**
   * Loads a docker-archive or the tar of an OCI layout, plain, gzip or zstd.
   * @param options.size bytes of the archive, where they are known: a bomb is then known by its headers
   * @throws `Corrupt`, `TooLarge`, `Unsupported`, …
   */
  load(
    bytes: AsyncIterable<Uint8Array>,
    options: { readonly size?: number } = {},
    signal?: AbortSignal,
  ): AsyncGenerator<LoadEvent, void, undefined> {
    const parts = { ...this.#home, layers: this.#transfers };
    return eventStream((emit, cancel) => loadImages(parts, { bytes, ...options }, emit, cancel), signal);
  }

  /** What each image takes of the disk alone and together with others. */
  sizes(signal?: AbortSignal): Promise<ImageSizes> {
    return imageSizes(this.#home, signal);
  }

  /** What the store holds, in bytes on disk. */
  usage(signal?: AbortSignal): Promise<StoreUsage> {
    return this.#home.store.usage(signal);
  }

  /**
   * Checks every byte that an image needs. With `repair` what is broken is fetched again, or, where that cannot be, its
   * images are dropped; `outcome` says which.
   */
  async verify(
    options: { readonly repair?: boolean } = {},
    signal?: AbortSignal,
  ): Promise<readonly (StoreFault | RepairedFault)[]> {
    const faults = await this.#home.store.verify(signal);
    if (!options.repair || faults.length === 0) return faults;
    const repository = (reference: Reference) => this.#client.repository(reference);
    return repairStore({ ...this.#home, layers: this.#transfers, repository }, faults, signal);
  }

  /** Removes what nothing reaches; `bytes` is what the disk got back. */
  collectGarbage(
    signal?: AbortSignal,
  ): Promise<{ readonly blobs: readonly Digest[]; readonly bytes: number }> {
    return this.#home.store.gc(signal);
  }

  /** Calls back (debounced) when this or another process has changed the store. */
  watch(listener: () => void): Disposable {
    return this.#home.store.watch(listener);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([
      this.#client[Symbol.asyncDispose](),
      this.#pool[Symbol.asyncDispose](),
      this.#home.store[Symbol.asyncDispose](),
      this.#home.indexes[Symbol.asyncDispose](),
      this.#opened[Symbol.asyncDispose](),
      this.dockerEngines[Symbol.asyncDispose](),
    ]);
  }

  protected contentOf(image: ReadableImage): ImageContent {
    return this.#opened.contentOf(image);
  }

  async #storedImage(name: string, signal?: AbortSignal): Promise<StoredImage> {
    const images = await this.images(signal);
    try {
      return findImage(images, name).image;
    } catch (error) {
      if (isEngineError(error, 'NotFound')) await requireReadable(this.#home, name, signal);
      throw error;
    }
  }

  /** What may be a name of the store is looked for there first. */
  async #dockerImage(text: string, { name, mayBeReference }: DockerPlace, signal?: AbortSignal) {
    if (mayBeReference) {
      try {
        return await this.#storedImage(text, signal);
      } catch (error) {
        if (!isEngineError(error, 'NotFound', 'Invalid')) throw error;
      }
    }
    return this.engineImage(await this.dockerEngines.engine(), name, signal);
  }
}

/** Who joins a transfer late hears the state of each layer, not its past. */
function eventKind(event: PullEvent | PushEvent): string {
  return event.kind === 'layer' ? `layer ${event.layer.digest}` : event.kind;
}
