import { EngineError } from '../errors.ts';
import type { Removal, StoredImage } from '../image.ts';
import type { FilterArguments } from '../listing/filterArguments.ts';
import type { ImageHome } from './storedImages.ts';

export interface PruneOptions {
  /** Every image, not only those without a tag. */
  readonly all?: boolean;
  /** `until`, `label`, `label!` */
  readonly filters?: FilterArguments;
}

/** What a prune takes, or would take. */
export interface Pruned {
  readonly images: readonly StoredImage[];
  /** Docker's lines, in its order. */
  readonly removals: readonly Removal[];
  /** Unpacked bytes of the layers that go: Docker's `Total reclaimed space`. */
  readonly reclaimedBytes: number;
  /** Bytes that the disk gets back. */
  readonly freedBytes: number;
}

/** What {@link pruneImages} would take now; changes nothing. */
export async function planPrune(
  _home: ImageHome,
  _options: PruneOptions,
  _signal?: AbortSignal,
): Promise<Pruned> {
  throw new EngineError('Unsupported', 'prune');
}

export async function pruneImages(
  _home: ImageHome,
  _options: PruneOptions,
  _signal?: AbortSignal,
): Promise<Pruned> {
  throw new EngineError('Unsupported', 'prune');
}
