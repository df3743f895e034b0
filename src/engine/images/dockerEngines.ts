import { ImageArchive } from '../archive/imageArchive.ts';
import { DockerEngine } from '../dockerEngine/dockerEngine.ts';
import type { EngineEndpoint, KnownEngine } from '../dockerEngine/engineEndpoint.ts';
import { imageId, namesOf } from '../dockerEngine/engineImage.ts';
import { currentEngine, type EngineSources, engineNamed, knownEngines } from '../dockerEngine/findEngines.ts';
import { EngineError } from '../errors.ts';
import type { StoredImage } from '../image.ts';
import type { Digest } from '../oci/digest.ts';
import type { CredentialProvider } from '../registry/credentials.ts';
import { SharedTasks } from '../tasks/sharedTasks.ts';
import { engineRegistryAuth } from '../transfer/engineRegistryAuth.ts';
import { ArchiveShelf } from './archiveShelf.ts';
import { ImageContent } from './imageContent.ts';
import { imageOfEntries, type ReadingHome } from './storedImages.ts';

export interface DockerEnginesOptions {
  /** Asked each time: what is allowed may change. None where engines are not to be used. */
  readonly sources?: (() => EngineSources) | undefined;
  readonly credentials: CredentialProvider;
  /** Milliseconds without a byte after which an engine is given up; 30,000. */
  readonly idleTimeout?: number | undefined;
  /** Makes a place to read from of a received archive. */
  readonly homeOf: (shelf: ArchiveShelf) => ReadingHome;
}

/** An image of an engine, to be looked into. */
export interface ReceivedImage {
  readonly image: StoredImage;
  readonly content: ImageContent;
}

/**
 * The Docker engines of this machine's user. Nothing is read or asked before something is wanted of one. What was looked
 * into of them is kept in temporary archives until this is disposed of: a folder may be open on it.
 */
export class DockerEngines implements AsyncDisposable {
  readonly #options: DockerEnginesOptions;
  readonly #engines = new Map<string, DockerEngine>();
  readonly #receiving = new SharedTasks<never, ReceivedImage>(() => '');
  readonly #received = new Map<string, ReceivedImage>();
  /** By manifest, with the names of when it was last asked for. */
  readonly #known = new Map<Digest, ReceivedImage>();
  readonly #archives = new Set<ImageArchive>();
  readonly #closing = new AbortController();

  constructor(options: DockerEnginesOptions) {
    this.#options = options;
  }

  /** Those that there are, none of them asked anything. @throws `Io` */
  async known(): Promise<readonly KnownEngine[]> {
    const { sources } = this.#options;
    return sources ? knownEngines(sources()) : [];
  }

  /** The engine that `docker` would use, or the one with the name. @throws `NotFound`, `Invalid`, `Corrupt`, `Io` */
  async engine(name?: string): Promise<DockerEngine> {
    const sources = this.#options.sources?.();
    if (!sources) throw new EngineError('Unsupported', 'Docker engines are not used here');
    return this.at(await (name === undefined ? currentEngine(sources) : engineNamed(sources, name)));
  }

  at(endpoint: EngineEndpoint): DockerEngine {
    const key = JSON.stringify(endpoint);
    const { credentials, idleTimeout: timeout } = this.#options;
    const registryAuth = engineRegistryAuth(credentials);
    const engine =
      this.#engines.get(key) ?? new DockerEngine({ endpoint, registryAuth, ...(timeout && { timeout }) });
    this.#engines.set(key, engine);
    return engine;
  }

  /**
   * An image with all that is in it: the engine gives the whole as an archive, once for each image.
   * @throws `NotFound`, `Invalid`, `Corrupt`, `TooLarge`, what the engine throws
   */
  async receive(engine: DockerEngine, name: string, signal?: AbortSignal): Promise<ReceivedImage> {
    const document = await engine.inspect(name, signal);
    const id = imageId(document.Id, 'Id');
    const key = `${engine.endpoint.host} ${id}`;
    const work = (_: unknown, shared: AbortSignal) => this.#receive(engine, id, shared);
    const { image, content } =
      this.#received.get(key) ?? (await this.#receiving.run(key, work, () => undefined, signal));
    this.#received.set(key, { image, content });
    const named = { image: { ...image, ...namesOf(document, 'the image') }, content };
    this.#known.set(image.manifest.digest, named);
    return named;
  }

  /** The image with that manifest, of those that were received. */
  receivedBefore(manifest: Digest): ReceivedImage | undefined {
    return this.#known.get(manifest);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    for (const archive of this.#archives) await archive[Symbol.asyncDispose]();
  }

  async #receive(engine: DockerEngine, id: Digest, cancel: AbortSignal): Promise<ReceivedImage> {
    const signal = AbortSignal.any([cancel, this.#closing.signal]);
    const label = `the Docker engine ${engine.endpoint.name}`;
    const archive = await ImageArchive.receive(label, engine.save([id], signal), signal);
    this.#archives.add(archive);
    const home = this.#options.homeOf(new ArchiveShelf(archive));
    const [entry] = await home.store.entries(signal);
    const image = entry && (await imageOfEntries(home, [entry], signal));
    if (image) return { image, content: new ImageContent(home, image) };
    throw new EngineError('Unsupported', `${id} of ${label} is no image that can be read`);
  }
}
