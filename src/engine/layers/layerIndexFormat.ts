import type { LayerEntryType } from '../image.ts';

/**
 * The file of a layer index: a fixed header, then columns, each aligned to 8 bytes, then the checksums of its pages, in
 * this machine's byte order (the file is a cache and never leaves it).
 *
 * Header: magic (8 bytes), endianness mark and version (uint32 each), CRC-32 of the table and then the pages' checksums,
 * number of columns (uint32 each), the table: offset and length in bytes as float64 pairs, one for each of {@link columns}.
 *
 * Pages: {@link pageBytes} of the file each, from its beginning to the end of the columns; of each a CRC-32 (uint32), in
 * the first one of what is behind the header. So a part of a large index can be read, and relied on, without the rest.
 */
export const magic = 'STRATALI';
export const endianMark = 0x01020304;
export const formatVersion = 3;
export const checksumOffset = 16;
export const tableOffset = 24;
export const alignment = 8;
export const pageBytes = 64 * 1024;

/** Entries are sorted by (bytes of path, rank of kind), so that what a layer deletes stands before what it puts there. */
export const columns = [
  /** JSON: {@link LayerIndexFacts}. */
  'facts',
  /** Uint8: {@link kindCodes}. */
  'kind',
  /** Uint16 */
  'mode',
  /** Uint32: row in `owners`. */
  'owner',
  /** Float64 pairs uid, gid. */
  'owners',
  /** Float64: bytes; of devices (major * 2³² + minor). */
  'size',
  /** Float64: seconds. */
  'mtime',
  /** Float64: where the content begins in the uncompressed tar; -1 for a hard link to a lower layer and for implied folders. */
  'dataOffset',
  /** Uint32: where each path ends in `paths`; it begins where the one before ends. */
  'pathEnd',
  'paths',
  /** Uint32: where each link target ends in `links`. */
  'linkEnd',
  'links',
  /** 32 bytes each: SHA-256 of a regular file's content, zeros for all else. */
  'content',
  /** Uint32: entries that have extended attributes, ascending. */
  'xattrEntry',
  /** Uint32: where each one's attributes end in `xattrs`. */
  'xattrEnd',
  /** For each attribute: uint32 length of name and of value, name, value. */
  'xattrs',
  /** Uint32: entries that are sparse, ascending. */
  'sparseEntry',
  /** Uint32: where each one's segments end in `segments`. */
  'sparseEnd',
  /** Float64 pairs offset in the file, length. */
  'segments',
] as const;

export const headerBytes = tableOffset + columns.length * 16;

export type ColumnName = (typeof columns)[number];

/** In the order in which kinds of the same path are sorted. `implied` is a folder that only its content speaks of. */
export const kinds = [
  'whiteout',
  'opaque',
  'implied',
  'directory',
  'file',
  'hardlink',
  'symlink',
  'character',
  'block',
  'fifo',
] as const satisfies readonly (LayerEntryType | 'implied')[];

export type EntryKind = (typeof kinds)[number];

export const kindCode = Object.fromEntries(kinds.map((kind, code) => [kind, code])) as Record<
  EntryKind,
  number
>;

/** Mode of folders that no entry describes, as Docker makes them (its `ImpliedDirectoryMode`), owned by root. */
export const impliedMode = 0o755;

export interface LayerIndexFacts {
  readonly diffId: string;
  /** Of the tar, bytes. */
  readonly uncompressedSize: number;
  /** Sum of the sizes of regular files, bytes: Docker's size of the layer. */
  readonly contentSize: number;
  /** Implied folders included. */
  readonly entries: number;
  /** Whether any entry is a hard link. */
  readonly hardLinks: boolean;
  /** Made of the layer's table of contents: the tar's own size is not known, and `dataOffset`s are not places in it. */
  readonly listed?: true;
}
