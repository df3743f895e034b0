import { type ArchiveKind, ImageArchive } from '../archive/imageArchive.ts';
import type { ReadableImage, StoredImage } from '../image.ts';
import { type LayerHome, LayerIndexes } from '../layers/layerIndexes.ts';
import type { LayerPool } from '../layers/layerPool.ts';
import type { Descriptor } from '../oci/descriptor.ts';
import type { Digest } from '../oci/digest.ts';
import type { Reference } from '../oci/reference.ts';
import type { RegistryClient } from '../registry/registryClient.ts';
import { type FoundImage, remoteKey } from '../remote/remoteContents.ts';
import type { RemoteImages } from '../remote/remoteImages.ts';
import { RemoteLayers } from '../remote/remoteLayers.ts';
import { Store } from '../store/store.ts';
import { ArchiveShelf } from './archiveShelf.ts';
import { type ContentHome, ImageContent } from './imageContent.ts';
import { type FilePlace, imageAtPlace } from './imageSource.ts';
import type { DocumentShelf } from './storedDocuments.ts';
import type { ImageHome, ReadingHome } from './storedImages.ts';

/** Images whose union stays in memory: as many as a person compares and unfolds at once. */
const maxContents = 4;

/** An image of a registry with what reads its layers. */
export interface RemoteContents extends FoundImage {
  readonly layers: RemoteLayers;
  readonly content: ImageContent;
}

export interface OpenedImagesParts {
  readonly home: ImageHome;
  readonly pool: LayerPool;
  readonly client: RegistryClient;
  readonly remote: RemoteImages;
}

/** What has been read of images, wherever they are: each knows its way back to its bytes. */
export class OpenedImages implements AsyncDisposable {
  readonly #parts: OpenedImagesParts;
  /** Of the store's images, by manifest, the last used last. */
  readonly #stored = new Map<Digest, ImageContent>();
  /** Of images in other layouts, in archives, in engines and in registries. */
  readonly #foreign = new WeakMap<ReadableImage, ImageContent>();
  /** Of registries' images, by repository and manifest, the last used last. */
  readonly #remote = new Map<string, RemoteContents>();
  readonly #remoteOf = new WeakMap<ReadableImage, RemoteContents>();
  /** Those that were read; of compressed ones there is a temporary copy. */
  readonly #archives = new Set<ImageArchive>();

  constructor(parts: OpenedImagesParts) {
    this.#parts = parts;
  }

  contentOf(image: ReadableImage): ImageContent {
    const foreign = this.#foreign.get(image);
    if (foreign) return foreign;
    const { digest } = image.manifest;
    const content = this.#stored.get(digest) ?? new ImageContent(this.#parts.home, image);
    keepNewest(this.#stored, digest, content);
    return content;
  }

  homeOf(image: StoredImage): ReadingHome {
    const { home } = this.contentOf(image);
    return isReadingHome(home) ? home : this.#parts.home;
  }

  /** Of an image of {@link addRemote}; `undefined` of any other. */
  remoteOf(image: ReadableImage): RemoteContents | undefined {
    return this.#remoteOf.get(image);
  }

  /** An image that somebody else has opened. */
  add(image: StoredImage, content: ImageContent): StoredImage {
    this.#foreign.set(image, content);
    return image;
  }

  /** Opens an image of another layout or of an archive. @throws as {@link imageAtPlace}, and what opening throws */
  async open(place: FilePlace, signal?: AbortSignal): Promise<StoredImage> {
    const { kind, path } = place;
    const shelf =
      kind === 'oci'
        ? new Store({ directory: path, readOnly: true })
        : await this.#openArchive(path, kind, signal);
    const home = this.readingHome(shelf);
    const image = await imageAtPlace(home, place, signal);
    return this.add(image, new ImageContent(home, image));
  }

  /** A registry's image under the name that it was asked for by; what has been read of it is shared with its other names. */
  addRemote(reference: Reference, found: FoundImage): ReadableImage {
    const { image } = found;
    const key = remoteKey(reference, image);
    const known = this.#remote.get(key) ?? this.#newRemote(reference, found);
    keepNewest(this.#remote, key, known);
    this.#foreign.set(image, known.content);
    this.#remoteOf.set(image, known);
    return image;
  }

  /** Of a place that is only read. */
  readingHome(store: ReadingHome['store'] & LayerHome): ReadingHome {
    const { home, pool } = this.#parts;
    return { ...home, store, indexes: new LayerIndexes({ pool, store, readOnly: true }) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#archives].map((archive) => archive[Symbol.asyncDispose]()));
  }

  async #openArchive(path: string, kind: ArchiveKind, signal?: AbortSignal): Promise<ArchiveShelf> {
    const archive = await ImageArchive.open(path, kind, signal);
    this.#archives.add(archive);
    return new ArchiveShelf(archive);
  }

  #newRemote(reference: Reference, found: FoundImage): RemoteContents {
    const { home, client, remote } = this.#parts;
    const repository = client.repository(reference);
    const isHere = (layer: Descriptor, signal?: AbortSignal) => home.store.exists(layer, signal);
    const layers = new RemoteLayers({ repository, indexes: home.indexes, isHere });
    const documents: DocumentShelf = {
      readBlob: (blob, _, signal) =>
        blob.digest === found.image.manifest.digest
          ? remote.document(reference, found.image.manifest, 'manifest', signal)
          : remote.document(reference, found.manifest.config, 'config', signal),
    };
    const content = new ImageContent({ store: documents, indexes: layers }, found.image);
    return { ...found, layers, content };
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
