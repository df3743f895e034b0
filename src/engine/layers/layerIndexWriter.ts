import { randomUUID } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { ioError } from '../errors.ts';
import type { DiffId } from '../oci/digest.ts';
import type { Numbers } from './columns.ts';
import { contentDigestBytes } from './contentHasher.ts';
import { crc32 } from './crc32.ts';
import type { EntryCollector } from './entryCollector.ts';
import { arrangeEntries } from './entryOrder.ts';
import {
  alignment,
  type ColumnName,
  checksumOffset,
  columns,
  endianMark,
  formatVersion,
  headerBytes,
  kindCode,
  type LayerIndexFacts,
  magic,
  tableOffset,
} from './layerIndexFormat.ts';
import { PageChecksums } from './pageChecksums.ts';

/** Bytes written at a time of what is gathered. */
const partBytes = 1024 * 1024;

export interface WrittenIndex {
  /** Implied folders included. */
  readonly entries: number;
  /** Sum of the sizes of regular files, bytes. */
  readonly contentSize: number;
}

/**
 * Sorts what was collected and writes it as a layer index, replacing `file` by rename. Blocks: made for a worker.
 * The collector is used up.
 * @param uncompressedSize of the tar; `listed` where the entries come from a table of contents
 * @throws `Io`, `TooLarge`
 */
export function writeLayerIndex(
  file: string,
  entries: EntryCollector,
  diffId: DiffId,
  uncompressedSize: number | 'listed',
): WrittenIndex {
  const rows = arrangeEntries(entries);
  const written = { entries: rows.length, contentSize: contentSizeOf(entries, rows) };
  const hardLinks = rows.some((row) => entries.kind.get(row) === kindCode.hardlink);
  const temporary = `${file}.${randomUUID()}.tmp`;
  try {
    fs.mkdirSync(path.dirname(file), { recursive: true, mode: 0o755 });
    const size =
      uncompressedSize === 'listed' ? { uncompressedSize: 0, listed: true as const } : { uncompressedSize };
    writeFile(temporary, entries, rows, { diffId, ...size, ...written, hardLinks });
    fs.renameSync(temporary, file);
  } catch (error) {
    fs.rmSync(temporary, { force: true });
    throw ioError(error, 'the layer index could not be written');
  }
  return written;
}

function contentSizeOf(entries: EntryCollector, rows: Uint32Array): number {
  let sum = 0;
  for (const row of rows) if (entries.kind.get(row) === kindCode.file) sum += entries.size.get(row);
  return sum;
}

function writeFile(file: string, entries: EntryCollector, rows: Uint32Array, facts: LayerIndexFacts): void {
  const fd = fs.openSync(file, 'wx', 0o644);
  try {
    const { table, pages, end } = writeColumns(fd, entries, rows, facts);
    // Without fsync: of what a power cut leaves the checksums tell, and the index is made again.
    writeAll(fd, pages, end);
    writeAll(fd, Buffer.concat([header(crc32(pages, crc32(table, 0))), table]), 0);
  } finally {
    fs.closeSync(fd);
  }
}

function header(checksum: number): Buffer {
  const bytes = Buffer.alloc(tableOffset);
  bytes.write(magic, 'latin1');
  bytes.set(bytesOf(Uint32Array.of(endianMark, formatVersion)), magic.length);
  bytes.set(bytesOf(Uint32Array.of(checksum, columns.length)), checksumOffset);
  return bytes;
}

function writeColumns(fd: number, entries: EntryCollector, rows: Uint32Array, facts: LayerIndexFacts) {
  const table = new Float64Array(columns.length * 2);
  const checksums = new PageChecksums(headerBytes);
  let at = headerBytes;
  const write = (part: Uint8Array) => {
    writeAll(fd, part, at);
    checksums.add(part);
    at += part.length;
  };
  for (const [index, name] of columns.entries()) {
    const start = at;
    for (const part of partsOf(name, entries, rows, facts)) write(bytesOf(part));
    table.set([start, at - start], index * 2);
    write(Buffer.alloc((alignment - (at % alignment)) % alignment));
  }
  return { table: bytesOf(table), pages: bytesOf(checksums.end()), end: at };
}

function writeAll(fd: number, bytes: Uint8Array, position: number): void {
  let done = 0;
  while (done < bytes.length) done += fs.writeSync(fd, bytes, done, bytes.length - done, position + done);
}

function bytesOf(view: ArrayBufferView): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}

