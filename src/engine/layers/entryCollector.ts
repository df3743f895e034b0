import { limitText } from '../byteLimit.ts';
import { EngineError } from '../errors.ts';
import { ByteHeap, NumberColumn } from './columns.ts';
import { ContentHasher, contentDigestBytes } from './contentHasher.ts';
import { normalPath } from './entryPath.ts';
import { encodePath } from './entryText.ts';
import type { ExpansionGuard } from './expansionGuard.ts';
import { type EntryKind, impliedMode, kindCode } from './layerIndexFormat.ts';
import {
  maxEntries,
  maxLinkHeapBytes,
  maxOwners,
  maxPathBytes,
  maxPathHeapBytes,
  maxSparseSegmentsInAll,
  maxXattrBytes,
} from './limits.ts';
import type { SparseSegment } from './sparseMap.ts';
import type { TarEntry } from './tarEntry.ts';
import type { TarSink } from './tarReader.ts';
import { meaningOf } from './whiteout.ts';

const uint32 = (length: number) => new Uint32Array(length);
const float64 = (length: number) => new Float64Array(length);

/** The entries of a layer in the tar's order, as columns: what {@link arrangeEntries} sorts and {@link writeLayerIndex} writes. */
export class EntryCollector implements TarSink {
  readonly kind = new NumberColumn((length) => new Uint8Array(length));
  readonly mode = new NumberColumn((length) => new Uint16Array(length));
  readonly owner = new NumberColumn(uint32);
  readonly size = new NumberColumn(float64);
  readonly mtime = new NumberColumn(float64);
  readonly dataOffset = new NumberColumn(float64);
  readonly pathStart = new NumberColumn(uint32);
  readonly pathLength = new NumberColumn((length) => new Uint16Array(length));
  readonly linkStart = new NumberColumn(uint32);
  readonly linkLength = new NumberColumn((length) => new Uint16Array(length));
  /** Row in `digests`. */
  readonly digestRow = new NumberColumn(uint32);
  readonly paths = new ByteHeap(maxPathHeapBytes, 'path bytes');
  readonly links = new ByteHeap(maxLinkHeapBytes, 'link bytes');
  /** Row 0, all zeros, is of what has no content. */
  readonly digests = new ByteHeap((maxEntries + 1) * contentDigestBytes, 'files');
  /** Pairs uid, gid. */
  readonly owners = new NumberColumn(float64);
  readonly xattrs = new Map<number, { readonly start: number; readonly end: number }>();
  readonly xattrBytes = new ByteHeap(maxXattrBytes, 'extended attributes');
  readonly sparse = new Map<number, readonly SparseSegment[]>();

  readonly #guard: ExpansionGuard;
  readonly #hasher = new ContentHasher();
  readonly #ownerRows = new Map<string, number>();
  #lastOwner = { uid: -1, gid: -1, row: -1 };
  /** Entry whose content is coming, where it is kept. */
  #hashing = -1;
  /** What the files without a byte have in common; 0 before the first of them. */
  #emptyDigestRow = 0;
  #segments = 0;
  #impliedBytes = 0;

  constructor(guard: ExpansionGuard) {
    this.#guard = guard;
    this.digests.push(new Uint8Array(contentDigestBytes));
  }

  get length(): number {
    return this.kind.length;
  }

  entry(entry: TarEntry): void {
    const path = normalPath(entry.path);
    const meaning = meaningOf(path);
    if (meaning.kind === 'metadata') return;
    if (meaning.kind !== 'entry') this.#addDeletion(meaning.kind, meaning.path);
    else if (path.length > 0) this.#addEntry(entry, path);
  }

