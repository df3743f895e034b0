import { join } from 'node:path';
import { type ArchiveKind, ImageArchive } from './archive/imageArchive.ts';
import type { DockerEngine } from './dockerEngine/dockerEngine.ts';
import type { EngineProgress } from './dockerEngine/engineProgress.ts';
import type { EngineSources } from './dockerEngine/findEngines.ts';
import { isEngineError } from './errors.ts';
import type {
  FileRow,
  ImageAnalysis,
  ImageEntry,
  ImageLayer,
  LayerEntryType,
  LayerPair,
  ListedTable,
  PathChange,
  PathHistorySlice,
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
  TreeChoice,
  WastedFile,
} from './image.ts';
import { ArchiveShelf } from './images/archiveShelf.ts';
import { type ConfigDifference, compareConfigs } from './images/compareConfigs.ts';
import { DockerEngines } from './images/dockerEngines.ts';
import type { ExportEvent } from './images/exportEvent.ts';
import { type ExportPlace, exportFiles } from './images/exportFiles.ts';
import { filterImages } from './images/filterImages.ts';
import { findImage } from './images/findImage.ts';
import { findText, type TextMatch, type TextQuery } from './images/findText.ts';
import { type ContentHome, ImageContent } from './images/imageContent.ts';
import { type HistoryRow, imageHistory } from './images/imageHistory.ts';
import { type ImageSizes, imageSizes } from './images/imageSizes.ts';
import { type DockerPlace, type FilePlace, imageAtPlace, parseImagePlace } from './images/imageSource.ts';
import { type ImageInspection, inspectImage } from './images/inspectImage.ts';
import { layerRows } from './images/layerRows.ts';
import { packageFiles } from './images/packageFiles.ts';
import { type Pruned, type PruneOptions, planPrune, pruneImages } from './images/pruneImages.ts';
import { removeImage } from './images/removeImage.ts';
import { type RepairedFault, repairStore } from './images/repairStore.ts';
import type { DocumentShelf } from './images/storedDocuments.ts';
import { type ImageHome, type ReadingHome, requireReadable, storedImages } from './images/storedImages.ts';
import { type Tagging, tagStoredImage } from './images/tagImage.ts';
import { diffTrees, TreeComparison } from './layers/diffTrees.ts';
import { encodePath } from './layers/entryText.ts';
import { entriesIn, entryAt } from './layers/imageEntries.ts';
import { type LayerHome, LayerIndexes } from './layers/layerIndexes.ts';
import { LayerPool } from './layers/layerPool.ts';
import type { UnionTree } from './layers/unionTree.ts';
import type { FilterArguments } from './listing/filterArguments.ts';
import { choosePlatform } from './oci/choosePlatform.ts';
import type { Descriptor } from './oci/descriptor.ts';
import { type Digest, isDigest } from './oci/digest.ts';
import type { ImageConfig } from './oci/imageConfig.ts';
import { type Index, type Manifest, parseManifest } from './oci/manifest.ts';
import { formatPlatform, hostPlatform, type Platform } from './oci/platform.ts';
import {
  canonicalReference,
  familiarReference,
  type Reference,
  type TaggedReference,
  withDigest,
} from './oci/reference.ts';
import { comparePackages, type PackageComparison } from './packages/comparePackages.ts';
import { imagePackages } from './packages/imagePackages.ts';
import type { InstalledPackage } from './packages/installedPackage.ts';
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
import { type FoundImage, findRemoteImage, readRemoteLayers, remoteKey } from './remote/remoteContents.ts';
import { RemoteImages } from './remote/remoteImages.ts';
import { RemoteLayers } from './remote/remoteLayers.ts';
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

/** An image of a registry with what reads its layers. */
interface RemoteContents extends FoundImage {
  readonly layers: RemoteLayers;
  readonly content: ImageContent;
}

/** Images whose union stays in memory: as many as a person compares and unfolds at once. */
const maxContents = 4;

/**
 * The facade that both front doors call. Making one costs nothing: no file is read and no connection made before it is
 * asked for something. Every method rejects with an `EngineError` and nothing else.
 */
