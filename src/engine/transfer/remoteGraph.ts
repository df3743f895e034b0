import { limitText } from '../byteLimit.ts';
import { EngineError } from '../errors.ts';
import { choosePlatform } from '../oci/choosePlatform.ts';
import { type Descriptor, plainDescriptor } from '../oci/descriptor.ts';
import type { Digest } from '../oci/digest.ts';
import { type Index, type Manifest, parseManifest } from '../oci/manifest.ts';
import { isIndexMediaType, isManifestMediaType } from '../oci/mediaType.ts';
import type { Platform } from '../oci/platform.ts';
import { familiarReference, type Reference } from '../oci/reference.ts';
import type { RegistryRepository } from '../registry/registryRepository.ts';

export interface ReadDocument {
  readonly descriptor: Descriptor;
  readonly bytes: Uint8Array;
  readonly value: Manifest | Index;
}

/** All that hangs on a manifest or index in a registry. Documents are read, blobs are not. */
export interface ImageGraph {
  readonly top: ReadDocument;
  /** Manifests and indexes below the top, each generation able to stand once those before it are there. */
  readonly parts: readonly (readonly ReadDocument[])[];
  /** Of all manifests, each once, lowest first. */
  readonly layers: readonly Descriptor[];
  /** Configs, and what an index names that is neither manifest nor index. */
  readonly otherBlobs: readonly Descriptor[];
}

/** An index may hold indexes; real ones do not go deeper. */
const maxDepth = 4;
/** Bytes of all documents together, which are kept until they are pushed: far above what any real index has. */
const maxDocuments = 64 * 1024 * 1024;

/**
 * @param platform only its manifest; else everything that an index names, attestations included
 * @throws `NotFound`, `NoSuchPlatform`, `TooLarge` for documents of more than 64 MiB, `DigestMismatch`, …
 */
export async function readRemoteGraph(
  source: { readonly reference: Reference; readonly repository: RegistryRepository },
  name: string,
  platform: Platform | undefined,
  signal?: AbortSignal,
): Promise<ImageGraph> {
  const reader = new GraphReader(source.repository);
  let top = await reader.read(name, undefined, signal);
  for (let depth = 0; platform && top.value.kind === 'index'; depth++) {
    if (depth === maxDepth) throw tooDeep();
    const chosen = choosePlatform(top.value, platform, familiarReference(source.reference));
    top = await reader.read(chosen.digest, chosen, signal);
  }
  await reader.walk(top, 0, signal);
  const parts = [...reader.generations].reverse().filter((generation) => generation.length > 0);
  return { top, parts, layers: [...reader.layers.values()], otherBlobs: [...reader.others.values()] };
}

class GraphReader {
  /** By depth below the top. */
  readonly generations: ReadDocument[][] = [];
  readonly layers = new Map<Digest, Descriptor>();
  readonly others = new Map<Digest, Descriptor>();
  readonly #repository: RegistryRepository;
  #bytes = 0;

  constructor(repository: RegistryRepository) {
    this.#repository = repository;
  }

  async read(name: string, expected: Descriptor | undefined, signal?: AbortSignal): Promise<ReadDocument> {
    const { descriptor, bytes } = await this.#repository.fetchManifest(name, signal);
    this.#bytes += bytes.length;
    if (this.#bytes > maxDocuments) {
      throw new EngineError('TooLarge', `the manifests are together larger than ${limitText(maxDocuments)}`);
    }
    const value = parseManifest(bytes, expected?.mediaType ?? descriptor.mediaType);
    return { descriptor: { ...descriptor, mediaType: value.mediaType }, bytes, value };
  }

  async walk({ value }: ReadDocument, depth: number, signal?: AbortSignal): Promise<void> {
    if (value.kind === 'manifest') {
      for (const layer of value.layers) this.layers.set(layer.digest, layer);
      this.others.set(value.config.digest, value.config);
      return;
    }
    if (depth === maxDepth) throw tooDeep();
    for (const child of value.manifests) await this.#walkChild(child, depth, signal);
  }

  async #walkChild(child: Descriptor, depth: number, signal?: AbortSignal): Promise<void> {
    if (!isManifestMediaType(child.mediaType) && !isIndexMediaType(child.mediaType)) {
      this.others.set(child.digest, plainDescriptor(child));
      return;
    }
    const document = await this.read(child.digest, child, signal);
    this.generations[depth] ??= [];
    this.generations[depth].push(document);
    await this.walk(document, depth + 1, signal);
  }
}

function tooDeep(): EngineError {
  return new EngineError('Corrupt', 'indexes are nested too deeply');
}
