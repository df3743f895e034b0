import { EngineError } from '../errors.ts';
import type { Descriptor } from '../oci/descriptor.ts';
import { type Digest, isDigest } from '../oci/digest.ts';
import { parseJson } from '../oci/json.ts';
import { type Index, type Manifest, maxManifestBytes, parseManifest } from '../oci/manifest.ts';
import { isForeignLayer, isIndexMediaType, isManifestMediaType } from '../oci/mediaType.ts';
import type { BlobFolder, BlobName } from './blobFolder.ts';

/** Everything that one descriptor of `index.json` holds on to. */
export interface ImageGraph {
  /** Blobs that must be there, or may be left out and are there. The root is the first. */
  readonly reached: readonly BlobName[];
  /** Blobs that may be left out and are: other platforms of an index, layers that are not distributed. */
  readonly absent: readonly Digest[];
  /** The image manifests among the reached. */
  readonly manifests: readonly Pick<Manifest, 'config' | 'layers'>[];
  /** Manifests and indexes that could not be read, so that what they hold on to is unknown. */
  readonly broken: readonly { readonly descriptor: Descriptor; readonly error: EngineError }[];
}

/** Whether everything that the graph must have is there in its size, and could be read. */
export async function isGraphWhole(blobs: BlobFolder, { reached, broken }: ImageGraph): Promise<boolean> {
  for (const blob of reached) if (!(await blobs.has(blob))) return false;
  return broken.length === 0;
}

/**
 * Follows index → manifest → config, layers and subject as far as things are there. Never throws for what is in the
 * blobs: it is in `broken`.
 */
export async function readImageGraph(
  blobs: BlobFolder,
  root: Descriptor,
  signal?: AbortSignal,
): Promise<ImageGraph> {
  const walk = new GraphWalk(blobs, signal);
  await walk.visit(root, 'required');
  return walk;
}

type Presence = 'required' | 'optional';

class GraphWalk implements ImageGraph {
  readonly reached: BlobName[] = [];
  readonly absent: Digest[] = [];
  readonly manifests: Manifest[] = [];
  readonly broken: { descriptor: Descriptor; error: EngineError }[] = [];
  readonly #seen = new Set<Digest>();
  readonly #blobs: BlobFolder;
  readonly #signal: AbortSignal | undefined;

  constructor(blobs: BlobFolder, signal: AbortSignal | undefined) {
    this.#blobs = blobs;
    this.#signal = signal;
  }

  async visit(descriptor: Descriptor, presence: Presence): Promise<void> {
    if (this.#seen.has(descriptor.digest)) return;
    this.#seen.add(descriptor.digest);
    if (presence === 'optional' && (await this.#blobs.size(descriptor.digest)) === undefined) {
      this.absent.push(descriptor.digest);
      return;
    }
    this.reached.push({ digest: descriptor.digest, size: descriptor.size });
    const document = isManifestMediaType(descriptor.mediaType) || isIndexMediaType(descriptor.mediaType);
    // Of a root of a type we do not know, what it names is kept; nothing else of an unknown type can name anything.
    if (document) await this.#visitDocument(descriptor);
    else if (this.reached.length === 1) await this.#visitUnknown(descriptor);
  }

  async #visitDocument(descriptor: Descriptor): Promise<void> {
    const document = await this.#read(descriptor, (bytes) => parseManifest(bytes, descriptor.mediaType));
    if (document?.kind === 'index') await this.#visitIndex(document);
    if (document?.kind === 'manifest') await this.#visitManifest(document);
  }

  async #visitIndex(index: Index): Promise<void> {
    for (const child of index.manifests) await this.visit(child, 'optional');
    if (index.subject) await this.visit(index.subject, 'optional');
  }

  async #visitManifest(manifest: Manifest): Promise<void> {
    this.manifests.push(manifest);
    await this.visit(manifest.config, 'required');
    for (const layer of manifest.layers) {
      await this.visit(layer, isForeignLayer(layer.mediaType) ? 'optional' : 'required');
    }
    if (manifest.subject) await this.visit(manifest.subject, 'optional');
  }

  async #visitUnknown(descriptor: Descriptor): Promise<void> {
    const value = await this.#read(descriptor, (bytes) => (bytes[0] === 0x7b ? parseJson(bytes, 'it') : {}));
    for (const digest of digestsIn(value)) await this.#keepIfThere(digest);
  }

  /** Nothing but its digest is known of it. */
  async #keepIfThere(digest: Digest): Promise<void> {
    if (this.#seen.has(digest)) return;
    this.#seen.add(digest);
    if (await this.#blobs.has({ digest })) this.reached.push({ digest });
    else this.absent.push(digest);
  }

  async #read<T>(descriptor: Descriptor, parse: (bytes: Uint8Array) => T): Promise<T | undefined> {
    try {
      return parse(await this.#blobs.read(descriptor, maxManifestBytes, this.#signal));
    } catch (error) {
      if (!(error instanceof EngineError) || error.reason === 'Cancelled' || error.reason === 'Io')
        throw error;
      this.broken.push({ descriptor, error });
      return undefined;
    }
  }
}

/** Whatever stands in a field `digest`, however deep. */
function digestsIn(value: unknown): Digest[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) =>
    key === 'digest' && typeof item === 'string' && isDigest(item) ? [item] : digestsIn(item),
  );
}