export class ImageEngine implements AsyncDisposable {
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
  /** Of the store's images, by manifest, the last used last. */
  readonly #contents = new Map<Digest, ImageContent>();
  /** Archives that were read; of compressed ones there is a temporary copy. */
  readonly #archives = new Set<ImageArchive>();
  /** Of images in other layouts, in archives and in registries. */
  readonly #foreign = new WeakMap<ReadableImage, ImageContent>();
  /** Of registries' images that are looked into, by repository and manifest, the last used last. */
  readonly #remoteContents = new Map<string, RemoteContents>();
  readonly #remoteOf = new WeakMap<ReadableImage, RemoteContents>();

  constructor(options: ImageEngineOptions) {
    const warn = options.onWarning ?? (() => undefined);
    this.#options = options;
    const store = new Store({ directory: options.storeDirectory });
    this.#client = new RegistryClient(options);
    this.#pool = new LayerPool({ workerFile: options.workerFile });
    this.#home = { store, indexes: new LayerIndexes({ pool: this.#pool, store }), warn };
    this.#remote = new RemoteImages(this.#client, new RemoteCache(join(store.cacheDirectory, 'cache'), warn));
    this.#transfers = new LayerTransfers({ ...this.#home, pool: this.#pool });
    this.dockerEngines = new DockerEngines({
      sources: options.dockerEngines,
      idleTimeout: options.idleTimeout,
      credentials: options.credentials,
      homeOf: (shelf) => this.#readingHome(shelf),
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
    return this.#namedRemote(reference, found);
  }

  /**
   * Reads what has to be read before the files of an image from {@link remoteImage} can be listed, which they else are
   * when somebody asks; tells how far it is. Leaving the loop cancels it, layers that are read stay known.
   * @throws `DigestMismatch` where a layer is not what the manifest or the config says, and what the registry throws
   */
  readLayers(image: ReadableImage, signal?: AbortSignal): AsyncGenerator<ReadingProgress, void, undefined> {
    const contents = this.#remoteOf.get(image);
    return eventStream(async (emit, cancel) => {
      if (contents) await readRemoteLayers(contents.layers, contents, emit, cancel);
    }, signal);
  }

  /**
   * Layers of an image from {@link remoteImage} that are known by the table of contents in them alone, so far; `verified`
   * where the image's manifest vouches for the table. That it tells of all that is in the layer is the image's own word.
   */
  tables(image: ReadableImage): readonly ListedTable[] {
    return this.#remoteOf.get(image)?.layers.tables() ?? [];
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
    const images = await this.images(signal);
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
    const home = await this.#foreignHome(place, signal);
    const image = await imageAtPlace(home, place, signal);
    this.#foreign.set(image, new ImageContent(home, image));
    return image;
  }

  /**
   * An image of a Docker engine, to be read as those of the store: the engine gives all of it, once, as a temporary archive
   * that is kept as long as this engine.
   * @throws `NotFound`, `Invalid`, `Corrupt`, what the engine throws
   */
  async engineImage(engine: DockerEngine, name: string, signal?: AbortSignal): Promise<StoredImage> {
    const { image, content } = await this.dockerEngines.receive(engine, name, signal);
    this.#foreign.set(image, content);
    return image;
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
    return this.load(engine.save(names, signal), signal);
  }

  /** Copies stored images to a Docker engine: the same IDs, the names given. @throws as {@link save} and as the engine */
  copyToDocker(
    engine: DockerEngine,
    names: readonly string[],
    signal?: AbortSignal,
  ): AsyncGenerator<EngineProgress, void, undefined> {
    return engine.load(this.save(names, signal), signal);
  }

  /** The image's config, as the registry had it. */
  async config(image: ReadableImage, signal?: AbortSignal): Promise<ImageConfig> {
    return (await this.#content(image).documents(signal)).config;
  }

  /** One row a history step; a layer that has no index yet is read and verified first. */
  layers(image: ReadableImage, signal?: AbortSignal): Promise<readonly ImageLayer[]> {
    return this.#content(image).layers(signal);
  }

  /** The union a container would see, in byte order of path. */
  async files(image: ReadableImage, signal?: AbortSignal): Promise<Iterable<FileRow>> {
    return (await this.#content(image).union(signal)).rows();
  }

  /**
   * One layer's own entries, in byte order of path.
   * @param layer an `index` of {@link layers}
   * @throws `Invalid` where that step made no layer
   */
  async layerFiles(
    image: ReadableImage,
    layer: number,
    signal?: AbortSignal,
  ): Promise<Iterable<FileRow<LayerEntryType>>> {
    return (await this.#content(image).layerIndex(layer, signal)).rows(layer);
  }

  /** How much of the image's bytes is wasted and where, in dive's figures. Every layer is verified first, as in {@link layers}. */
  analyze(image: ReadableImage, signal?: AbortSignal): Promise<ImageAnalysis> {
    return this.#content(image).analyze(signal);
  }

  /**
   * The largest files behind each layer's `wastedBytes`, largest first, by the layer's `index` in {@link layers}.
   * @param most how many of one layer
   */
  wastedFiles(
    image: ReadableImage,
    most: number,
    signal?: AbortSignal,
  ): Promise<ReadonlyMap<number, readonly WastedFile[]>> {
    return this.#content(image).wastedFiles(most, signal);
  }

  /** What each layer does to each path, in slices as they are read: the whole image for somebody who looks at it from all sides. */
  pathHistory(image: StoredImage, signal?: AbortSignal): AsyncGenerator<PathHistorySlice, void, undefined> {
    return this.#content(image).history(signal);
  }

  /**
   * The bytes of the file that the path leads to in the union, symlinks followed within the image. Every layer is what it
   * claims to be before this resolves, and the file's own bytes are held against their digest as they come.
   * @param path absolute; bytes that are not UTF-8 as in {@link FileRow}
   * @param options.follow whether a symlink at the end is followed; true
   * @param options.layer reads in that layer alone (see {@link entry})
   * @throws `NotFound`, `Invalid` where it is a folder, device or pipe or where links go round in circles, `DigestMismatch`
   *   (the bytes then fail at their end at the latest), `Corrupt`, `Io`, `Cancelled`
   */
  async readFile(
    image: ReadableImage,
    path: string,
    { follow = true, layer }: TreeChoice & { readonly follow?: boolean } = {},
    signal?: AbortSignal,
  ): Promise<AsyncGenerator<Uint8Array, void, undefined>> {
    return this.#content(image).readFile(path, { follow, layer }, signal);
  }

  /**
   * What is at a path, as a process would see it whose root is the image, or one layer of it by itself (deletions are not
   * in that one): symlinks on the way lead to where they say within it, and `..` stays at its root.
   * @param path absolute; bytes that are not UTF-8 as in {@link FileRow}
   * @throws `NotFound`, `Invalid` where links on the way go round in circles or the step made no layer
   */
  async entry(
    image: ReadableImage,
    path: string,
    { layer }: TreeChoice = {},
    signal?: AbortSignal,
  ): Promise<ImageEntry> {
    return entryAt(await this.#content(image).tree(layer, signal), encodePath(path));
  }

  /**
   * What is directly in the folder that a path leads to, in byte order. Costs what it gives.
   * @throws as {@link entry}; `NotFound` also where the path leads to no folder
   */
  async folder(
    image: ReadableImage,
    path: string,
    { layer }: TreeChoice = {},
    signal?: AbortSignal,
  ): Promise<readonly ImageEntry[]> {
    return entriesIn(await this.#content(image).tree(layer, signal), encodePath(path));
  }

  /**
   * Writes the file or folder that a path leads to, with all that is in it, to this machine's disk: under the given name
   * in the given folder and nowhere else, whole or not at all. Breaking off the loop cancels it.
   * @throws `NotFound`, `Invalid` (no file or folder; no name), `Conflict` where the name is taken, `DigestMismatch`, `Io`
   */
  export(
    image: ReadableImage,
    path: string,
    { layer, ...place }: ExportPlace & TreeChoice,
    signal?: AbortSignal,
  ): AsyncGenerator<ExportEvent, void, undefined> {
    const content = this.#content(image);
    return eventStream(async (emit, cancel) => {
      await this.requireOutsideStore(join(place.folder, place.name));
      const source = await content.exportSource(path, { layer }, cancel);
      await exportFiles(source, place, emit, cancel);
    }, signal);
  }

  /**
   * The lines of an image's text files, at and below a path, that hold a text; each layer is read in one pass. Breaking
   * off the loop ends it.
   * @throws as {@link findText}, and what reading the image throws
   */
  async *findText(
    image: ReadableImage,
    path: string,
    { layer, ...query }: TextQuery & TreeChoice,
    signal?: AbortSignal,
  ): AsyncGenerator<TextMatch, void, undefined> {
    yield* findText(await this.#content(image).exportSource(path, { layer }, signal), path, query, signal);
  }

  /**
   * What is different from the one image's files to the other's: a row for every path, in byte order.
   * @param layers single layers instead of the whole images; what they delete is not in them
   */
  async *diff(
    before: ReadableImage,
    after: ReadableImage,
    layers: LayerPair = {},
    signal?: AbortSignal,
  ): AsyncGenerator<PathChange, void, undefined> {
    yield* diffTrees(...(await this.#trees(before, after, layers, signal)), signal);
  }

  /** The same, counted, and with the files recognised that have only moved. Its rows cost when they are asked for. */
  async compareFiles(
    before: ReadableImage,
    after: ReadableImage,
    layers: LayerPair = {},
    signal?: AbortSignal,
  ): Promise<TreeComparison> {
    return TreeComparison.make(...(await this.#trees(before, after, layers, signal)), signal);
  }

  /** What two images say otherwise of themselves, in configs and manifests. */
  async compareConfigs(
    before: ReadableImage,
    after: ReadableImage,
    signal?: AbortSignal,
  ): Promise<readonly ConfigDifference[]> {
    const documents = await this.#content(before).documents(signal);
    return compareConfigs(documents, await this.#content(after).documents(signal));
  }

  /**
   * What package managers have installed in the image, by name, as their own databases tell: dpkg (also a file a package,
   * as in distroless images), apk, rpm (SQLite, ndb, Berkeley DB). None where there is no database.
   * @throws `Corrupt`, `TooLarge` with the database's `path`, `DigestMismatch`, `Io`, `Cancelled`
   */
  packages(image: ReadableImage, signal?: AbortSignal): Promise<readonly InstalledPackage[]> {
    return imagePackages(packageFiles(this.#content(image)), signal);
  }

  /**
   * Which package went from which version to which, which came and which went. Between images for two processors the
   * packages' own architectures do not count.
   * @throws as {@link packages}
   */
  async comparePackages(
    before: ReadableImage,
    after: ReadableImage,
    signal?: AbortSignal,
  ): Promise<PackageComparison> {
    const ignoreArchitecture = before.platform.architecture !== after.platform.architecture;
    const left = await this.packages(before, signal);
    return comparePackages(left, await this.packages(after, signal), { ignoreArchitecture });
  }

  /** The direct children of a folder (`/` at the top), of one layer or (`layer` undefined) of the union. Costs what it gives. */
  async children(
    image: ReadableImage,
    layer: number | undefined,
    path: string,
    signal?: AbortSignal,
  ): Promise<readonly FileRow<LayerEntryType>[]> {
    const content = this.#content(image);
    if (layer === undefined) return (await content.union(signal)).children(path);
    return (await content.layerIndex(layer, signal)).children(path, layer);
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

  /** Docker's document about the image. */
  inspect(image: StoredImage, signal?: AbortSignal): Promise<ImageInspection> {
    return inspectImage(this.#homeOf(image), image, signal);
  }

  /** The steps that made the image, the last first. */
  history(image: StoredImage, signal?: AbortSignal): Promise<readonly HistoryRow[]> {
    return imageHistory(this.#homeOf(image), image, signal);
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

  /** Loads a docker-archive or the tar of an OCI layout, plain, gzip or zstd. @throws `Corrupt`, `Unsupported`, … */
  load(archive: AsyncIterable<Uint8Array>, signal?: AbortSignal): AsyncGenerator<LoadEvent, void, undefined> {
    const parts = { ...this.#home, layers: this.#transfers };
    return eventStream((emit, cancel) => loadImages(parts, archive, emit, cancel), signal);
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
      ...[...this.#archives].map((archive) => archive[Symbol.asyncDispose]()),
      this.dockerEngines[Symbol.asyncDispose](),
    ]);
  }

  async #trees(
    before: ReadableImage,
    after: ReadableImage,
    layers: LayerPair,
    signal?: AbortSignal,
  ): Promise<[UnionTree, UnionTree]> {
    const left = await this.#content(before).tree(layers.before, signal);
    return [left, await this.#content(after).tree(layers.after, signal)];
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

  async #foreignHome({ kind, path }: FilePlace, signal?: AbortSignal): Promise<ReadingHome> {
    const store =
      kind === 'oci'
        ? new Store({ directory: path, readOnly: true })
        : await this.#archive(path, kind, signal);
    return this.#readingHome(store);
  }

  #readingHome(store: ReadingHome['store'] & LayerHome): ReadingHome {
    return { ...this.#home, store, indexes: new LayerIndexes({ pool: this.#pool, store, readOnly: true }) };
  }

  async #archive(path: string, kind: ArchiveKind, signal?: AbortSignal): Promise<ArchiveShelf> {
    const archive = await ImageArchive.open(path, kind, signal);
    this.#archives.add(archive);
    return new ArchiveShelf(archive);
  }

  #homeOf(image: StoredImage): ReadingHome {
    const { home } = this.#content(image);
    return isReadingHome(home) ? home : this.#home;
  }

  /** The image under the name that it was asked for by; what has been read of it is shared with its other names. */
  #namedRemote(reference: Reference, found: FoundImage): ReadableImage {
    const key = remoteKey(reference, found.image);
    const known = this.#remoteContents.get(key) ?? this.#newRemoteContents(reference, found);
    keepNewest(this.#remoteContents, key, known);
    this.#foreign.set(found.image, known.content);
    this.#remoteOf.set(found.image, known);
    return found.image;
  }

  #newRemoteContents(reference: Reference, found: FoundImage): RemoteContents {
    const { store, indexes } = this.#home;
    const repository = this.#client.repository(reference);
    const isHere = (layer: Descriptor, signal?: AbortSignal) => store.exists(layer, signal);
    const layers = new RemoteLayers({ repository, indexes, isHere });
    const documents: DocumentShelf = {
      readBlob: (blob, _, signal) =>
        blob.digest === found.image.manifest.digest
          ? this.#remote.document(reference, found.image.manifest, 'manifest', signal)
          : this.#remote.document(reference, found.manifest.config, 'config', signal),
    };
    const content = new ImageContent({ store: documents, indexes: layers }, found.image);
    return { ...found, layers, content };
  }

  #content(image: ReadableImage): ImageContent {
    const { digest } = image.manifest;
    const content =
      this.#foreign.get(image) ?? this.#contents.get(digest) ?? new ImageContent(this.#home, image);
    if (this.#foreign.has(image)) return content;
    keepNewest(this.#contents, digest, content);
    return content;
  }
}

function isReadingHome(home: ContentHome): home is ReadingHome {
  return 'entries' in home.store;
}

/** Puts it last, and lets go of the first where there are too many. */
function keepNewest<K, V>(contents: Map<K, V>, key: K, value: V): void {
  contents.delete(key);
  contents.set(key, value);
  for (const oldest of contents.keys()) {
    if (contents.size <= maxContents) break;
    contents.delete(oldest);
  }
}

/** Who joins a transfer late hears the state of each layer, not its past. */
function eventKind(event: PullEvent | PushEvent): string {
  return event.kind === 'layer' ? `layer ${event.layer.digest}` : event.kind;
}
