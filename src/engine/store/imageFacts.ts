import { EngineError } from '../errors.ts';
import { type Descriptor, plainDescriptor } from '../oci/descriptor.ts';
import type { Digest } from '../oci/digest.ts';
import { type ImageConfig, maxConfigBytes, parseImageConfig } from '../oci/imageConfig.ts';
import { type Index, type Manifest, maxManifestBytes, parseManifest } from '../oci/manifest.ts';
import { isImageConfigMediaType, isIndexMediaType, isManifestMediaType } from '../oci/mediaType.ts';
import { bestMatch, hostPlatform, type Platform } from '../oci/platform.ts';
import type { BlobFolder } from './blobFolder.ts';

/** Where blobs are read from, verified: a store's folder, an archive. */
export type BlobReader = Pick<BlobFolder, 'read' | 'has'>;

/** An image as its blobs describe it: for entries that other tools wrote. */
export interface ImageDocuments {
  /** Of the platform's manifest, also where the entry is an index. */
  readonly descriptor: Descriptor;
  readonly manifest: Manifest;
  /** The config's digest. */
  readonly id: Digest;
  readonly config: ImageConfig;
  readonly platform: Platform;
}

/** An index nests at most this deep here; registries know one level. */
const maxDepth = 4;

/**
 * Reads manifest and config. Of an index it takes the manifest that the host would run, of those that are there.
 * @returns `undefined` where it is no image: an artefact, a signature
 * @throws `NotFound` where a part, or every platform of an index, is not there, `Corrupt`, `DigestMismatch`, `Cancelled`
 */
export async function readImageDocuments(
  blobs: BlobReader,
  descriptor: Descriptor,
  signal?: AbortSignal,
  depth = 0,
): Promise<ImageDocuments | undefined> {
  if (!isManifestMediaType(descriptor.mediaType) && !isIndexMediaType(descriptor.mediaType)) return undefined;
  const bytes = await blobs.read(descriptor, maxManifestBytes, signal);
  const document = parseManifest(bytes, descriptor.mediaType);
  if (document.kind === 'manifest') return readConfig(blobs, descriptor, document, signal);
  if (depth === maxDepth) throw new EngineError('TooLarge', `indexes nest deeper than ${maxDepth} levels`);
  const child = await presentPlatform(blobs, document, descriptor.digest);
  return readImageDocuments(blobs, child, signal, depth + 1);
}

async function readConfig(
  blobs: BlobReader,
  descriptor: Descriptor,
  manifest: Manifest,
  signal: AbortSignal | undefined,
): Promise<ImageDocuments | undefined> {
  const { config: configDescriptor } = manifest;
  if (!isImageConfigMediaType(configDescriptor.mediaType)) return undefined;
  const config = parseImageConfig(await blobs.read(configDescriptor, maxConfigBytes, signal));
  return {
    descriptor: plainDescriptor(descriptor),
    manifest,
    id: configDescriptor.digest,
    config,
    platform: config.platform,
  };
}

async function presentPlatform(blobs: BlobReader, index: Index, digest: Digest): Promise<Descriptor> {
  const present: Descriptor[] = [];
  for (const child of index.manifests) if (await blobs.has(child)) present.push(child);
  const chosen = bestMatch(present, hostPlatform()) ?? present[0];
  if (chosen) return chosen;
  throw new EngineError('NotFound', `no platform of the index ${digest} is in the store`, {
    reference: digest,
  });
}
