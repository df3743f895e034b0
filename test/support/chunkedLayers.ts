import { createHash } from 'node:crypto';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { type Digest, digestOf } from '../../src/engine/oci/digest.ts';
import { mediaType } from '../../src/engine/oci/mediaType.ts';
import type { PackedLayer } from './remoteWorld.ts';
import { endBlocks, entryOf, file, type TarItem, tarOf } from './tarWriter.ts';

/** A row of a table of contents, as its JSON has it. */
export type ListedRow = Record<string, unknown>;

export interface ChunkedOptions {
  /** Bytes of a chunk; 1000. */
  readonly chunkSize?: number;
  /** Changes the table before it is written. */
  readonly change?: (rows: ListedRow[]) => unknown;
  /** The table's bytes instead of its own. */
  readonly table?: Buffer;
  /** Whether the manifest vouches for the table; true. */
  readonly vouched?: boolean;
  /** eStargz: the footer of before extra fields had IDs. zstd:chunked: the footer alone says where the table is. */
  readonly old?: boolean;
}

const typeNames = {
  file: 'reg',
  directory: 'dir',
  symlink: 'symlink',
  hardlink: 'hardlink',
  character: 'char',
  block: 'block',
  fifo: 'fifo',
} as const;

type Compress = (bytes: Buffer) => Buffer;

/** Writes a layer in which each chunk of a file can be unpacked by itself, and lists where. */
class ChunkedWriter {
  readonly rows: ListedRow[] = [];
  readonly #compress: Compress;
  readonly #chunkSize: number;
  readonly #parts: Buffer[] = [];
  readonly #tar: Buffer[] = [];
  #offset = 0;
  /** Of the tar, what has not been packed yet. */
  #pending: Buffer[] = [];

  constructor(compress: Compress, chunkSize: number) {
    this.#compress = compress;
    this.#chunkSize = chunkSize;
  }

  get offset(): number {
    return this.#offset;
  }

