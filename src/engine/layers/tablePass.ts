import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { tooLarge } from '../byteLimit.ts';
import { EngineError } from '../errors.ts';
import { digestAlgorithm, digestOf } from '../oci/digest.ts';
import type { ChunkRows } from './chunkTable.ts';
import { EntryCollector } from './entryCollector.ts';
import { ExpansionGuard } from './expansionGuard.ts';
import { Inflater } from './inflater.ts';
import { writeLayerIndex } from './layerIndexWriter.ts';
import type { LayerJob, LayerResult } from './layerJob.ts';
import { listEntries, maxChunkBytes } from './listedEntries.ts';
import type { TableOfContents } from './tableOfContents.ts';
import type { TarEntry } from './tarEntry.ts';
import { TarReader } from './tarReader.ts';

/** Bytes of a table, packed and unpacked: a million files need some 300 MB of JSON, which is read otherwise. */
const maxPackedBytes = 64 * 1024 * 1024;
const maxTableBytes = 128 * 1024 * 1024;

/**
 * Makes a layer index of the table of contents that a layer carries, without the layer. Its `dataOffset`s are numbers of
 * chunks, which are written beside it.
 */
export class TablePass {
  readonly #job: LayerJob;
  readonly #table: TableOfContents;
  readonly #pieces: Uint8Array[] = [];
  #size = 0;

  constructor(job: LayerJob, table: TableOfContents) {
    this.#job = job;
    this.#table = table;
  }

  async push(bytes: Uint8Array): Promise<void> {
    this.#size += bytes.length;
    if (this.#size > Math.min(this.#table.size, maxPackedBytes))
      throw tooLarge("the layer's table of contents", maxPackedBytes);
    this.#pieces.push(bytes);
  }

  /** @throws `DigestMismatch` where it is not what the manifest says, `Corrupt`, `Unsupported`, `TooLarge`, `Io` */
  async finish(): Promise<LayerResult> {
    const packed = Buffer.concat(this.#pieces);
    if (this.#table.kind === 'zstd:chunked') {
      this.#verify(packed);
      return this.#write(await inflated(packed, 'zstd'));
    }
    const tar = await inflated(packed, 'gzip');
    const entry = tableEntry(tar);
    const json = tar.subarray(entry.dataOffset, entry.dataOffset + entry.size);
    this.#verify(json);
    return this.#write(json, entry);
  }

  async abort(): Promise<void> {
    this.#pieces.splice(0);
  }

  /** All of one stream, which is the table's. */
  #pushPieces(rows: ChunkRows, { dataOffset, size }: TarEntry): void {
    const { offset, size: packed } = this.#table;
    for (let at = 0; at < size; at += maxChunkBytes) {
      const piece = { inner: dataOffset + at, size: Math.min(maxChunkBytes, size - at), sha256: undefined };
      rows.push({ offset, end: offset + packed, ...piece });
    }
  }

  #verify(bytes: Uint8Array): void {
    const expected = this.#table.digest;
    if (expected === undefined) return;
    const actual = digestOf(bytes, digestAlgorithm(expected));
    if (actual === expected) return;
    const message = `the table of contents of the layer ${this.#job.descriptor.digest} has the digest ${actual}`;
    throw new EngineError('DigestMismatch', message, { expected, actual });
  }

  /** @param own the entry that the table itself is, where it is one */
  #write(json: Uint8Array, own?: TarEntry): LayerResult {
    const { descriptor, diffId = descriptor.digest, indexFile } = this.#job;
    const collector = new EntryCollector(new ExpansionGuard(descriptor.size));
    const rows = listEntries(json, endOfFiles(this.#table), collector);
    if (own) {
      collector.listed({ ...own, dataOffset: rows.length }, createHash('sha256').update(json).digest());
      this.#pushPieces(rows, own);
    }
    fs.mkdirSync(path.dirname(indexFile), { recursive: true, mode: 0o755 });
    // First, so that whoever finds the index finds them too.
    rows.write(chunksFile(indexFile));
    return {
      digest: descriptor.digest,
      diffId,
      size: descriptor.size,
      uncompressedSize: 0,
      compression: this.#table.kind === 'estargz' ? 'gzip' : 'zstd',
      ...writeLayerIndex(indexFile, collector, diffId, 'listed'),
    };
  }
}

/** In the layer. A zstd:chunked table is in a skippable frame, which has a header of its own. */
function endOfFiles({ kind, offset }: TableOfContents): number {
  return kind === 'zstd:chunked' ? offset - 8 : offset;
}

/** Where the chunks of an index's files are listed. */
export function chunksFile(indexFile: string): string {
  return `${indexFile}.chunks`;
}

/** An eStargz table is the first file of a tar of its own, which ends the layer's, and does not list itself. */
function tableEntry(tar: Uint8Array): TarEntry {
  const found: TarEntry[] = [];
  const reader = new TarReader({
    entry: (entry) => found.push(entry),
    content: () => undefined,
    endOfEntry: () => undefined,
  });
  reader.push(tar);
  const [entry] = found;
  const isTable = entry?.type === 'file' && !entry.sparse && Buffer.from(entry.path).equals(tableName);
  if (!isTable || entry.dataOffset + entry.size > tar.length)
    throw new EngineError('Corrupt', "the layer's table of contents is not where its footer says");
  return entry;
}

const tableName = Buffer.from('stargz.index.json');

async function inflated(packed: Uint8Array, compression: 'gzip' | 'zstd'): Promise<Buffer> {
  const inflater = new Inflater(compression);
  const blocks: Uint8Array[] = [];
  let size = 0;
  // A stream that cannot be ended properly would be waited for.
  const feeding = inflater.write(packed).then(() => inflater.end());
  const fed = feeding.catch(() => inflater.destroy());
  try {
    for await (const block of inflater.blocks()) {
      size += block.length;
      if (size > maxTableBytes) throw tooLarge("the layer's table of contents", maxTableBytes);
      blocks.push(Uint8Array.from(block));
    }
  } finally {
    inflater.destroy();
    await fed;
  }
  return Buffer.concat(blocks);
}
