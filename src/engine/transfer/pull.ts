import { EngineError } from '../errors.ts';
import type { LayerIndexes } from '../layers/layerIndexes.ts';
import { runnableManifests } from '../oci/choosePlatform.ts';
import type { Descriptor } from '../oci/descriptor.ts';
import type { Digest } from '../oci/digest.ts';
import type { ImageConfig } from '../oci/imageConfig.ts';
import { bestMatch, hostPlatform, type Platform } from '../oci/platform.ts';
import { canonicalReference, familiarName, type Reference } from '../oci/reference.ts';
import type { RegistryRepository } from '../registry/registryRepository.ts';
import type { StoreEntry } from '../store/entries.ts';
import type { Store } from '../store/store.ts';
import { type FoundManifest, findManifest, readConfig } from './imageDocuments.ts';
import type { LayerProgress, LayerTransfers } from './layerTransfers.ts';
import { nameImage } from './nameImage.ts';
import type { PullEvent } from './pullEvent.ts';

export interface PullParts {
  readonly repository: RegistryRepository;
  readonly store: Store;
  readonly layers: LayerTransfers;
  readonly indexes: LayerIndexes;
}

/** What a Dockerfile begins `FROM` where it begins from nothing. */
const noBaseImage = 'scratch';

/**
 * Brings the image that the reference names into the store: resolve, index, the platform's manifest, config, then the
 * layers side by side. What is there already is not asked for again. The name is written last, so that an image in the
 * store is a whole one; whatever was half done is continued by the next pull.
 * @param platform the host's by default
 * @throws `Invalid` where nothing can have the name, `NotFound`, `NoSuchPlatform`, `DigestMismatch`, `Corrupt`, `Cancelled` and what the registry and store throw
 */
export async function pull(
  parts: PullParts,
  reference: Reference,
  platform: Platform | undefined,
  emit: (event: PullEvent) => void,
  signal: AbortSignal,
): Promise<void> {
  if (familiarName(reference) === noBaseImage) {
    throw new EngineError('Invalid', `'${noBaseImage}' is a reserved name`);
  }
  await using lease = await parts.store.lease(signal);
  const documents = { ...parts, keep: (digests: readonly Digest[]) => lease.add(digests, signal) };
  const found = await findManifest(documents, reference, platform ?? hostPlatform(), signal);
  const { config: configDescriptor, layers } = found.manifest;
  await lease.add([configDescriptor.digest, ...layers.map(({ digest }) => digest)], signal);
  const config = await readConfig(documents, found.manifest, signal);
  emit(resolvedEvent(reference, found, config, await isStored(parts.store, found, signal)));
  const onLayer = (layer: Descriptor, progress: LayerProgress): void =>
    emit({ kind: 'layer', reference, layer, ...progress });
  await parts.layers.ensureAll(parts.repository, layers, config.diffIds, onLayer, signal);
  const { changed, movedFrom } = await name(parts, reference, found, config, signal);
  const hasMismatch = platform && !bestMatch([{ platform: config.platform }], platform);
  emit({
    kind: 'done',
    reference,
    digest: found.top.digest,
    id: configDescriptor.digest,
    status: changed ? 'downloaded' : 'upToDate',
    ...(movedFrom !== undefined && { movedFrom }),
    ...(hasMismatch && { mismatch: { wanted: platform, actual: config.platform } }),
  });
}

function resolvedEvent(
  reference: Reference,
  found: FoundManifest,
  config: ImageConfig,
  isHere: boolean,
): PullEvent {
  return {
    kind: 'resolved',
    reference,
    digest: found.top.digest,
    manifest: found.descriptor,
    isStored: isHere,
    platform: config.platform,
    platforms: found.index ? runnableManifests(found.index).map((entry) => entry.platform) : [],
    layers: found.manifest.layers,
  };
}

/** Several manifests may name one image. */
async function isStored(
  store: Store,
  { descriptor, manifest }: FoundManifest,
  signal: AbortSignal,
): Promise<boolean> {
  const isThat = (entry: StoreEntry) =>
    entry.descriptor.digest === descriptor.digest || entry.imageId === manifest.config.digest;
  return (await store.entries(signal)).some(isThat);
}

interface Named {
  /** A new image, or a tag that moved. */
  readonly changed: boolean;
  readonly movedFrom?: Digest | undefined;
}

/** Gives the image its name. Tells what that changed. */
async function name(
  { store, indexes }: PullParts,
  reference: Reference,
  found: FoundManifest,
  config: ImageConfig,
  signal: AbortSignal,
): Promise<Named> {
  const { manifest, descriptor } = found;
  const sizes = await Promise.all(
    manifest.layers.map((layer, position) => indexes.contentSize(layer, config.diffIds[position], signal)),
  );
  const image = {
    manifest: descriptor,
    platform: config.platform,
    id: manifest.config.digest,
    created: config.created,
    size: sizes.reduce((sum, size) => sum + size, 0),
  };
  let named: Named = { changed: false };
  await store.update((entries) => {
    const naming = nameImage(entries, image, reference, found.top.digest);
    named = { changed: naming.changed, movedFrom: earlierImage(entries, reference, image.id) };
    return naming.entries;
  }, signal);
  return named;
}

/** The ID of the image that has the tag, unless it is this one. A digest does not move. */
function earlierImage(entries: readonly StoreEntry[], reference: Reference, id: Digest): Digest | undefined {
  if (reference.digest !== undefined) return undefined;
  const name = canonicalReference(reference);
  const earlier = entries.find((entry) => entry.name === name)?.imageId;
  return earlier === id ? undefined : earlier;
}
