import { EngineError } from '../errors.ts';
import type { Platform } from '../oci/platform.ts';
import type { Reference } from '../oci/reference.ts';
import type { RegistryRepository } from '../registry/registryRepository.ts';
import type { PushEvent } from './pushEvent.ts';

export interface CopyOptions {
  /** This platform's manifest only; by default the whole index with every platform. */
  readonly platform?: Platform;
}

/** From one repository to another, of one registry or two, without touching the disk. */
export async function copy(
  _source: { readonly reference: Reference; readonly repository: RegistryRepository },
  _target: { readonly reference: Reference; readonly repository: RegistryRepository },
  _options: CopyOptions,
  _emit: (event: PushEvent) => void,
  _signal: AbortSignal,
): Promise<void> {
  throw new EngineError('Unsupported', 'copy');
}
