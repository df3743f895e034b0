import type { Digest } from '../oci/digest.ts';
import type { Platform } from '../oci/platform.ts';

/** A tag as the list of a repository's tags has it: with no more than its name in most registries. */
export interface RepositoryTag {
  readonly tag: string;
  /** Of the index, or of the manifest where there is none. */
  readonly digest?: Digest;
  /** Attestations left out. */
  readonly platforms?: readonly TagPlatform[];
  /** When the registry got what it names now. */
  readonly updated?: Date;
}

export interface TagPlatform {
  readonly platform: Platform;
  /** Bytes of the layers as distributed. */
  readonly size?: number;
}

export interface RepositoryTags {
  readonly tags: readonly RepositoryTag[];
  /** How many there are in all. */
  readonly total: number;
}
