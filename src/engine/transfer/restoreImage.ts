import { EngineError } from '../errors.ts';
import type { Descriptor } from '../oci/descriptor.ts';
import type { Digest } from '../oci/digest.ts';
import type { RegistryRepository } from '../registry/registryRepository.ts';
import type { Store } from '../store/store.ts';
import { readConfig, readManifest } from './imageDocuments.ts';
import type { LayerTransfers } from './layerTransfers.ts';

export interface RestoreParts {
  readonly repository: RegistryRepository;
  readonly store: Store;
  readonly layers: LayerTransfers;
}

/** Fetches whatever the store lacks of an image it knows, byte for byte the same. @throws what a pull throws */
export async function restoreImage(
  parts: RestoreParts,
  image: Descriptor,
  signal?: AbortSignal,
): Promise<void> {
  await using lease = await parts.store.lease(signal);
  const keep = (digests: readonly Digest[]) => lease.add(digests, signal);
  const documents = { ...parts, keep };
  const { value: manifest } = await readManifest(documents, image, signal);
  if (manifest.kind === 'index') {
    throw new EngineError('Unsupported', `${image.digest} is an index that another tool stored`);
  }
  await keep([manifest.config.digest, ...manifest.layers.map(({ digest }) => digest)]);
  const config = await readConfig(documents, manifest, signal);
  await parts.layers.ensureAll(parts.repository, manifest.layers, config.diffIds, () => undefined, signal);
}
