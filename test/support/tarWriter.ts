import type { FileType } from '../../src/engine/image.ts';

const blockSize = 512;

/** An entry of a tar made by hand. What is not given has an ordinary value. */
export interface TarItem {
  readonly path: string | Uint8Array;
  /** `file` where there is content or nothing else is said. */
  readonly type?: FileType;
  readonly content?: string | Uint8Array;
  readonly linkName?: string | Uint8Array;
  readonly mode?: number;
  readonly uid?: number;
  readonly gid?: number;
  readonly mtime?: number;
  readonly device?: readonly [major: number, minor: number];
  /** Records of a PAX header before the entry. */
  readonly pax?: Readonly<Record<string, string | Uint8Array>>;
  readonly format?: 'ustar' | 'gnu' | 'v7';
  /** Instead of the type's own. */
  readonly typeFlag?: string;
  /** In the header, instead of the content's. */
  readonly size?: number;
  /** Numbers in base-256, as GNU writes what octal cannot hold. */
  readonly base256?: boolean;
  /** ustar's prefix field. */
  readonly prefix?: string;
  readonly checksum?: 'signed' | 'wrong';
  /** Last change to the header, before its checksum. */
  readonly patch?: (header: Buffer) => void;
}

const typeFlags: Record<FileType, string> = {
  file: '0',
  hardlink: '1',
  symlink: '2',
  character: '3',
  block: '4',
  directory: '5',
  fifo: '6',
};

/** A whole tar, with its end blocks. */
export function tarOf(...items: readonly (TarItem | Buffer)[]): Buffer {
  return Buffer.concat([...items.map((item) => (Buffer.isBuffer(item) ? item : entryOf(item))), endBlocks]);
}

export const endBlocks = Buffer.alloc(2 * blockSize);

export function directory(path: string, facts: Partial<TarItem> = {}): TarItem {
  return { path, type: 'directory', mode: 0o755, ...facts };
}

export function file(
  path: TarItem['path'],
  content: string | Uint8Array = '',
  facts: Partial<TarItem> = {},
): TarItem {
  return { path, content, ...facts };
}

export function hardlink(path: string, linkName: string, facts: Partial<TarItem> = {}): TarItem {
  return { path, type: 'hardlink', linkName, ...facts };
}

export function symlink(path: string, linkName: string, facts: Partial<TarItem> = {}): TarItem {
  return { path, type: 'symlink', linkName, ...facts };
}

/** One entry: its PAX header where it has one, its header, its content. */
export function entryOf(item: TarItem): Buffer {
  const content = Buffer.from(item.content ?? '');
  const header = item.pax ? [extendedHeader('x', paxRecords(item.pax))] : [];
  return Buffer.concat([...header, headerOf(item, item.size ?? content.length), padded(content)]);
}

/** Records for all entries that follow. */
export function globalHeader(records: Readonly<Record<string, string>>): Buffer {
  return extendedHeader('g', paxRecords(records));
}

/** GNU's way to say a long path (`L`) or link target (`K`) of the entry that follows. */
export function gnuLong(typeFlag: 'L' | 'K', text: string): Buffer {
  return extendedHeader(typeFlag, Buffer.from(`${text}\0`));
}

export function extendedHeader(typeFlag: string, content: Buffer): Buffer {
  return Buffer.concat([headerOf({ path: '././@LongLink', typeFlag }, content.length), padded(content)]);
}

export function paxRecords(records: Readonly<Record<string, string | Uint8Array>>): Buffer {
  return Buffer.concat(Object.entries(records).map(([key, value]) => paxRecord(key, value)));
}

/** The length counts its own digits. */
function paxRecord(key: string, value: string | Uint8Array): Buffer {
  const rest = Buffer.concat([Buffer.from(` ${key}=`), Buffer.from(value), Buffer.from('\n')]);
  let length = rest.length + 1;
  while (String(length).length + rest.length > length) length++;
  return Buffer.concat([Buffer.from(String(length)), rest]);
}

export function padded(content: Uint8Array): Buffer {
  return Buffer.concat([content, Buffer.alloc((blockSize - (content.length % blockSize)) % blockSize)]);
}

function headerOf(item: TarItem, size: number): Buffer {
  const header = Buffer.alloc(blockSize);
  const number = item.base256 ? base256 : octal;
  header.set(Buffer.from(item.path).subarray(0, 100), 0);
  number(header, 100, 8, item.mode ?? 0o644);
  number(header, 108, 8, item.uid ?? 0);
  number(header, 116, 8, item.gid ?? 0);
  number(header, 124, 12, size);
  number(header, 136, 12, item.mtime ?? 1_700_000_000);
  header.write(item.typeFlag ?? typeFlags[item.type ?? 'file'], 156, 'latin1');
  if (item.linkName !== undefined) header.set(Buffer.from(item.linkName).subarray(0, 100), 157);
  writeMagic(header, item.format ?? 'ustar');
  if (item.device) {
    octal(header, 329, 8, item.device[0]);
    octal(header, 337, 8, item.device[1]);
  }
  if (item.prefix !== undefined) header.write(item.prefix, 345, 155, 'utf8');
  item.patch?.(header);
  writeChecksum(header, item.checksum);
  return header;
}

function writeMagic(header: Buffer, format: 'ustar' | 'gnu' | 'v7'): void {
  if (format === 'ustar') header.write('ustar\x0000', 257, 'latin1');
  if (format === 'gnu') header.write('ustar  \0', 257, 'latin1');
}

function writeChecksum(header: Buffer, kind: TarItem['checksum']): void {
  header.fill(' ', 148, 156);
  let sum = 0;
  for (const byte of header) sum += kind === 'signed' && byte >= 0x80 ? byte - 256 : byte;
  header.write(`${(kind === 'wrong' ? sum + 1 : sum).toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
}

function octal(header: Buffer, at: number, length: number, value: number): void {
  header.write(`${value.toString(8).padStart(length - 1, '0')}\0`, at, length, 'latin1');
}

function base256(header: Buffer, at: number, length: number, value: number): void {
  let rest = BigInt.asUintN(length * 8, BigInt(value));
  for (let index = length - 1; index >= 0; index--) {
    header[at + index] = Number(rest & 0xffn);
    rest >>= 8n;
  }
  header[at] = value < 0 ? 0xff : (header[at] ?? 0) | 0x80;
}
