import type {
  FileRow,
  ImageLayer,
  LayerEntryType,
  RemoteImage,
  Removal,
  StoredImage,
  StoreFault,
  StoreUsage,
} from './image.ts';
import type { Descriptor } from './oci/descriptor.ts';
import type { Digest } from './oci/digest.ts';
import type { ImageConfig } from './oci/imageConfig.ts';
import type { Index, Manifest } from './oci/manifest.ts';
import type { Platform } from './oci/platform.ts';
import type { Reference } from './oci/reference.ts';
import type { CredentialProvider } from './registry/credentials.ts';
import type { PullEvent } from './transfer/pullEvent.ts';

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
  /** `strata/0.1.0` */
  readonly userAgent: string;
}

export interface RemoteManifest {
  readonly descriptor: Descriptor;
  readonly bytes: Uint8Array;
  readonly value: Manifest | Index;
}

/** The facade that both front doors call. Every method rejects with an `EngineError` and nothing else. */
export declare class ImageEngine implements AsyncDisposable {
  constructor(options: ImageEngineOptions);

  // In the registry, nothing pulled.
  /** One HEAD where the registry allows it. Shared by everyone who asks at the same time; never cached. */
  resolve(reference: Reference, signal?: AbortSignal): Promise<Descriptor>;
  /**
   * What is at the reference now: snapshots that know more and more (descriptor, then platforms, then config and sizes), the last one complete.
   * The tag's answer is reused for `maxAge` ms (5 minutes); what a digest names is cached on disk for ever.
   */
  lookUp(
    reference: Reference,
    options?: { readonly maxAge?: number; readonly platform?: Platform },
    signal?: AbortSignal,
  ): AsyncGenerator<RemoteImage, void, undefined>;
  /** The last answer from the disk, however old (see `lookedUp`); asks no network. */
  lastKnown(reference: Reference, signal?: AbortSignal): Promise<RemoteImage | undefined>;
  manifest(
    reference: Reference,
    options?: { readonly platform?: Platform },
    signal?: AbortSignal,
  ): Promise<RemoteManifest>;
  /** In the registry's order, as pages arrive. */
  tags(reference: Reference, signal?: AbortSignal): AsyncIterable<string>;
  /** Sources must be read to the end or returned; breaking off cancels the pull unless somebody else watches the same one. */
  pull(
    reference: Reference,
    options?: { readonly platform?: Platform },
    signal?: AbortSignal,
  ): AsyncGenerator<PullEvent, void, undefined>;

  // In the store.
  /** Newest first, as Docker lists them. */
  images(signal?: AbortSignal): Promise<readonly StoredImage[]>;
  /** By reference, digest, ID or unique beginning of an ID, or `oci:DIR[:NAME]`. @throws `NotFound`, `Ambiguous` */
  image(name: string, signal?: AbortSignal): Promise<StoredImage>;
  config(image: StoredImage, signal?: AbortSignal): Promise<ImageConfig>;
  /** One row a history step; a layer that has no index yet is read and verified first. */
  layers(image: StoredImage, signal?: AbortSignal): Promise<readonly ImageLayer[]>;
  /** The union a container would see, in byte order of path. */
  files(image: StoredImage, signal?: AbortSignal): Promise<Iterable<FileRow>>;
  /** One layer's own entries. `layer` is an `index` of {@link layers}. @throws `Invalid` where it made no layer */
  layerFiles(
    image: StoredImage,
    layer: number,
    signal?: AbortSignal,
  ): Promise<Iterable<FileRow<LayerEntryType>>>;
  /** The direct children of a folder (`/` at the top), of one layer or of the union (`layer` undefined). Costs what it gives. */
  children(
    image: StoredImage,
    layer: number | undefined,
    path: string,
    signal?: AbortSignal,
  ): Promise<readonly FileRow<LayerEntryType>[]>;
  /** Docker's `image rm`: `Untagged:` and `Deleted:` lines in order. @throws `NotFound`, `InUse`, `Ambiguous`, `Conflict` (several tags, no force) */
  remove(
    name: string,
    options?: { readonly force?: boolean; readonly prune?: boolean },
    signal?: AbortSignal,
  ): Promise<readonly Removal[]>;
  usage(signal?: AbortSignal): Promise<StoreUsage>;
  /** Checks every byte. With `repair`: fetches what is broken again, else drops its images; gives what was found and what became of it. */
  verify(
    options?: { readonly repair?: boolean },
    signal?: AbortSignal,
  ): Promise<readonly (StoreFault & { readonly outcome?: 'repaired' | 'dropped' })[]>;
  /** Removes what nothing reaches. Gives bytes freed. */
  collectGarbage(
    signal?: AbortSignal,
  ): Promise<{ readonly blobs: readonly Digest[]; readonly bytes: number }>;
  /** Called (debounced) when this or another process has changed the store. */
  watch(listener: () => void): Disposable;
  [Symbol.asyncDispose](): Promise<void>;
}