  get bytes(): Buffer {
    return Buffer.concat(this.#parts);
  }

  get tar(): Buffer {
    return Buffer.concat(this.#tar);
  }

  add(item: TarItem): void {
    const content = Buffer.from(item.content ?? '');
    const entry = entryOf(item);
    const contentAt = entry.length - Math.ceil(content.length / 512) * 512;
    this.#take(entry.subarray(0, contentAt));
    const row = rowOf(item, content);
    if (content.length === 0) this.rows.push(row);
    for (let at = 0; at < content.length; at += this.#chunkSize) {
      this.flush();
      const chunk = content.subarray(at, at + this.#chunkSize);
      const isOnly = chunk.length === content.length;
      this.rows.push({
        ...(at === 0 ? row : { type: 'chunk', name: item.path }),
        offset: this.#offset,
        ...(at > 0 && { chunkOffset: at }),
        ...(!isOnly && at + chunk.length < content.length && { chunkSize: chunk.length }),
        chunkDigest: digestOf(chunk),
      });
      this.#take(chunk);
    }
    this.#take(entry.subarray(contentAt + content.length));
  }

  /** Ends the stream that can be unpacked by itself. */
  flush(): void {
    if (this.#pending.length === 0) return;
    this.raw(this.#compress(Buffer.concat(this.#pending)));
    this.#pending = [];
  }

  /** Bytes as they are. */
  raw(bytes: Buffer): void {
    this.#parts.push(bytes);
    this.#offset += bytes.length;
  }

  finish(): void {
    this.#take(endBlocks);
    this.flush();
  }

  #take(bytes: Buffer): void {
    if (bytes.length === 0) return;
    this.#tar.push(bytes);
    this.#pending.push(bytes);
  }
}

function rowOf(item: TarItem, content: Buffer): ListedRow {
  const type = item.type ?? 'file';
  return {
    name: String(item.path),
    type: typeNames[type],
    ...(type === 'file' && {
      size: content.length,
      digest: `sha256:${createHash('sha256').update(content).digest('hex')}`,
    }),
    ...(item.linkName !== undefined && { linkName: String(item.linkName) }),
    mode: item.mode ?? 0o644,
    uid: item.uid ?? 0,
    gid: item.gid ?? 0,
    modtime: new Date((item.mtime ?? 1_700_000_000) * 1000).toISOString(),
    ...(item.device && { devMajor: item.device[0], devMinor: item.device[1] }),
  };
}

function write(items: readonly TarItem[], compress: Compress, options: ChunkedOptions): ChunkedWriter {
  const writer = new ChunkedWriter(compress, options.chunkSize ?? 1000);
  for (const item of items) writer.add(item);
  return writer;
}

function tableOf({ rows }: ChunkedWriter, { change, table }: ChunkedOptions): Buffer {
  if (table) return table;
  const changed = change?.(rows);
  return Buffer.from(
    JSON.stringify(
      Array.isArray(changed) || !change
        ? { version: 1, entries: changed ?? rows }
        : (changed ?? { version: 1, entries: rows }),
    ),
  );
}

/** https://github.com/containerd/stargz-snapshotter/blob/v0.16.3/docs/estargz.md */
export function stargzLayer(items: readonly TarItem[], options: ChunkedOptions = {}): PackedLayer {
  const writer = write(items, (bytes) => gzipSync(bytes, { level: 1 }), options);
  writer.flush();
  const json = tableOf(writer, options);
  const tocOffset = writer.offset;
  const toc = tarOf(file('stargz.index.json', json));
  writer.raw(gzipMembers(toc));
  writer.raw(stargzFooter(tocOffset, options.old ?? false));
  return {
    bytes: writer.bytes,
    mediaType: mediaType.ociLayerGzip,
    diffId: digestOf(Buffer.concat([writer.tar, toc])),
    ...(options.vouched !== false && {
      annotations: { 'containerd.io/snapshot/stargz/toc.digest': digestOf(json) },
    }),
  };
}

/** As one stream of many members, equal ones packed once: large tables of nothing are quickly made. */
function gzipMembers(bytes: Buffer): Buffer {
  const size = 1024 * 1024;
  const packed = new Map<Digest, Buffer>();
  const members: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += size) {
    const piece = bytes.subarray(at, at + size);
    const key = digestOf(piece);
    const member = packed.get(key) ?? gzipSync(piece, { level: 1 });
    packed.set(key, member);
    members.push(member);
  }
  return Buffer.concat(members);
}

function stargzFooter(offset: number, old: boolean): Buffer {
  const place = Buffer.from(`${offset.toString(16).padStart(16, '0')}STARGZ`);
  const field = old ? place : Buffer.concat([Buffer.from('SG'), Buffer.from([place.length, 0]), place]);
  const header = Buffer.from([0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 0xff, field.length, 0]);
  const empty = Buffer.from([1, 0, 0, 0xff, 0xff, 0, 0, 0, 0, 0, 0, 0, 0]);
  return Buffer.concat([header, field, empty]);
}

/** https://github.com/containers/storage/blob/v1.57.1/pkg/chunked/internal/minimal/compression.go */
export function chunkedLayer(items: readonly TarItem[], options: ChunkedOptions = {}): PackedLayer {
  const writer = write(items, (bytes) => zstdCompressSync(bytes), options);
  writer.finish();
  const json = tableOf(writer, options);
  const packed = zstdCompressSync(json);
  const offset = writer.offset + 8;
  writer.raw(skippable(packed));
  writer.raw(skippable(chunkedFooter(offset, packed.length, json.length, options.old ?? false)));
  const checksum: Digest = digestOf(packed);
  const prefix = 'io.github.containers.zstd-chunked';
  return {
    bytes: writer.bytes,
    mediaType: mediaType.ociLayerZstd,
    diffId: digestOf(writer.tar),
    annotations: {
      ...(options.vouched !== false && { [`${prefix}.manifest-checksum`]: checksum }),
      ...(!options.old && { [`${prefix}.manifest-position`]: `${offset}:${packed.length}:${json.length}:1` }),
    },
  };
}

function skippable(bytes: Buffer): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt32LE(0x184d2a50, 0);
  header.writeUInt32LE(bytes.length, 4);
  return Buffer.concat([header, bytes]);
}

function chunkedFooter(offset: number, packed: number, unpacked: number, old: boolean): Buffer {
  const numbers = [offset, packed, unpacked, 1, ...(old ? [] : [0, 0, 0])];
  const bytes = Buffer.alloc(numbers.length * 8);
  for (const [at, number] of numbers.entries()) bytes.writeBigUInt64LE(BigInt(number), at * 8);
  return Buffer.concat([bytes, Buffer.from('GNUlInUx')]);
}
