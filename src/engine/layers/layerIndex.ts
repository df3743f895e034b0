import { EngineError } from '../errors.ts';
import type { FileRow, LayerEntryType } from '../image.ts';
import { type DiffId, parseDigest } from '../oci/digest.ts';
import { asObject, asSize, type JsonObject } from '../oci/json.ts';
import type { Numbers } from './columns.ts';
import { contentDigestBytes } from './contentHasher.ts';
import { decodePath, encodePath } from './entryText.ts';
import { IndexFile } from './indexFile.ts';
import { IndexFileColumns } from './indexFileColumns.ts';
import { type EntryKind, kinds } from './layerIndexFormat.ts';
import { type PackedStrings, parseXattrs, placeIn } from './packedStrings.ts';
import { childPlaces, lowerBound, placesOf, type SortedPaths } from './sortedPaths.ts';
import type { SparseSegment } from './sparseMap.ts';

/**
 * A layer's entries and where their bytes are, as typed arrays over the index file's bytes: no object for an entry until
 * somebody asks for it, and of a large file nothing read before. Whatever is asked for can so throw `Corrupt` (the file has
 * been damaged since, and is to be made again) or `Io`. Entries are numbered from 0 in byte order of path; of the same path, whiteouts and opaque marks
 * come first.
 */
export class LayerIndex implements SortedPaths {
  readonly diffId: DiffId;
  /** Of the tar, bytes; 0 where the index {@link isListed}. */
  readonly uncompressedSize: number;
  /** Made of the layer's table of contents, not of its tar: `dataOffset` is the number of a file's first chunk. */
  readonly isListed: boolean;
  /** Sum of the sizes of regular files, bytes. */
  readonly contentSize: number;
  /** Implied folders included. */
  readonly length: number;
  /** Whether any entry is a hard link. */
  readonly hasHardLinks: boolean;
  readonly #file: IndexFile;
  readonly #kind: Uint8Array;
  readonly #mode: Uint16Array;
  readonly #owner: Uint32Array;
  readonly #owners: Float64Array;
  readonly #size: Float64Array;
  readonly #mtime: Float64Array;
  readonly #dataOffset: Float64Array;
  readonly #paths: PackedStrings;
  readonly #links: PackedStrings;
  readonly #content: Uint8Array;
  readonly #xattrEntry: Uint32Array;
  readonly #xattrs: PackedStrings;
  readonly #sparseEntry: Uint32Array;
  readonly #sparseEnd: Uint32Array;
  readonly #segments: Float64Array;

  private constructor(indexFile: IndexFile) {
    this.#file = indexFile;
    const file = new IndexFileColumns(indexFile);
    const facts = factsOf(indexFile, file);
    this.diffId = parseDigest(facts.diffId);
    this.uncompressedSize = asSize(facts.uncompressedSize, 'uncompressedSize');
    this.isListed = facts.listed === true;
    this.contentSize = asSize(facts.contentSize, 'contentSize');
    this.length = asSize(facts.entries, 'entries');
    this.hasHardLinks = facts.hardLinks === true;
    this.#kind = file.bytes('kind', this.length);
    this.#mode = file.uint16('mode', this.length);
    this.#owner = file.uint32('owner', this.length);
    this.#owners = file.float64('owners');
    this.#size = file.float64('size', this.length);
    this.#mtime = file.float64('mtime', this.length);
    this.#dataOffset = file.float64('dataOffset', this.length);
    this.#paths = { bytes: file.bytes('paths'), ends: file.uint32('pathEnd', this.length) };
    this.#links = { bytes: file.bytes('links'), ends: file.uint32('linkEnd', this.length) };
    this.#content = file.bytes('content', this.length * contentDigestBytes);
    this.#xattrEntry = file.uint32('xattrEntry');
    this.#xattrs = { bytes: file.bytes('xattrs'), ends: file.uint32('xattrEnd', this.#xattrEntry.length) };
    this.#sparseEntry = file.uint32('sparseEntry');
    this.#sparseEnd = file.uint32('sparseEnd', this.#sparseEntry.length);
    this.#segments = file.float64('segments');
  }

  /**
   * @param options.wholeBytes up to which size the file is read at once; 16 MiB
   * @throws `Corrupt` where it is damaged or of another version: it is to be made again; `NotFound`, `Io`
   */
  static async open(path: string, options: { readonly wholeBytes?: number } = {}): Promise<LayerIndex> {
    const file = await IndexFile.open(path, options);
    try {
      return new LayerIndex(file);
    } catch (error) {
      throw new EngineError('Corrupt', 'the layer index is damaged', { path }, error);
    }
  }

  /** Something that was asked for could not be read: it is to be opened, or made, anew. */
  get isDamaged(): boolean {
    return this.#file.isDamaged;
  }

  kind(at: number): EntryKind {
    return kinds[this.kindCode(at)] ?? 'implied';
  }

  /** The kind's place in `kinds`, for tight loops. */
  kindCode(at: number): number {
    return this.#value(this.#kind, at);
  }

  /** A view, not a copy; starts with a slash, empty for the root. */
  pathBytes(at: number): Uint8Array {
    return this.#string(this.#paths, at);
  }

  path(at: number): string {
    return decodePath(this.pathBytes(at)) || '/';
  }

  /** Of a symlink as written, of a hard link an absolute path; empty for all else. */
  linkBytes(at: number): Uint8Array {
    return this.#string(this.#links, at);
  }

  /** Bytes of a file, also through a hard link within the layer; 0 for all else. */
  size(at: number): number {
    const kind = this.kind(at);
    return kind === 'file' || kind === 'hardlink' ? this.#value(this.#size, at) : 0;
  }

