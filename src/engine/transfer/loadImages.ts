import { EngineError } from '../errors.ts';
import type { ImageHome } from '../images/storedImages.ts';
import type { LayerPool } from '../layers/layerPool.ts';
import type { LoadEvent } from './loadEvent.ts';

export interface LoadParts extends ImageHome {
  readonly pool: LayerPool;
}

/** Reads a docker-archive or the tar of an OCI layout, plain or compressed with gzip or zstd. */
export async function loadImages(
  _parts: LoadParts,
  _archive: AsyncIterable<Uint8Array>,
  _emit: (event: LoadEvent) => void,
  _signal: AbortSignal,
): Promise<void> {
  throw new EngineError('Unsupported', 'load');
}
