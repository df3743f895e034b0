import { createHash, randomUUID } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { ioError } from '../errors.ts';
import type { DiffId } from '../oci/digest.ts';
import { contentDigestBytes } from './contentHasher.ts';
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

export interface WrittenIndex {
  /** Implied folders included. */
  readonly entries: number;
  /** Sum of the sizes of regular files, bytes. */
  readonly contentSize: number;
}

/**
 * Sorts what was collected and writes it as a layer index, replacing `file` by rename. Blocks: made for a worker.
 * The collector is used up. @throws `Io`, `TooLarge`
 */
export function writeLayerIndex(
  file: string,
  entries: EntryCollector,
  diffId: DiffId,
  uncompressedSize: number,
): WrittenIndex {
  const rows = arrangeEntries(entries);
  const written = { entries: rows.length, contentSize: contentSizeOf(entries, rows) };
  const temporary = `${file}.${randomUUID()}.tmp`;
  try {
    fs.mkdirSync(path.dirname(file), { recursive: true, mode: 0o755 });
    writeFile(temporary, entries, rows, { diffId, uncompressedSize, ...written });
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
    const { table, hash } = writeColumns(fd, entries, rows, facts);
    const checksum = hash.update(table).digest();
    writeAll(fd, Buffer.concat([header(checksum), table]), 0);
    fs.fsyncSync(fd);
  } finally {
    fs.closeSync(fd);
  }
}

function header(checksum: Uint8Array): Buffer {
  const bytes = Buffer.alloc(tableOffset);
  bytes.write(magic, 'latin1');
  bytes.set(bytesOf(Uint32Array.of(endianMark, formatVersion)), magic.length);
  bytes.set(checksum, checksumOffset);
  return bytes;
}

function writeColumns(fd: number, entries: EntryCollector, rows: Uint32Array, facts: LayerIndexFacts) {
  const hash = createHash('sha256');
  const table = new Float64Array(columns.length * 2);
  let at = headerBytes;
  for (const [index, name] of columns.entries()) {
    const bytes = bytesOf(columnOf(name, entries, rows, facts));
    const padding = Buffer.alloc((alignment - (bytes.length % alignment)) % alignment);
    table.set([at, bytes.length], index * 2);
    for (const part of [bytes, padding]) {
      writeAll(fd, part, at);
      hash.update(part);
      at += part.length;
    }
  }
  return { table: bytesOf(table), hash };
}

function writeAll(fd: number, bytes: Uint8Array, position: number): void {
  let done = 0;
  while (done < bytes.length) done += fs.writeSync(fd, bytes, done, bytes.length - done, position + done);
}

function bytesOf(view: ArrayBufferView): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}

/** One column at a time, so that the layer is never in memory twice. */
function columnOf(
  name: ColumnName,
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
      return picked(rows, entries.owner.values, new Uint32Array(rows.length));
    case 'owners':
      return entries.owners.values;
    case 'size':
      return picked(rows, entries.size.values, new Float64Array(rows.length));
    case 'mtime':
      return picked(rows, entries.mtime.values, new Float64Array(rows.length));
    case 'dataOffset':
      return picked(rows, entries.dataOffset.values, new Float64Array(rows.length));
    case 'pathEnd':
      return runningEnds(rows, (row) => entries.pathLength.get(row));
    case 'paths':
      return gathered(rows, entries.paths.bytes, rangeOf(entries.pathStart, entries.pathLength));
    case 'linkEnd':
      return runningEnds(rows, (row) => entries.linkLength.get(row));
    case 'links':
      return gathered(rows, entries.links.bytes, rangeOf(entries.linkStart, entries.linkLength));
    case 'content':
      return contentColumn(entries, rows);
    case 'xattrEntry':
      return positionsIn(rows, entries.xattrs);
    case 'xattrEnd':
      return runningEnds(rowsIn(rows, entries.xattrs), (row) => xattrRange(entries, row).length);
    case 'xattrs':
      return gathered(rowsIn(rows, entries.xattrs), entries.xattrBytes.bytes, (row) =>
        xattrRange(entries, row),
      );
    case 'sparseEntry':
      return positionsIn(rows, entries.sparse);
    case 'sparseEnd':
      return runningEnds(rowsIn(rows, entries.sparse), (row) => entries.sparse.get(row)?.length ?? 0);
    case 'segments':
      return segmentColumn(entries, rows);
  }
}

function picked<T extends { [at: number]: number }>(rows: Uint32Array, values: T, column: T): T {
  for (let at = 0; at < rows.length; at++) column[at] = values[rows[at] ?? 0] ?? 0;
  return column;
}

interface Range {
  readonly start: number;
  readonly length: number;
}

type Lookup = { get(row: number): number };

function rangeOf(starts: Lookup, lengths: Lookup): (row: number) => Range {
  return (row) => ({ start: starts.get(row), length: lengths.get(row) });
}

function xattrRange(entries: EntryCollector, row: number): Range {
  const range = entries.xattrs.get(row);
  return range ? { start: range.start, length: range.end - range.start } : { start: 0, length: 0 };
}

function runningEnds(rows: Uint32Array, length: (row: number) => number): Uint32Array {
  let end = 0;
  return rows.map((row) => {
    end += length(row);
    return end;
  });
}

function gathered(rows: Uint32Array, heap: Uint8Array, range: (row: number) => Range): Uint8Array {
  let total = 0;
  for (const row of rows) total += range(row).length;
  const bytes = new Uint8Array(total);
  let at = 0;
  for (const row of rows) {
    const { start, length } = range(row);
    bytes.set(heap.subarray(start, start + length), at);
    at += length;
  }
  return bytes;
}

function contentColumn(entries: EntryCollector, rows: Uint32Array): Uint8Array {
  const digests = entries.digests.bytes;
  const column = new Uint8Array(rows.length * contentDigestBytes);
  rows.forEach((row, at) => {
    const end = entries.digestRow.get(row) * contentDigestBytes;
    if (end > 0) column.set(digests.subarray(end - contentDigestBytes, end), at * contentDigestBytes);
  });
  return column;
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