  /** `mode & 0o7777` */
  mode(at: number): number {
    return this.#value(this.#mode, at);
  }

  uid(at: number): number {
    return this.#value(this.#owners, this.#value(this.#owner, at) * 2);
  }

  gid(at: number): number {
    return this.#value(this.#owners, this.#value(this.#owner, at) * 2 + 1);
  }

  /** Seconds since 1970. */
  mtime(at: number): number {
    return this.#value(this.#mtime, at);
  }

  /** Major * 2³² + minor of a device; 0 for all else. */
  device(at: number): number {
    const kind = this.kind(at);
    return kind === 'character' || kind === 'block' ? this.#value(this.#size, at) : 0;
  }

  /**
   * Where the content begins in the uncompressed tar. Names a file within the layer: its hard links have the same.
   * -1 where there is none: whiteouts, implied folders, hard links to what a lower layer has.
   */
  dataOffset(at: number): number {
    return this.#value(this.#dataOffset, at);
  }

  /** SHA-256 (32 bytes) of a regular file's content, holes as zeros, also through a hard link within the layer; a view. */
  contentHash(at: number): Uint8Array {
    return this.#slice(this.#content, at * contentDigestBytes, (at + 1) * contentDigestBytes);
  }

  /** Extended attributes by name. */
  xattrs(at: number): ReadonlyMap<string, Uint8Array> {
    const row = this.#placeIn(this.#xattrEntry, at);
    return row === undefined ? new Map() : parseXattrs(this.#string(this.#xattrs, row));
  }

  /** Where the bytes in the tar belong in the file, where it is sparse; all else of it is zeros. */
  segments(at: number): readonly SparseSegment[] | undefined {
    const row = this.#placeIn(this.#sparseEntry, at);
    if (row === undefined) return undefined;
    const start = row === 0 ? 0 : this.#value(this.#sparseEnd, row - 1);
    return Array.from({ length: this.#value(this.#sparseEnd, row) - start }, (_, index) => ({
      offset: this.#value(this.#segments, (start + index) * 2),
      length: this.#value(this.#segments, (start + index) * 2 + 1),
    }));
  }

  /** The place of what the layer puts at the path (not of what it deletes there). */
  find(path: Uint8Array): number | undefined {
    for (const at of placesOf(this, path)) if (!isDeletion(this.kind(at))) return at;
    return undefined;
  }

  /** Whether the layer says at this path that what lower layers have there is gone. */
  hasWhiteout(path: Uint8Array): boolean {
    const at = lowerBound(this, path);
    return this.kind(at) === 'whiteout' && at < this.length && Buffer.compare(this.pathBytes(at), path) === 0;
  }

  isOpaque(path: Uint8Array): boolean {
    for (const at of placesOf(this, path)) if (this.kind(at) === 'opaque') return true;
    return false;
  }

  /** The layer's own entries in byte order of path; folders that it only implies are none. */
  *rows(layer: number): Generator<FileRow<LayerEntryType>, void, undefined> {
    for (let at = 0; at < this.length; at++) if (this.kind(at) !== 'implied') yield this.row(at, layer);
  }

  /**
   * What stands in a folder (`/` at the top): first the mark that makes the folder opaque, then its direct children,
   * implied folders included, so that everything can be reached.
   */
  children(path: string, layer: number): readonly FileRow<LayerEntryType>[] {
    const folder = folderBytes(path);
    const isMark = (at: number) => this.kind(at) === 'opaque';
    const marks = [...placesOf(this, folder)].filter(isMark);
    const children = [...childPlaces(this, folder)].filter((at) => !isMark(at));
    return [...marks, ...children].map((at) => this.row(at, layer));
  }

  /** 0 where there is none. */
  #value(column: Numbers, at: number): number {
    const start = column.byteOffset + at * column.BYTES_PER_ELEMENT;
    this.#file.need(start, start + column.BYTES_PER_ELEMENT);
    return column[at] ?? 0;
  }

  /** A view. */
  #slice(bytes: Uint8Array, start: number, end: number): Uint8Array {
    this.#file.need(bytes.byteOffset + start, bytes.byteOffset + end);
    return bytes.subarray(start, end);
  }

  /** A view. */
  #string({ bytes, ends }: PackedStrings, at: number): Uint8Array {
    return this.#slice(bytes, at === 0 ? 0 : this.#value(ends, at - 1), this.#value(ends, at));
  }

  #placeIn(ascending: Uint32Array, value: number): number | undefined {
    this.#file.need(ascending.byteOffset, ascending.byteOffset + ascending.byteLength);
    return placeIn(ascending, value);
  }

  /** An entry as a row. */
  row(at: number, layer: number): FileRow<LayerEntryType> {
    const kind = this.kind(at);
    const link = this.linkBytes(at);
    return {
      path: this.path(at),
      type: kind === 'implied' ? 'directory' : kind,
      size: this.size(at),
      mode: this.mode(at),
      uid: this.uid(at),
      gid: this.gid(at),
      mtime: this.mtime(at),
      linkName: kind === 'hardlink' || kind === 'symlink' ? decodePath(link) : null,
      layer,
    };
  }
}

function factsOf(indexFile: IndexFile, columns: IndexFileColumns): JsonObject {
  const { byteOffset, byteLength } = columns.bytes('facts');
  indexFile.need(byteOffset, byteOffset + byteLength);
  return asObject(JSON.parse(columns.text('facts')), 'layer index');
}

/** A folder's path as the index has it: `/` is empty, and a trailing slash means nothing. */
export function folderBytes(path: string): Uint8Array {
  return encodePath(path.replace(/\/+$/, ''));
}

function isDeletion(kind: EntryKind): boolean {
  return kind === 'whiteout' || kind === 'opaque';
}
