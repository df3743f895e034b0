import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { EngineError, ioError } from '../errors.ts';
import type { FileRow, LayerEntryType } from '../image.ts';
import { type DiffId, parseDigest } from '../oci/digest.ts';
import { asObject, asSize } from '../oci/json.ts';
import { contentDigestBytes } from './contentHasher.ts';
import { decodePath, encodePath } from './entryText.ts';
import {
  alignment,
  type ColumnName,
  checksumOffset,
  columns,
  type EntryKind,
  endianMark,
  formatVersion,
  headerBytes,
  kindCode,
  kinds,
  magic,
  tableOffset,
} from './layerIndexFormat.ts';
import { childPlaces, lowerBound, placesOf, type SortedPaths } from './sortedPaths.ts';
import type { SparseSegment } from './sparseMap.ts';

/** Read and hashed at a time, so that the host's thread is never held for long. */
const sliceBytes = 2 * 1024 * 1024;

/**
 * A layer's entries and where their bytes are, as typed arrays over the index file's bytes: no object for an entry until
 * somebody asks for it. Entries are numbered from 0 in byte order of path; of the same path, whiteouts and opaque marks
 * come first.
 */
export class LayerIndex implements SortedPaths {
  readonly diffId: DiffId;
  /** Of the tar, bytes. */
  readonly uncompressedSize: number;
  /** Sum of the sizes of regular files, bytes. */
  readonly contentSize: number;
  /** Implied folders included. */
  readonly length: number;
  /** Whether any entry is a hard link. */
  readonly hasHardLinks: boolean;
  readonly #kind: Uint8Array;
  readonly #mode: Uint16Array;
  readonly #owner: Uint32Array;
  readonly #owners: Float64Array;
  readonly #size: Float64Array;
  readonly #mtime: Float64Array;
  readonly #dataOffset: Float64Array;
  readonly #paths: Strings;
  readonly #links: Strings;
  readonly #content: Uint8Array;
  readonly #xattrEntry: Uint32Array;
  readonly #xattrs: Strings;
  readonly #sparseEntry: Uint32Array;
  readonly #sparseEnd: Uint32Array;
  readonly #segments: Float64Array;

