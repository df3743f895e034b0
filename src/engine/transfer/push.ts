import { EngineError } from '../errors.ts';
import type { StoredImage } from '../image.ts';
import type { TaggedReference } from '../oci/reference.ts';
import type { RegistryRepository } from '../registry/registryRepository.ts';
import type { Store } from '../store/store.ts';
import type { PushEvent } from './pushEvent.ts';

export interface PushParts {
  readonly store: Store;
  readonly repository: RegistryRepository;
}

export async function push(
  _parts: PushParts,
  _image: StoredImage,
  _reference: TaggedReference,
  _emit: (event: PushEvent) => void,
  _signal: AbortSignal,
): Promise<void> {
  throw new EngineError('Unsupported', 'push');
}
