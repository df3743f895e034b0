import type { Readable } from 'node:stream';
import type { Descriptor } from './oci/descriptor.ts';

/**
 * A part of a blob: from `offset`, `length` bytes or to the end. What reaches past the end is cut off there; an offset
 * behind the end is `Invalid`.
 */
export interface ByteRange {
  readonly offset: number;
  readonly length?: number;
}

/**
 * A place that holds graphs of descriptors under names: a registry's repository, the store, an archive, a Docker engine.
 * After oras-go's `Target`. What a name is, is the target's own: a tag or digest within a registry's repository, a
 * canonical reference in the store.
 *
 * Promised by every implementation, and tested by `test/contract`:
 * - a name or blob that is not there is `NotFound`; no other error means absence, and absence means nothing else;
 * - `fetch` gives exactly the descriptor's bytes (or the range's); a blob of another size or digest never ends cleanly:
 *   the stream fails with `DigestMismatch` (for a range: the size is checked, the digest cannot be);
 * - `push` verifies size and digest while it streams; content that does not match leaves nothing behind; pushing what
 *   is there already succeeds and need not read the content;
 * - a fired signal ends every call with `Cancelled`, and nothing half done can be seen.
 */
export interface Target {
  /** For messages: a host and path, a folder, a file. */
  readonly label: string;
  resolve(name: string, signal?: AbortSignal): Promise<Descriptor>;
  /** The caller closes the stream (reading it to the end does). */
  fetch(descriptor: Descriptor, range?: ByteRange, signal?: AbortSignal): Promise<Readable>;
  exists(descriptor: Descriptor, signal?: AbortSignal): Promise<boolean>;
  push?(descriptor: Descriptor, content: AsyncIterable<Uint8Array>, signal?: AbortSignal): Promise<void>;
  /** Gives the descriptor (which must be there) a name, taking it from what had it. */
  tag?(descriptor: Descriptor, name: string, signal?: AbortSignal): Promise<void>;
  /** Takes a name away; what it named stays. `NotFound` where there is no such name. */
  untag?(name: string, signal?: AbortSignal): Promise<void>;
  /** Deletes a manifest or index with all its names. */
  delete?(descriptor: Descriptor, signal?: AbortSignal): Promise<void>;
  /** Names, in no promised order. */
  list?(signal?: AbortSignal): AsyncIterable<string>;
  /**
   * Manifests that name the descriptor as their subject: signatures, bills of materials, attestations. None where nothing
   * refers to it. What they are and what they say of themselves is the place's word until they are read.
   */
  referrers?(subject: Descriptor, signal?: AbortSignal): AsyncIterable<Descriptor>;
}
