import { EngineError, isEngineError, throwIfCancelled } from '../errors.ts';
import type { StoredImage } from '../image.ts';
import { noSuchTag } from '../images/repositoryTags.ts';
import { type ImageHome, requireReadable, storedImages } from '../images/storedImages.ts';
import { type Descriptor, plainDescriptor } from '../oci/descriptor.ts';
import { maxConfigBytes, parseImageConfig } from '../oci/imageConfig.ts';
import { maxManifestBytes, parseManifest } from '../oci/manifest.ts';
import { isForeignLayer } from '../oci/mediaType.ts';
import { canonicalReference, type TaggedReference, withDigest } from '../oci/reference.ts';
import type { RegistryRepository } from '../registry/registryRepository.ts';
import { addRepoDigest } from '../store/entries.ts';
import type { Store } from '../store/store.ts';
import type { BlobPushes, BlobToPush } from './blobPushes.ts';
import { MountSources } from './mountSources.ts';
import type { PushEvent } from './pushEvent.ts';
import { pushLayers } from './pushLayers.ts';

export interface PushParts {
  readonly home: ImageHome;
  readonly repository: RegistryRepository;
  readonly blobs: BlobPushes;
}

/**
 * Sends the image that the tag names to the tag's registry, byte for byte as it is stored, so that its digest stays. The
 * layers that the registry lacks go first, a few at a time; then the config; the manifest last, so that the registry
 * shows the tag once everything is there. The store then knows the image by the registry's digest too.
 * @throws `NotFound` in Docker's words where the store has no such tag, `DigestMismatch` with a `path` where a blob in
 *   the store is damaged or missing, and what the registry throws
 */
export async function push(
  parts: PushParts,
  reference: TaggedReference,
  emit: (event: PushEvent) => void,
  signal: AbortSignal,
): Promise<void> {
  const { store } = parts.home;
  const images = await storedImages(parts.home, signal);
  const image = await taggedImage(parts.home, images, reference, signal);
  const descriptor = plainDescriptor(image.manifest);
  await using lease = await store.lease(signal);
  await lease.add([descriptor.digest], signal);
  const bytes = await readDocument(store, descriptor, maxManifestBytes, signal);
  const manifest = parseManifest(bytes, descriptor.mediaType);
  if (manifest.kind === 'index')
    throw new EngineError('Corrupt', `${descriptor.digest} is no image's manifest`);
  const { config, layers } = manifest;
  await lease.add([config.digest, ...layers.map(({ digest }) => digest)], signal);
  const { diffIds } = parseImageConfig(await readDocument(store, config, maxConfigBytes, signal));
  emit({ kind: 'resolved', reference, manifest: descriptor, layers, diffIds });

  const toPush = blobsOf(store, new MountSources(store, [image, ...images], reference));
  try {
    await pushLayers({ ...parts, reference, toPush }, layers, emit, signal);
    await parts.blobs.ensure(parts.repository, toPush(config), () => undefined, signal);
  } catch (error) {
    throw await explained(store, layers, error, signal);
  }
  await parts.repository.pushDocument(descriptor, bytes, reference.tag, signal);
  await recordDigest(store, image, reference, signal);
  emit({ kind: 'done', reference, digest: descriptor.digest, size: bytes.length });
}

async function taggedImage(
  home: ImageHome,
  images: readonly StoredImage[],
  reference: TaggedReference,
  signal: AbortSignal,
): Promise<StoredImage> {
  const name = canonicalReference(reference);
  const found = images.find(({ tags }) => tags.some((tag) => canonicalReference(tag) === name));
  if (found) return found;
  await requireReadable(home, name, signal);
  throw noSuchTag(images, reference);
}

function blobsOf(store: Store, sources: MountSources): (blob: Descriptor) => BlobToPush {
  return (descriptor) => ({
    descriptor,
    // A range of all of it leaves the hashing to the upload.
    open: (signal) => store.fetch(plainDescriptor(descriptor), { offset: 0 }, signal),
    mountableFrom: (signal) => sources.of(descriptor.digest, signal),
  });
}

async function readDocument(
  store: Store,
  document: Descriptor,
  maxBytes: number,
  signal: AbortSignal,
): Promise<Uint8Array> {
  try {
    return await store.readBlob(plainDescriptor(document), maxBytes, signal);
  } catch (error) {
    if (isEngineError(error, 'NotFound', 'DigestMismatch')) throw damaged(store, document, error);
    throw error;
  }
}

/** Whose fault wrong or missing bytes are, the store's or the registry's: what the store has is read again to tell. */
async function explained(
  store: Store,
  layers: readonly Descriptor[],
  error: unknown,
  signal: AbortSignal,
): Promise<unknown> {
  if (!isEngineError(error, 'NotFound', 'DigestMismatch')) return error;
  for (const layer of layers.filter(({ mediaType }) => !isForeignLayer(mediaType))) {
    if (await isDamaged(store, layer, signal)) return damaged(store, layer, error);
  }
  return error;
}

async function isDamaged(store: Store, blob: Descriptor, signal: AbortSignal): Promise<boolean> {
  try {
    const stream = await store.fetch(plainDescriptor(blob), undefined, signal);
    for await (const _ of stream) throwIfCancelled(signal);
    return false;
  } catch (error) {
    if (isEngineError(error, 'NotFound', 'DigestMismatch', 'Corrupt')) return true;
    throw error;
  }
}

function damaged(store: Store, { digest }: Descriptor, cause: EngineError): EngineError {
  const message = `the store's copy of ${digest} is ${cause.reason === 'NotFound' ? 'missing' : 'not what it should be'}`;
  return new EngineError(
    'DigestMismatch',
    message,
    { ...cause.facts, reference: digest, path: store.blobPath(digest) },
    cause,
  );
}

/** As Docker's RepoDigests after a push. An image that was removed meanwhile stays removed. */
async function recordDigest(
  store: Store,
  { manifest }: StoredImage,
  reference: TaggedReference,
  signal: AbortSignal,
): Promise<void> {
  const repoDigest = withDigest(reference, manifest.digest);
  await store.update((entries) => {
    const isThere = entries.some(({ descriptor }) => descriptor.digest === manifest.digest);
    return isThere ? addRepoDigest(entries, { manifest }, repoDigest) : entries;
  }, signal);
}
