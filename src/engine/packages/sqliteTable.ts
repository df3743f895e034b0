import { limitText } from '../byteLimit.ts';
import { brokenDatabase, tooLargeDatabase } from './packageError.ts';
import { maxRecordBytes } from './packageLimits.ts';
import type { SqliteFile, SqlitePage } from './sqliteFile.ts';
import { recordColumns, type SqliteValue, varint } from './sqliteRecord.ts';

/** https://www.sqlite.org/fileformat2.html#b_tree_pages */
const interiorTable = 0x05;
const leafTable = 0x0d;

/**
 * The rows of a table, in the order of their row IDs; columns as they are stored.
 * @throws `Corrupt`, also where there is no such table, `TooLarge`
 */
export function* sqliteTable(file: SqliteFile, name: string): Generator<readonly SqliteValue[]> {
  file.begin();
  const root = rootOf(file, name);
  file.begin();
  yield* rowsBelow(file, root);
}

/** Page 1 is the root of the table of tables: type, name, table, root page, SQL. */
function rootOf(file: SqliteFile, wanted: string): number {
  for (const [type, name, , root] of rowsBelow(file, 1)) {
    if (asText(type) === 'table' && asText(name) === wanted && typeof root === 'number') return root;
  }
  throw brokenDatabase(file.path, `it has no table ${wanted}`);
}

function asText(value: SqliteValue | undefined): string | undefined {
  return Buffer.isBuffer(value) ? value.toString('utf8') : undefined;
}

/** Without recursion: how deep the tree is the file says. */
function* rowsBelow(file: SqliteFile, root: number): Generator<readonly SqliteValue[]> {
  const pending = [root];
  for (let number = pending.pop(); number !== undefined; number = pending.pop()) {
    const page = file.page(number);
    const kind = page.bytes[page.header];
    if (kind === interiorTable) pending.push(...childrenOf(file, page).reverse());
    else if (kind === leafTable) yield* rowsOf(file, page);
    else throw brokenDatabase(file.path, 'a page is not of a table');
  }
}

function childrenOf(file: SqliteFile, page: SqlitePage): number[] {
  const children = cellsOf(file, page, 12).map((cell) => readUInt32(file, page.bytes, cell));
  return [...children, page.bytes.readUInt32BE(page.header + 8)];
}

/** Cells overlap in no sound page: together their rows are not longer than it. */
function* rowsOf(file: SqliteFile, page: SqlitePage): Generator<readonly SqliteValue[]> {
  let left = file.usable;
  for (const cell of cellsOf(file, page, 8)) {
    const { payload, local } = payloadOf(file, page, cell);
    left -= local;
    if (left < 0) throw brokenDatabase(file.path, 'rows lie one over the other');
    yield recordColumns(payload, file.path);
  }
}

/** Where in the page its cells begin, in the order of their keys. */
function cellsOf(file: SqliteFile, { bytes, header }: SqlitePage, headerBytes: number): number[] {
  const count = bytes.readUInt16BE(header + 3);
  const first = header + headerBytes;
  if (first + 2 * count > bytes.length) throw brokenDatabase(file.path, 'a page has more cells than room');
  return Array.from({ length: count }, (_, at) => bytes.readUInt16BE(first + 2 * at));
}

function readUInt32(file: SqliteFile, bytes: Buffer, at: number): number {
  if (at + 4 > bytes.length) throw brokenDatabase(file.path, 'a cell lies outside its page');
  return bytes.readUInt32BE(at);
}

interface Payload {
  readonly payload: Buffer;
  /** Bytes of it in the row's own page. */
  readonly local: number;
}

/** https://www.sqlite.org/fileformat2.html#cell_payload_overflow_pages */
function payloadOf(file: SqliteFile, { bytes }: SqlitePage, cell: number): Payload {
  const size = varint(bytes, cell, file.path);
  const rowId = varint(bytes, size.end, file.path);
  const total = size.value;
  if (total > maxRecordBytes)
    throw tooLargeDatabase(file.path, `a row has more than ${limitText(maxRecordBytes)}`);
  const local = localBytes(total, file.usable);
  const start = rowId.end;
  if (start + local > file.usable) throw brokenDatabase(file.path, 'a row lies outside its page');
  const own = bytes.subarray(start, start + local);
  if (local === total) return { payload: own, local };
  const rest = overflowOf(file, readUInt32(file, bytes, start + local), total - local);
  return { payload: Buffer.concat([own, ...rest], total), local };
}

/** How many bytes of a row stand in its own page. */
function localBytes(total: number, usable: number): number {
  const most = usable - 35;
  if (total <= most) return total;
  const least = Math.floor(((usable - 12) * 32) / 255) - 23;
  const wanted = least + ((total - least) % (usable - 4));
  return wanted <= most ? wanted : least;
}

function overflowOf(file: SqliteFile, first: number, length: number): Buffer[] {
  const pieces: Buffer[] = [];
  let left = length;
  for (let number = first; left > 0; ) {
    const { bytes } = file.page(number);
    const piece = bytes.subarray(4, Math.min(file.usable, 4 + left));
    pieces.push(piece);
    left -= piece.length;
    number = bytes.readUInt32BE(0);
  }
  return pieces;
}
