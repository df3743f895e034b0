import type { Descriptor } from '../../src/engine/oci/descriptor.ts';
import { digestOf } from '../../src/engine/oci/digest.ts';
import { mediaType } from '../../src/engine/oci/mediaType.ts';

/** The worker's entry, run from source. */
export const layerWorkerFile = new URL('../../src/engine/layers/layerWorker.ts', import.meta.url);

export function layerDescriptor(blob: Uint8Array, type: string = mediaType.ociLayer): Descriptor {
  return { mediaType: type, digest: digestOf(blob), size: blob.length };
}
