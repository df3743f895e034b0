import { EngineError } from '../errors.ts';
import type { FileType } from '../image.ts';
import { decodePath } from './entryText.ts';
import { type PaxRecords, paxInteger, paxPath, paxTime } from './paxRecords.ts';
import type { SparseSegment } from './sparseMap.ts';
import type { TarHeader } from './tarHeader.ts';

/** One file of a tar, with all that extended headers say of it. */
export interface TarEntry {
  readonly type: FileType;
  /** As written. */
  readonly path: Uint8Array;
  /** As written; empty unless a link. */
  readonly linkPath: Uint8Array;
  /** Of a regular file, holes of a sparse one included; 0 for all else. */
  readonly size: number;
  /** `mode & 0o7777` */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Seconds since 1970, fractions kept. */
  readonly mtime: number;
  readonly deviceMajor: number;
  readonly deviceMinor: number;
  /** Extended attributes by name, where there are any. */
  readonly xattrs: ReadonlyMap<string, Uint8Array> | undefined;
  /** Where a sparse file's bytes belong. */
  readonly sparse: readonly SparseSegment[] | undefined;
  /** In the tar: where the entry's bytes begin. */
  readonly dataOffset: number;
}

/** What headers before an entry say of it: PAX records (global ones below local ones) and GNU long names. */
export interface EntryOverrides {
  readonly pax: PaxRecords | undefined;
  readonly longName: Uint8Array | undefined;
  readonly longLink: Uint8Array | undefined;
}

export interface EntryContent {
  readonly type: FileType;
  readonly size: number;
  readonly sparse: readonly SparseSegment[] | undefined;
  readonly dataOffset: number;
}

/** @throws `Corrupt` where a PAX value is no number or has a NUL in a path. */
export function tarEntry(header: TarHeader, overrides: EntryOverrides, content: EntryContent): TarEntry {
  const isLink = content.type === 'hardlink' || content.type === 'symlink';
  const { pax } = overrides;
  return {
    ...content,
    path: entryName(header, overrides),
    linkPath: isLink ? (value(pax, 'linkpath', paxPath) ?? overrides.longLink ?? header.linkPath) : empty,
    mode: header.mode & 0o7777,
    uid: value(pax, 'uid', paxInteger) ?? header.uid,
    gid: value(pax, 'gid', paxInteger) ?? header.gid,
    mtime: value(pax, 'mtime', paxTime) ?? header.mtime,
    deviceMajor: header.deviceMajor,
    deviceMinor: header.deviceMinor,
    xattrs: pax && xattrsOf(pax),
  };
}

const empty = new Uint8Array(0);

export function entryName(header: TarHeader, { pax, longName }: EntryOverrides): Uint8Array {
  const name = value(pax, 'GNU.sparse.name', paxPath) ?? value(pax, 'path', paxPath);
  return name ?? longName ?? header.path;
}

/** Bytes that follow the header. @throws `Corrupt` where that is negative. */
export function storedSize(header: TarHeader, overrides: EntryOverrides): number {
  const size = value(overrides.pax, 'size', paxInteger) ?? header.size;
  if (size < 0) {
    const path = decodePath(entryName(header, overrides));
    throw new EngineError('Corrupt', `the layer has an entry of negative size: ${JSON.stringify(path)}`, {
      path,
    });
  }
  return size;
}

/** An empty value takes back what stood before (POSIX). */
export function value<T>(
  pax: PaxRecords | undefined,
  key: string,
  parse: (bytes: Uint8Array, key: string) => T,
): T | undefined {
  const bytes = pax?.get(key);
  return bytes === undefined || bytes.length === 0 ? undefined : parse(bytes, key);
}

const xattrPrefix = 'SCHILY.xattr.';

function xattrsOf(pax: PaxRecords): ReadonlyMap<string, Uint8Array> | undefined {
  let xattrs: Map<string, Uint8Array> | undefined;
  for (const [key, bytes] of pax) {
    if (!key.startsWith(xattrPrefix)) continue;
    xattrs ??= new Map();
    xattrs.set(key.slice(xattrPrefix.length), bytes);
  }
  return xattrs;
}
