import type { Descriptor } from '../oci/descriptor.ts';
import { isForeignLayer } from '../oci/mediaType.ts';
import type { Reference } from '../oci/reference.ts';
import type { RegistryRepository } from '../registry/registryRepository.ts';
import { allOrNoneOf } from '../tasks/allOrNone.ts';
import type { BlobPushes, BlobPushProgress, BlobToPush } from './blobPushes.ts';
import type { PushEvent } from './pushEvent.ts';

/** Where the layers of a push or copy go, and where they come from. */
export interface LayerRoute {
  readonly blobs: BlobPushes;
  readonly repository: RegistryRepository;
  /** For the events. */
  readonly reference: Reference;
  readonly toPush: (blob: Descriptor) => BlobToPush;
}

/** As many as Docker uploads. */
const atOnce = 5;

/** Each layer once, the top one first, as Docker pushes; foreign ones stay where they are. The first failure ends all. */
export async function pushLayers(
  { blobs, repository, reference, toPush }: LayerRoute,
  layers: readonly Descriptor[],
  emit: (event: PushEvent) => void,
  signal: AbortSignal,
): Promise<void> {
  const unique = [...new Map(layers.map((layer) => [layer.digest, layer])).values()].reverse();
  for (const layer of unique.slice(atOnce)) {
    emit({ kind: 'layer', reference, layer, state: 'waiting', sent: 0 });
  }
  const push = async (layer: Descriptor, _: number, cancel: AbortSignal): Promise<void> => {
    if (isForeignLayer(layer.mediaType)) {
      return emit({ kind: 'layer', reference, layer, state: 'skipped', sent: 0 });
    }
    const tell = (progress: BlobPushProgress): void => emit({ kind: 'layer', reference, layer, ...progress });
    await blobs.ensure(repository, toPush(layer), tell, cancel);
  };
  await allOrNoneOf(atOnce, unique, push, signal);
}
