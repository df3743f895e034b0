import type { Descriptor } from '../oci/descriptor.ts';
import type { DiffId, Digest } from '../oci/digest.ts';
import type { Reference } from '../oci/reference.ts';

/** What a push or a copy between registries tells its watchers, in this order per reference: resolved, layer…, done. */
export type PushEvent =
  | {
      readonly kind: 'resolved';
      /** Where it goes. */
      readonly reference: Reference;
      /** What is pushed: a manifest, or (copies) an index. */
      readonly manifest: Descriptor;
      /** Lowest first; of an index those of all its manifests, each once. */
      readonly layers: readonly Descriptor[];
      /** Of the layers, in their order; absent where no config was read (copies). */
      readonly diffIds?: readonly DiffId[];
    }
  | {
      readonly kind: 'layer';
      readonly reference: Reference;
      readonly layer: Descriptor;
      /**
       * `exists` there already; `mounted` was taken over from another repository of the registry, `from`; `skipped` is
       * a foreign layer, which no registry but its own may distribute.
       */
      readonly state: 'waiting' | 'uploading' | 'complete' | 'exists' | 'mounted' | 'skipped';
      /** Bytes of `layer.size` that have been sent. */
      readonly sent: number;
      readonly from?: string;
    }
  | {
      readonly kind: 'done';
      readonly reference: Reference;
      readonly digest: Digest;
      /** Bytes of the manifest or index: Docker's `1.0: digest: sha256:… size: 528`. */
      readonly size: number;
    };
