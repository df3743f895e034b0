import type { Descriptor } from '../oci/descriptor.ts';
import type { Platform } from '../oci/platform.ts';
import { canonicalName, type Reference, tagOrDigest } from '../oci/reference.ts';
import type { RegistryRepository } from '../registry/registryRepository.ts';
import { allOrNone } from '../tasks/allOrNone.ts';
import type { BlobPushes, BlobToPush } from './blobPushes.ts';
import type { PushEvent } from './pushEvent.ts';
import { pushLayers } from './pushLayers.ts';
import { type ImageGraph, type ReadDocument, readRemoteGraph } from './remoteGraph.ts';

export interface CopyOptions {
  /** This platform's manifest only; by default the whole index with every platform. */
  readonly platform?: Platform;
}

export interface CopyEnd {
  readonly reference: Reference;
  readonly repository: RegistryRepository;
}

/**
 * From one repository to another, of one registry or two, without touching the disk: blobs are mounted within a registry
 * and otherwise pass through, verified and no faster than they are taken. Manifests and indexes keep their bytes, hence
 * their digests; what is there already is not sent. The tag (where the target has one) comes last.
 * @throws `NotFound`, `NoSuchPlatform`, `DigestMismatch`, and what the two registries throw
 */
export async function copy(
  source: CopyEnd,
  target: CopyEnd,
  blobs: BlobPushes,
  { platform }: CopyOptions,
  emit: (event: PushEvent) => void,
  signal: AbortSignal,
): Promise<void> {
  const { reference, repository } = target;
  const graph = await readRemoteGraph(source, tagOrDigest(source.reference), platform, signal);
  const { descriptor, bytes } = graph.top;
  emit({ kind: 'resolved', reference, manifest: descriptor, layers: graph.layers });
  const toPush = blobsOf(source, target);
  await pushLayers({ blobs, repository, reference, toPush }, graph.layers, emit, signal);
  const pushOther = (blob: Descriptor, _: number, cancel: AbortSignal): Promise<void> =>
    blobs.ensure(repository, toPush(blob), () => undefined, cancel);
  await allOrNone(graph.otherBlobs, pushOther, signal);
  await pushParts(graph, repository, signal);
  await repository.pushDocument(descriptor, bytes, reference.digest ? undefined : reference.tag, signal);
  emit({ kind: 'done', reference, digest: descriptor.digest, size: bytes.length });
}

function blobsOf(source: CopyEnd, target: CopyEnd): (blob: Descriptor) => BlobToPush {
  const isMountable =
    source.reference.registry === target.reference.registry &&
    canonicalName(source.reference) !== canonicalName(target.reference);
  const mountableFrom = isMountable ? [source.reference.repository] : [];
  return (descriptor) => ({
    descriptor,
    open: (signal) => source.repository.fetchUnverified(descriptor, undefined, signal),
    giveUp: (error) => source.repository.giveUp(descriptor, error),
    mountableFrom: async () => mountableFrom,
  });
}

/** What stands in an index must be there before it. */
async function pushParts(
  { parts }: ImageGraph,
  repository: RegistryRepository,
  signal: AbortSignal,
): Promise<void> {
  for (const generation of parts) {
    await allOrNone(
      generation,
      async ({ descriptor, bytes }: ReadDocument, _, cancel) => {
        if (await repository.exists(descriptor, cancel)) return;
        await repository.pushDocument(descriptor, bytes, undefined, cancel);
      },
      signal,
    );
  }
}