/** A column, a large one in parts: each is valid until the next is asked for, so that the layer is never in memory twice. */
function partsOf(
  name: ColumnName,
  entries: EntryCollector,
  rows: Uint32Array,
  facts: LayerIndexFacts,
): Iterable<ArrayBufferView> {
  switch (name) {
    case 'paths':
      return gathered(
        entries.paths.bytes,
        valuesOf(rows, entries.pathStart),
        valuesOf(rows, entries.pathLength),
      );
    case 'links':
      return gathered(
        entries.links.bytes,
        valuesOf(rows, entries.linkStart),
        valuesOf(rows, entries.linkLength),
      );
    case 'content':
      return gathered(
        entries.digests.bytes,
        valuesOf(rows, entries.digestRow).map((row) => row * contentDigestBytes),
        new Uint32Array(rows.length).fill(contentDigestBytes),
      );
    case 'xattrs':
      return gathered(
        entries.xattrBytes.bytes,
        rowsIn(rows, entries.xattrs).map((row) => entries.xattrs.get(row)?.start ?? 0),
        xattrLengths(entries, rows),
      );
    default:
      return [columnOf(name, entries, rows, facts)];
  }
}

function columnOf(
  name: Exclude<ColumnName, 'paths' | 'links' | 'content' | 'xattrs'>,
  entries: EntryCollector,
  rows: Uint32Array,
  facts: LayerIndexFacts,
): ArrayBufferView {
  switch (name) {
    case 'facts':
      return Buffer.from(JSON.stringify(facts));
    case 'kind':
      return picked(rows, entries.kind.values, new Uint8Array(rows.length));
    case 'mode':
      return picked(rows, entries.mode.values, new Uint16Array(rows.length));
    case 'owner':
      return valuesOf(rows, entries.owner);
    case 'owners':
      return entries.owners.values;
    case 'size':
      return picked(rows, entries.size.values, new Float64Array(rows.length));
    case 'mtime':
      return picked(rows, entries.mtime.values, new Float64Array(rows.length));
    case 'dataOffset':
      return picked(rows, entries.dataOffset.values, new Float64Array(rows.length));
    case 'pathEnd':
      return runningSums(valuesOf(rows, entries.pathLength));
    case 'linkEnd':
      return runningSums(valuesOf(rows, entries.linkLength));
    case 'xattrEntry':
      return positionsIn(rows, entries.xattrs);
    case 'xattrEnd':
      return runningSums(xattrLengths(entries, rows));
    case 'sparseEntry':
      return positionsIn(rows, entries.sparse);
    case 'sparseEnd':
      return runningSums(rowsIn(rows, entries.sparse).map((row) => entries.sparse.get(row)?.length ?? 0));
    case 'segments':
      return segmentColumn(entries, rows);
  }
}

function picked<T extends Numbers>(rows: Uint32Array, values: Numbers, column: T): T {
  for (let at = 0; at < rows.length; at++) column[at] = values[rows[at] ?? 0] ?? 0;
  return column;
}

function valuesOf(rows: Uint32Array, { values }: { readonly values: Numbers }): Uint32Array {
  return picked(rows, values, new Uint32Array(rows.length));
}

function xattrLengths({ xattrs }: EntryCollector, rows: Uint32Array): Uint32Array {
  return rowsIn(rows, xattrs).map((row) => {
    const range = xattrs.get(row);
    return range ? range.end - range.start : 0;
  });
}

/** Where each ends, of things of these lengths that stand one behind the other; in place. */
function runningSums(lengths: Uint32Array): Uint32Array {
  let end = 0;
  for (let at = 0; at < lengths.length; at++) {
    end += lengths[at] ?? 0;
    lengths[at] = end;
  }
  return lengths;
}

/** Pieces of the heap one behind the other. */
function* gathered(heap: Uint8Array, starts: Uint32Array, lengths: Uint32Array): Generator<Uint8Array> {
  const part = new Uint8Array(partBytes);
  let filled = 0;
  for (let at = 0; at < starts.length; at++) {
    const start = starts[at] ?? 0;
    const length = lengths[at] ?? 0;
    if (filled + length > partBytes) {
      yield part.subarray(0, filled);
      filled = 0;
    }
    if (length > partBytes) {
      yield heap.subarray(start, start + length);
    } else {
      copyBytes(heap, start, length, part, filled);
      filled += length;
    }
  }
  yield part.subarray(0, filled);
}

/** In a loop, for these are few bytes and many of them: views and calls out of JavaScript would cost more. */
function copyBytes(from: Uint8Array, start: number, length: number, to: Uint8Array, position: number): void {
  for (let at = 0; at < length; at++) to[position + at] = from[start + at] ?? 0;
}

function rowsIn(rows: Uint32Array, some: ReadonlyMap<number, unknown>): Uint32Array {
  return some.size === 0 ? new Uint32Array(0) : rows.filter((row) => some.has(row));
}

function positionsIn(rows: Uint32Array, some: ReadonlyMap<number, unknown>): Uint32Array {
  const positions: number[] = [];
  if (some.size === 0) return new Uint32Array(0);
  for (const [at, row] of rows.entries()) if (some.has(row)) positions.push(at);
  return Uint32Array.from(positions);
}

function segmentColumn(entries: EntryCollector, rows: Uint32Array): Float64Array {
  const numbers: number[] = [];
  for (const row of rowsIn(rows, entries.sparse)) {
    for (const { offset, length } of entries.sparse.get(row) ?? []) numbers.push(offset, length);
  }
  return Float64Array.from(numbers);
}
