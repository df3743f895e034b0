import type { Descriptor } from '../oci/descriptor.ts';
import type { Digest } from '../oci/digest.ts';
import type { Platform } from '../oci/platform.ts';
import type { Reference } from '../oci/reference.ts';

/** What a pull tells its watchers, in this order per reference: resolved, layer…, done. */
export type PullEvent =
  | {
      readonly kind: 'resolved';
      readonly reference: Reference;
      /** Of the index, or of the manifest where there is none. */
      readonly digest: Digest;
      readonly manifest: Descriptor;
      /** Whether the store has that image already, under whatever name. */
      readonly isStored: boolean;
      readonly platform: Platform;
      /** The index's platforms; empty where the registry gave a manifest without an index. */
      readonly platforms: readonly Platform[];
      /** Lowest first. */
      readonly layers: readonly Descriptor[];
    }
  | {
      readonly kind: 'layer';
      readonly reference: Reference;
      readonly layer: Descriptor;
      /** `waiting` for a worker or another process; `complete` is verified and on disk. */
      readonly state: 'exists' | 'waiting' | 'downloading' | 'complete';
      /** Bytes of `layer.size` that are here. */
      readonly received: number;
    }
  | {
      readonly kind: 'done';
      readonly reference: Reference;
      readonly digest: Digest;
      readonly id: Digest;
      /** Whether anything changed: a new image or a tag that moved. */
      readonly status: 'downloaded' | 'upToDate';
      /** The ID of the image that had the tag before, where it was another one: it stays in the store. */
      readonly movedFrom?: Digest;
      /** Where there is one image only and it is for another platform than was asked for. */
      readonly mismatch?: { readonly wanted: Platform; readonly actual: Platform };
    };
