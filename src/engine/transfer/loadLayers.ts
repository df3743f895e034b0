import { EngineError } from '../errors.ts';
import { allOrNone } from '../tasks/allOrNone.ts';
import type { LayerProgress, LayerSource, LayerTransfers } from './layerTransfers.ts';
import type { LoadableImage, LoadableLayer } from './loadableImage.ts';
import type { LoadEvent } from './loadEvent.ts';

/**
 * Brings the layers of all images into the store, each once.
 * @throws `DigestMismatch`, `Corrupt`, `TooLarge`: the first that is wrong ends it
 */
export async function loadLayers(
  transfers: LayerTransfers,
  images: readonly LoadableImage[],
  emit: (event: LoadEvent) => void,
  signal: AbortSignal,
): Promise<void> {
  const load = (layer: LoadableLayer, _: number, cancel: AbortSignal): Promise<void> => {
    const watch = (progress: LayerProgress): void => tell(layer, progress, emit);
    return transfers.ensure(sourceOf(layer), layer.descriptor, layer.diffId, watch, cancel);
  };
  await allOrNone(distinctLayers(images), load, signal);
}

function distinctLayers(images: readonly LoadableImage[]): readonly LoadableLayer[] {
  const layers = images.flatMap((image) => image.layers);
  return [...new Map(layers.map((layer) => [`${layer.descriptor.digest} ${layer.diffId}`, layer])).values()];
}

/** The file is moved, never read; what was not kept is in the store, or was until a moment ago. */
function sourceOf({ file }: LoadableLayer): LayerSource {
  return {
    moveTo: async (_, path) => (await file?.moveTo?.(path)) ?? false,
    fetchUnverified: async ({ digest }) => {
      throw new EngineError('NotFound', `the layer ${digest} has gone from the store meanwhile: load again`, {
        reference: digest,
      });
    },
  };
}

function tell(
  { descriptor: { size }, diffId }: LoadableLayer,
  { state, received }: LayerProgress,
  emit: (event: LoadEvent) => void,
): void {
  if (state === 'waiting') return;
  emit({ kind: 'layer', diffId, state: state === 'downloading' ? 'loading' : state, received, size });
}
