import { DatabaseSync } from 'node:sqlite';

/** A tag of a header with its value: text, or a number of 32 bits. */
export type HeaderField = readonly [tag: number, value: string | number];

export interface RpmFacts {
  readonly name?: string;
  readonly version?: string;
  readonly release?: string;
  readonly epoch?: number;
  readonly architecture?: string;
  readonly sourceRpm?: string;
  /** Characters of a description, so that a header is as large as a real one. */
  readonly padding?: number;
}

/** The header that RPM's database has of a package. */
export function rpmHeaderOf(facts: RpmFacts): Buffer {
  const fields: readonly (readonly [number, string | number | undefined])[] = [
    [1000, facts.name],
    [1001, facts.version],
    [1002, facts.release],
    [1003, facts.epoch],
    [1005, 'd'.repeat(facts.padding ?? 0)],
    [1022, facts.architecture],
    [1044, facts.sourceRpm],
  ];
  return headerOf(fields.filter((field): field is HeaderField => field[1] !== undefined));
}

export function headerOf(fields: readonly HeaderField[]): Buffer {
  const entries: Buffer[] = [];
  const data: Buffer[] = [];
  let length = 0;
  for (const [tag, value] of fields) {
    const bytes = typeof value === 'number' ? uint32s('big', value) : Buffer.from(`${value}\0`);
    const gap = Buffer.alloc(typeof value === 'number' ? (4 - (length % 4)) % 4 : 0);
    entries.push(uint32s('big', tag, typeof value === 'number' ? 4 : 6, length + gap.length, 1));
    data.push(gap, bytes);
    length += gap.length + bytes.length;
  }
  return Buffer.concat([uint32s('big', fields.length, length), ...entries, ...data]);
}

function uint32s(order: 'big' | 'little', ...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length);
  for (const [at, value] of values.entries()) {
    if (order === 'big') bytes.writeUInt32BE(value, 4 * at);
    else bytes.writeUInt32LE(value, 4 * at);
  }
  return bytes;
}

/** What SQLite itself writes, as RPM has it do. @param file a path in a folder that goes with the test */
export function writeSqlite(file: string, headers: readonly Buffer[], pageSize = 4096): void {
  const database = new DatabaseSync(file);
  database.exec('PRAGMA journal_mode = MEMORY');
  fillSqlite(database, headers, pageSize);
  database.close();
}

export function fillSqlite(database: DatabaseSync, headers: readonly Buffer[], pageSize = 4096): void {
  // Nobody needs it after a power cut.
  database.exec(`PRAGMA synchronous = OFF; PRAGMA page_size = ${pageSize}`);
  database.exec("CREATE TABLE 'Packages' (hnum INTEGER PRIMARY KEY AUTOINCREMENT, blob BLOB NOT NULL)");
  database.exec("CREATE TABLE 'Name' (key 'TEXT' NOT NULL, hnum INTEGER NOT NULL, idx INTEGER NOT NULL)");
  const insert = database.prepare("INSERT INTO 'Packages' (blob) VALUES (?)");
  database.exec('BEGIN');
  for (const header of headers) insert.run(header);
  database.exec('COMMIT');
}

const ndbPage = 4096;

/** RPM's ndb: a page of slots, every other one free, then the blobs. */
export function ndbOf(headers: readonly Buffer[]): Buffer {
  const slots = Buffer.alloc(ndbPage, uint32s('little', magicOf('Slot'), 0, 0, 0));
  slots.set(uint32s('little', magicOf('RpmP'), 0, 1, 1, headers.length + 1, 0, 0, 0));
  const blobs: Buffer[] = [];
  let at = ndbPage;
  for (const [number, header] of headers.entries()) {
    const index = number + 1;
    const blob = ndbBlob(index, header);
    slots.set(uint32s('little', magicOf('Slot'), index, at / 16, blob.length / 16), 32 + 32 * number);
    blobs.push(blob);
    at += blob.length;
  }
  return Buffer.concat([slots, ...blobs]);
}

/** The sum at its end is not filled in: nobody who only reads packages looks at it. */
function ndbBlob(index: number, header: Buffer): Buffer {
  const head = uint32s('little', magicOf('BlbS'), index, 1, header.length);
  const gap = Buffer.alloc((16 - ((header.length + 12) % 16)) % 16);
  return Buffer.concat([head, header, gap, uint32s('little', 0, header.length, magicOf('BlbE'))]);
}

function magicOf(text: string): number {
  return Buffer.from(text, 'latin1').readUInt32LE(0);
}

const berkeleyPage = 4096;
const pageHeader = 26;

/** A Berkeley DB hash of RPM's: the highest number under the key 0, each header on pages of its own. */
export function berkeleyOf(headers: readonly Buffer[], order: 'big' | 'little' = 'little'): Buffer {
  const pages: Buffer[] = [berkeleyMetadata(order)];
  const items: Buffer[] = [inline(uint32s(order, 0)), inline(uint32s(order, headers.length))];
  const overflow: Buffer[] = [];
  for (const [number, header] of headers.entries()) {
    const elsewhere = Buffer.alloc(4, Buffer.from([3, 0, 0, 0]));
    const place = uint32s(order, 2 + overflow.length, header.length);
    items.push(inline(uint32s(order, number + 1)), Buffer.concat([elsewhere, place]));
    overflow.push(...overflowPages(order, 2 + overflow.length, header));
  }
  pages.push(hashPage(order, items), ...overflow);
  return Buffer.concat(pages);
}

function inline(bytes: Buffer): Buffer {
  return Buffer.concat([Buffer.of(1), bytes]);
}

function berkeleyMetadata(order: 'big' | 'little'): Buffer {
  const page = Buffer.alloc(berkeleyPage);
  page.set(uint32s(order, 0, 0, 0, 0x061561, 9, berkeleyPage));
  page[25] = 8;
  return page;
}

function hashPage(order: 'big' | 'little', items: readonly Buffer[]): Buffer {
  const page = Buffer.alloc(berkeleyPage);
  let end = berkeleyPage;
  writeUint16(page, order, 20, items.length);
  page[25] = 13;
  for (const [at, item] of items.entries()) {
    end -= item.length;
    page.set(item, end);
    writeUint16(page, order, pageHeader + 2 * at, end);
  }
  return page;
}

function overflowPages(order: 'big' | 'little', first: number, header: Buffer): Buffer[] {
  const room = berkeleyPage - pageHeader;
  const count = Math.ceil(header.length / room);
  return Array.from({ length: count }, (_, at) => {
    const page = Buffer.alloc(berkeleyPage);
    const piece = header.subarray(at * room, (at + 1) * room);
    page.set(uint32s(order, at + 1 < count ? first + at + 1 : 0), 16);
    writeUint16(page, order, 22, piece.length);
    page[25] = 7;
    page.set(piece, pageHeader);
    return page;
  });
}

function writeUint16(page: Buffer, order: 'big' | 'little', at: number, value: number): void {
  if (order === 'big') page.writeUInt16BE(value, at);
  else page.writeUInt16LE(value, at);
}
