import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { Descriptor } from '../../src/engine/oci/descriptor.ts';
import { Digester } from '../../src/engine/oci/digest.ts';
import { mediaType } from '../../src/engine/oci/mediaType.ts';

/** Of a layer's file. Without the file in memory, which would hide what is measured. */
export async function gzipDescriptor(path: string): Promise<Descriptor> {
  const digester = new Digester();
  for await (const chunk of createReadStream(path)) digester.update(chunk);
  return { mediaType: mediaType.ociLayerGzip, digest: digester.digest(), size: (await stat(path)).size };
}
