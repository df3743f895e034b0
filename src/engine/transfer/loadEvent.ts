import type { DiffId, Digest } from '../oci/digest.ts';
import type { TaggedReference } from '../oci/reference.ts';

/**
 * What loading an archive tells its watchers: how far it has been read, the layers as they go into the store, then each
 * image once it has its names.
 */
export type LoadEvent =
  | {
      readonly kind: 'reading';
      /** Bytes of the archive (as it comes, packed or not) that are here. */
      readonly received: number;
    }
  | {
      readonly kind: 'layer';
      readonly diffId: DiffId;
      readonly state: 'exists' | 'loading' | 'complete';
      /** Bytes of the layer as they stand in the archive. */
      readonly received: number;
      readonly size: number;
    }
  | {
      readonly kind: 'loaded';
      readonly id: Digest;
      readonly tags: readonly TaggedReference[];
      /** Tags that another image had; that image stays, by its ID. */
      readonly moved: readonly { readonly tag: TaggedReference; readonly from: Digest }[];
    };