  private constructor(file: IndexFileColumns) {
    const facts = asObject(JSON.parse(file.text('facts')), 'layer index');
    this.diffId = parseDigest(facts.diffId);
    this.uncompressedSize = asSize(facts.uncompressedSize, 'uncompressedSize');
    this.contentSize = asSize(facts.contentSize, 'contentSize');
    this.length = asSize(facts.entries, 'entries');
    this.#kind = file.bytes('kind', this.length);
    this.hasHardLinks = this.#kind.includes(kindCode.hardlink);
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
   * Reads an index file into memory.
   * @throws `Corrupt` where it is damaged or of another version: it is to be made again; `NotFound`, `Io`
   */
  static async open(file: string): Promise<LayerIndex> {
    const bytes = await readIndexFile(file);
    try {
      return new LayerIndex(new IndexFileColumns(bytes));
    } catch (error) {
      throw new EngineError('Corrupt', 'the layer index is damaged', { path: file }, error);
    }
  }

  kind(at: number): EntryKind {
    return kinds[this.#kind[at] ?? 0] ?? 'implied';
  }

  /** The kind's place in `kinds`, for tight loops. */
  kindCode(at: number): number {
    return this.#kind[at] ?? 0;
  }

  /** A view, not a copy; starts with a slash, empty for the root. */
  pathBytes(at: number): Uint8Array {
    return stringAt(this.#paths, at);
  }

  path(at: number): string {
    return decodePath(this.pathBytes(at)) || '/';
  }

  /** Of a symlink as written, of a hard link an absolute path; empty for all else. */
  linkBytes(at: number): Uint8Array {
    return stringAt(this.#links, at);
  }

  /** Bytes of a file, also through a hard link within the layer; 0 for all else. */
  size(at: number): number {
    const kind = this.kind(at);
    return kind === 'file' || kind === 'hardlink' ? (this.#size[at] ?? 0) : 0;
  }

  /** `mode & 0o7777` */
  mode(at: number): number {
    return this.#mode[at] ?? 0;
  }

  uid(at: number): number {
    return this.#owners[(this.#owner[at] ?? 0) * 2] ?? 0;
  }

  gid(at: number): number {
    return this.#owners[(this.#owner[at] ?? 0) * 2 + 1] ?? 0;
  }

  /** Seconds since 1970. */
  mtime(at: number): number {
    return this.#mtime[at] ?? 0;
  }

  /** Major * 2³² + minor of a device; 0 for all else. */
  device(at: number): number {
    const kind = this.kind(at);
    return kind === 'character' || kind === 'block' ? (this.#size[at] ?? 0) : 0;
  }

  /**
   * Where the content begins in the uncompressed tar. Names a file within the layer: its hard links have the same.
   * -1 where there is none: whiteouts, implied folders, hard links to what a lower layer has.
   */
  dataOffset(at: number): number {
    return this.#dataOffset[at] ?? -1;
  }

  /** SHA-256 (32 bytes) of a regular file's content, holes as zeros, also through a hard link within the layer; a view. */
  contentHash(at: number): Uint8Array {
    return this.#content.subarray(at * contentDigestBytes, (at + 1) * contentDigestBytes);
  }

  /** Extended attributes by name. */
  xattrs(at: number): ReadonlyMap<string, Uint8Array> {
    const row = placeIn(this.#xattrEntry, at);
    return row === undefined ? new Map() : parseXattrs(stringAt(this.#xattrs, row));
  }

  /** Where the bytes in the tar belong in the file, where it is sparse; all else of it is zeros. */
  segments(at: number): readonly SparseSegment[] | undefined {
    const row = placeIn(this.#sparseEntry, at);
    if (row === undefined) return undefined;
    const start = row === 0 ? 0 : (this.#sparseEnd[row - 1] ?? 0);
    return Array.from({ length: (this.#sparseEnd[row] ?? 0) - start }, (_, index) => ({
      offset: this.#segments[(start + index) * 2] ?? 0,
      length: this.#segments[(start + index) * 2 + 1] ?? 0,
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

/** A folder's path as the index has it: `/` is empty, and a trailing slash means nothing. */
export function folderBytes(path: string): Uint8Array {
  return encodePath(path.replace(/\/+$/, ''));
}

function isDeletion(kind: EntryKind): boolean {
  return kind === 'whiteout' || kind === 'opaque';
}

interface Strings {
  readonly bytes: Uint8Array;
  readonly ends: Uint32Array;
}

function stringAt({ bytes, ends }: Strings, at: number): Uint8Array {
  return bytes.subarray(at === 0 ? 0 : ends[at - 1], ends[at]);
}

function placeIn(ascending: Uint32Array, value: number): number | undefined {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ascending[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return ascending[low] === value ? low : undefined;
}

function parseXattrs(bytes: Uint8Array): ReadonlyMap<string, Uint8Array> {
  const xattrs = new Map<string, Uint8Array>();
  for (let at = 0; at < bytes.length; ) {
    const [nameLength = 0, valueLength = 0] = new Uint32Array(bytes.slice(at, at + 8).buffer);
    const value = at + 8 + nameLength;
    xattrs.set(decodePath(bytes.subarray(at + 8, value)), bytes.slice(value, value + valueLength));
    at = value + valueLength;
  }
  return xattrs;
}

/** Typed arrays over the columns of an index file. Throws where a column is not where or as long as it must be. */
class IndexFileColumns {
  readonly #buffer: ArrayBuffer;

  constructor(buffer: ArrayBuffer) {
    this.#buffer = buffer;
  }

  bytes(name: ColumnName, count?: number): Uint8Array {
    const { offset, length } = this.#range(name);
    requireCount(name, length, count);
    return new Uint8Array(this.#buffer, offset, length);
  }

  text(name: ColumnName): string {
    return Buffer.from(this.bytes(name)).toString();
  }

  uint16(name: ColumnName, count?: number): Uint16Array {
    const { offset, length } = this.#range(name);
    requireCount(name, length / 2, count);
    return new Uint16Array(this.#buffer, offset, length / 2);
  }

  uint32(name: ColumnName, count?: number): Uint32Array {
    const { offset, length } = this.#range(name);
    requireCount(name, length / 4, count);
    return new Uint32Array(this.#buffer, offset, length / 4);
  }

  float64(name: ColumnName, count?: number): Float64Array {
    const { offset, length } = this.#range(name);
    requireCount(name, length / 8, count);
    return new Float64Array(this.#buffer, offset, length / 8);
  }

  #range(name: ColumnName): { offset: number; length: number } {
    const table = new Float64Array(this.#buffer, tableOffset, columns.length * 2);
    const at = columns.indexOf(name) * 2;
    return { offset: table[at] ?? 0, length: table[at + 1] ?? 0 };
  }
}

function requireCount(name: ColumnName, actual: number, expected: number | undefined): void {
  if (expected !== undefined && actual !== expected)
    throw new RangeError(`column ${name} has ${actual} values`);
}

async function readIndexFile(file: string): Promise<ArrayBuffer> {
  try {
    await using handle = await open(file, 'r');
    const { size } = await handle.stat();
    if (size < headerBytes || size % alignment !== 0) throw damaged(file);
    return await readChecked(handle, size, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      throw new EngineError('NotFound', 'the layer has no index yet', { path: file }, error);
    }
    throw ioError(error, 'the layer index could not be read');
  }
}

async function readChecked(handle: FileHandle, size: number, file: string): Promise<ArrayBuffer> {
  const bytes = new Uint8Array(size);
  const hash = createHash('sha256');
  let at = 0;
  while (at < size) {
    const end = Math.min(size, at + sliceBytes);
    const { bytesRead } = await handle.read(bytes, at, end - at, at);
    if (bytesRead === 0) throw damaged(file);
    hash.update(bytes.subarray(Math.max(at, headerBytes), Math.max(at + bytesRead, headerBytes)));
    at += bytesRead;
  }
  const checksum = hash.update(bytes.subarray(tableOffset, headerBytes)).digest();
  const isOurs = isCurrentHeader(bytes) && checksum.equals(bytes.subarray(checksumOffset, tableOffset));
  if (!isOurs) throw damaged(file);
  return bytes.buffer;
}

function isCurrentHeader(bytes: Uint8Array<ArrayBuffer>): boolean {
  const [mark, version] = new Uint32Array(bytes.buffer, magic.length, 2);
  const start = Buffer.from(bytes.buffer, 0, magic.length).toString('latin1');
  return start === magic && mark === endianMark && version === formatVersion;
}

function damaged(file: string): EngineError {
  return new EngineError('Corrupt', 'the layer index is damaged or of another version', { path: file });
}