  /** As {@link entry}, of a file whose content does not follow but is known by its SHA-256. */
  listed(entry: TarEntry, sha256: Uint8Array): void {
    this.entry(entry);
    if (this.#hashing >= 0) this.#endContent(this.digests.push(sha256));
  }

  content(bytes: Uint8Array): void {
    if (this.#hashing >= 0) this.#hasher.update(bytes);
  }

  endOfEntry(): void {
    if (this.#hashing >= 0) this.#endContent(this.digests.pushLatin1(this.#hasher.end()));
  }

  /** @param digestStart where the content's digest is among the digests */
  #endContent(digestStart: number): void {
    const digestRow = digestStart / contentDigestBytes;
    this.digestRow.set(this.#hashing, digestRow);
    if (this.size.get(this.#hashing) === 0) this.#emptyDigestRow = digestRow;
    this.#hashing = -1;
  }

  /** A folder that only its content speaks of; its path is the first `length` bytes of another entry's. Gives its row. */
  addImplied(below: number, length: number): number {
    // In the index it has a path of its own.
    this.#impliedBytes += length;
    if (this.paths.length + this.#impliedBytes > maxPathHeapBytes) {
      throw new EngineError('TooLarge', 'the layer has too many path bytes, those of folders included');
    }
    const row = this.#addRow('implied', this.pathStart.get(below), length);
    this.makeImplied(row);
    return row;
  }

  /** Also for what a later entry below it has turned into a folder. */
  makeImplied(row: number): void {
    this.kind.set(row, kindCode.implied);
    this.mode.set(row, impliedMode);
    this.owner.set(row, this.#ownerRow(0, 0));
    this.size.set(row, 0);
    this.mtime.set(row, 0);
    this.dataOffset.set(row, -1);
    this.linkLength.set(row, 0);
    this.digestRow.set(row, 0);
    this.xattrs.delete(row);
    this.sparse.delete(row);
  }

  #addDeletion(kind: 'whiteout' | 'opaque', path: Uint8Array): void {
    const row = this.#addRow(kind, this.paths.push(path), path.length);
    this.owner.set(row, this.#ownerRow(0, 0));
    this.dataOffset.set(row, -1);
  }

  #addEntry(entry: TarEntry, path: Uint8Array): void {
    const row = this.#addRow(entry.type, this.paths.push(path), path.length);
    this.mode.set(row, entry.mode);
    this.owner.set(row, this.#ownerRow(entry.uid, entry.gid));
    this.size.set(row, isDevice(entry) ? deviceNumber(entry) : entry.size);
    this.mtime.set(row, entry.mtime);
    this.dataOffset.set(row, entry.type === 'hardlink' ? -1 : entry.dataOffset);
    this.#addLink(row, entry);
    this.#addXattrs(row, entry);
    if (entry.type === 'file') this.#beginContent(row, entry);
  }

  #addRow(kind: EntryKind, pathStart: number, pathLength: number): number {
    const row = this.length;
    if (row === maxEntries)
      throw new EngineError('TooLarge', `the layer has more than ${maxEntries} entries`);
    this.kind.push(kindCode[kind]);
    this.mode.push(0);
    this.owner.push(0);
    this.size.push(0);
    this.mtime.push(0);
    this.dataOffset.push(0);
    this.pathStart.push(pathStart);
    this.pathLength.push(pathLength);
    this.linkStart.push(0);
    this.linkLength.push(0);
    this.digestRow.push(0);
    return row;
  }

  /** Nearly all entries of a layer have few owners, and mostly that of the entry before. */
  #ownerRow(uid: number, gid: number): number {
    const last = this.#lastOwner;
    if (last.uid === uid && last.gid === gid) return last.row;
    const key = `${uid}:${gid}`;
    let row = this.#ownerRows.get(key);
    if (row === undefined) {
      row = this.owners.length / 2;
      if (row === maxOwners) {
        throw new EngineError('TooLarge', `the layer has files of more than ${maxOwners} owners`);
      }
      this.owners.push(uid);
      this.owners.push(gid);
      this.#ownerRows.set(key, row);
    }
    this.#lastOwner = { uid, gid, row };
    return row;
  }

  /** A hard link names a path of the image; a symlink's target stays as it is written. */
  #addLink(row: number, { type, linkPath }: TarEntry): void {
    if (linkPath.length === 0) return;
    const target = type === 'hardlink' ? normalPath(linkPath) : linkPath;
    if (target.length > maxPathBytes) {
      throw new EngineError(
        'TooLarge',
        `the layer has a link target of more than ${limitText(maxPathBytes)}`,
      );
    }
    this.linkStart.set(row, this.links.push(target));
    this.linkLength.set(row, target.length);
  }

  #addXattrs(row: number, { xattrs }: TarEntry): void {
    if (!xattrs) return;
    const start = this.xattrBytes.length;
    for (const [name, bytes] of xattrs) {
      const key = encodePath(name);
      this.xattrBytes.push(new Uint8Array(Uint32Array.of(key.length, bytes.length).buffer));
      this.xattrBytes.push(key);
      this.xattrBytes.push(bytes);
    }
    this.xattrs.set(row, { start, end: this.xattrBytes.length });
  }

  #beginContent(row: number, { size, sparse }: TarEntry): void {
    this.#guard.expect(size);
    if (sparse) this.#addSegments(row, size, sparse);
    if (size === 0 && this.#emptyDigestRow > 0) {
      this.digestRow.set(row, this.#emptyDigestRow);
      return;
    }
    this.#hashing = row;
    this.#hasher.begin(size, sparse);
  }

  #addSegments(row: number, size: number, sparse: readonly SparseSegment[]): void {
    this.#segments += sparse.length;
    if (this.#segments > maxSparseSegmentsInAll) {
      const limit = `more than ${maxSparseSegmentsInAll} segments`;
      throw new EngineError('TooLarge', `the layer has sparse files of ${limit} in all`);
    }
    const stored = sparse.reduce((sum, { length }) => sum + length, 0);
    this.#guard.add(size - stored);
    this.sparse.set(row, sparse);
  }
}

function isDevice({ type }: TarEntry): boolean {
  return type === 'character' || type === 'block';
}

function deviceNumber({ deviceMajor, deviceMinor }: TarEntry): number {
  return deviceMajor * 2 ** 32 + deviceMinor;
}
