import { EngineError } from '../errors.ts';
import type { Descriptor } from '../oci/descriptor.ts';
import type { DiffId, Digest } from '../oci/digest.ts';
import type { Compression } from '../oci/mediaType.ts';
import type { TableOfContents } from './tableOfContents.ts';

/** A piece of a file, bytes. */
export interface FileSection {
  readonly offset: number;
  readonly size: number;
}

/** A layer to read once, from its first byte to its last: verified, indexed and, if asked for, kept. */
export interface LayerJob {
  /** The bytes must match its digest and size. */
  readonly descriptor: Descriptor;
  /** What the config says of the uncompressed tar, where it is known. */
  readonly diffId?: DiffId;
  /**
   * The file that keeps the bytes. Its first `offset` bytes are those of an earlier attempt: they are read again for the
   * digests, what stands behind them is cut off, and the source is opened for the rest. Left as it is on errors, so that
   * the caller may continue or (`DigestMismatch`) discard it.
   */
  readonly ingest?: { readonly path: string; readonly offset: number };
  /** Instead of a source: a file with the layer's bytes. */
  readonly file?: string;
  /** Where in the file they are, where it has more than these: an archive. */
  readonly section?: FileSection;
  /** Instead of the layer: its table of contents, whose bytes the source gives. */
  readonly table?: TableOfContents;
  /** Where the layer index goes; replaced by rename. */
  readonly indexFile: string;
}

export interface LayerResult {
  /** Of the bytes as distributed. */
  readonly digest: Digest;
  readonly diffId: DiffId;
  /** Bytes as distributed. */
  readonly size: number;
  /** Bytes of the tar. */
  readonly uncompressedSize: number;
  /** Sum of the sizes of regular files, bytes: Docker's size of the layer. */
  readonly contentSize: number;
  /** Rows of the index, implied folders included. */
  readonly entries: number;
  /** What the bytes were, whatever the media type says. */
  readonly compression: Compression;
}

/** The layer's bytes are as its digest says, but unpack to something else than the config says. */
export function diffIdMismatch(digest: Digest, expected: DiffId, actual: DiffId): EngineError {
  const message = `the layer ${digest} unpacks to the diffId ${actual}, but the config says ${expected}`;
  return new EngineError('DigestMismatch', message, { expected, actual });
}
