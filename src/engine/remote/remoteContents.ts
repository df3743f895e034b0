import { EngineError } from '../errors.ts';
import type { ReadableImage, ReadingProgress } from '../image.ts';
import { choosePlatform } from '../oci/choosePlatform.ts';
import { type Descriptor, plainDescriptor } from '../oci/descriptor.ts';
import type { Digest } from '../oci/digest.ts';
import { parseImageConfig } from '../oci/imageConfig.ts';
import { type Manifest, parseManifest } from '../oci/manifest.ts';
import { isImageConfigMediaType } from '../oci/mediaType.ts';
import type { Platform } from '../oci/platform.ts';
import { canonicalName, familiarReference, type Reference, withDigest, withTag } from '../oci/reference.ts';
import { allOrNone } from '../tasks/allOrNone.ts';
import type { RemoteImages } from './remoteImages.ts';
import type { RemoteLayers } from './remoteLayers.ts';

/** An index may hold indexes; real ones do not go deeper. */
const maxDepth = 4;

export interface FoundImage {
  readonly image: ReadableImage;
  readonly manifest: Manifest;
  readonly diffIds: readonly Digest[];
}

/**
 * The image that a platform runs, by its documents alone.
 * @throws `NotFound`, `NoSuchPlatform`, `Unsupported` where it is no image, `Corrupt` where it contradicts itself
 */
export async function findRemoteImage(
  remote: RemoteImages,
  reference: Reference,
  platform: Platform,
  signal?: AbortSignal,
): Promise<FoundImage> {
  const top = await remote.manifest(reference, signal);
  let { descriptor, bytes } = top;
  let value = parseManifest(bytes, descriptor.mediaType);
  for (let depth = 0; value.kind === 'index'; depth++) {
    if (depth === maxDepth) throw new EngineError('TooLarge', `indexes nest deeper than ${maxDepth} levels`);
    descriptor = choosePlatform(value, platform, familiarReference(reference));
    bytes = await remote.document(reference, descriptor, 'manifest', signal);
    value = parseManifest(bytes, descriptor.mediaType);
  }
  return foundImage(remote, reference, { top: top.descriptor, descriptor, manifest: value }, signal);
}

async function foundImage(
  remote: RemoteImages,
  reference: Reference,
  found: { readonly top: Descriptor; readonly descriptor: Descriptor; readonly manifest: Manifest },
  signal?: AbortSignal,
): Promise<FoundImage> {
  const { manifest, descriptor, top } = found;
  if (!isImageConfigMediaType(manifest.config.mediaType)) {
    throw new EngineError('Unsupported', `${familiarReference(reference)} is no image`);
  }
  const config = parseImageConfig(await remote.document(reference, manifest.config, 'config', signal));
  const { tag } = reference;
  const image: ReadableImage = {
    id: manifest.config.digest,
    manifest: plainDescriptor(descriptor),
    tags: tag === undefined ? [] : [withTag(reference, tag)],
    repoDigests: [withDigest(reference, top.digest)],
    platform: config.platform,
    ...(config.created && { created: config.created }),
  };
  return { image, manifest, diffIds: config.diffIds };
}

/** Reads what has to be read before the files of an image can be listed, telling how far it is. */
export async function readRemoteLayers(
  layers: RemoteLayers,
  { manifest, diffIds }: FoundImage,
  emit: (progress: ReadingProgress) => void,
  signal: AbortSignal,
): Promise<void> {
  // By place; those that turn out to be known are not counted.
  const received = new Map(manifest.layers.map((_, place) => [place, 0]));
  const begun = new Set<number>();
  let done = 0;
  const tell = () => {
    const sizes = [...received.keys()].map((place) => manifest.layers[place]?.size ?? 0);
    emit({ layers: received.size, done, received: sumOf(received.values()), total: sumOf(sizes) });
  };
  const read = async (layer: Descriptor, place: number, cancel: AbortSignal): Promise<void> => {
    const diffId = diffIds[place];
    if (diffId === undefined) return;
    const onProgress = (bytes: number) => {
      begun.add(place);
      received.set(place, bytes);
      tell();
    };
    await layers.read(layer, diffId, onProgress, cancel);
    if (begun.has(place)) {
      done++;
      onProgress(layer.size);
    } else received.delete(place);
  };
  await allOrNone(manifest.layers, read, signal);
}

function sumOf(numbers: Iterable<number>): number {
  let sum = 0;
  for (const number of numbers) sum += number;
  return sum;
}

/** What an image is remembered by: the repository decides who is asked. */
export function remoteKey(reference: Reference, { manifest }: ReadableImage): string {
  return `${canonicalName(reference)}@${manifest.digest}`;
}
