import { EngineError } from '../errors.ts';
import type { FileType } from '../image.ts';
import { digestHex, isDigest } from '../oci/digest.ts';
import {
  asArray,
  asObject,
  asSize,
  asString,
  asStrings,
  type JsonObject,
  optional,
  parseJson,
} from '../oci/json.ts';
import { ChunkRows } from './chunkTable.ts';
import type { EntryCollector } from './entryCollector.ts';
import { encodePath } from './entryText.ts';
import type { TarEntry } from './tarEntry.ts';

/** Bytes of one piece of a file, unpacked: real ones have some megabytes, and each is held whole. */
export const maxChunkBytes = 64 * 1024 * 1024;

/** From here on an entry's `dataOffset` is a mere name; below, the number of its first chunk. */
export const firstNameless = 2 ** 40;

const types: Readonly<Record<string, FileType>> = {
  dir: 'directory',
  reg: 'file',
  symlink: 'symlink',
  hardlink: 'hardlink',
  char: 'character',
  block: 'block',
  fifo: 'fifo',
};

const emptySha256 = Buffer.from('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855', 'hex');

/**
 * The entries that a table of contents lists, given to the collector, and where the pieces of their files are. Both kinds
 * of table have the same JSON: https://github.com/containerd/stargz-snapshotter/blob/v0.16.3/docs/estargz.md#tocentry
 * @param layerEnd where the files' bytes end in the layer
 * @throws `Corrupt`, `Unsupported`, `TooLarge` where the table cannot be relied on; the layer then has to be read
 */
export function listEntries(json: Uint8Array, layerEnd: number, collector: EntryCollector): ChunkRows {
  const table = asObject(parseJson(json, 'the table of contents'), 'the table of contents');
  const reader = new EntryReader(collector, layerEnd);
  for (const [at, value] of asArray(table.entries, 'entries').entries())
    reader.take(asObject(value, `entries[${at}]`));
  return reader.end();
}

class EntryReader {
  readonly #collector: EntryCollector;
  readonly #layerEnd: number;
  readonly #rows = new ChunkRows();
  /** Of the file whose pieces are coming. */
  #size = 0;
  #listed = 0;
  #nameless = firstNameless;

  constructor(collector: EntryCollector, layerEnd: number) {
    this.#collector = collector;
    this.#layerEnd = layerEnd;
  }

  take(json: JsonObject): void {
    const type = asString(json.type, 'type');
    if (type === 'chunk') this.#chunk(json);
    else this.#file(type, json);
  }

  #file(type: string, json: JsonObject): void {
    this.#endFile();
    const known = types[type];
    if (!known)
      throw new EngineError(
        'Unsupported',
        `the table of contents has an entry of type ${JSON.stringify(type)}`,
      );
    const size = known === 'file' ? number(json, 'size') : 0;
    const dataOffset = size > 0 ? this.#rows.length : this.#nameless++;
    const entry = entryOf(json, { type: known, size, dataOffset });
    this.#size = size;
    this.#listed = 0;
    if (known !== 'file') this.#collector.entry(entry);
    else this.#collector.listed(entry, size > 0 ? sha256(json.digest, 'digest') : emptySha256);
    if (size > 0) this.#chunk(json);
  }

  end(): ChunkRows {
    this.#endFile();
    this.#rows.closeAt(this.#layerEnd);
    return this.#rows;
  }

  #chunk(json: JsonObject): void {
    const left = this.#size - this.#listed;
    // The last one need not say how long it is.
    const size = number(json, 'chunkSize') || left;
    const isZeros = json.chunkType === 'zeros';
    const offset = isZeros ? -1 : number(json, 'offset');
    const end = isZeros ? 0 : number(json, 'endOffset');
    const isPossible =
      number(json, 'chunkOffset') === this.#listed && size <= left && offset < this.#layerEnd;
    if (!isPossible || end > this.#layerEnd || (end > 0 && end <= offset)) throw contradiction();
    const inner = number(json, 'innerOffset');
    if (size + inner > maxChunkBytes && !isZeros)
      throw new EngineError('TooLarge', 'the table of contents has a piece that is too large');
    const hash = isZeros ? undefined : optional(json.chunkDigest || undefined, 'chunkDigest', sha256);
    this.#rows.push({ offset, end, inner, size, sha256: hash });
    this.#listed += size;
  }

  #endFile(): void {
    if (this.#listed !== this.#size) throw contradiction();
  }
}

function contradiction(): EngineError {
  return new EngineError('Corrupt', 'the table of contents contradicts itself');
}

function entryOf(json: JsonObject, facts: Pick<TarEntry, 'type' | 'size' | 'dataOffset'>): TarEntry {
  const link = optional(json.linkName, 'linkName', asString) ?? '';
  return {
    ...facts,
    path: pathBytes(json.name, 'name'),
    linkPath: facts.type === 'symlink' || facts.type === 'hardlink' ? pathBytes(link, 'linkName') : empty,
    mode: number(json, 'mode') & 0o7777,
    uid: number(json, 'uid'),
    gid: number(json, 'gid'),
    mtime: timeOf(json.modtime),
    deviceMajor: number(json, 'devMajor'),
    deviceMinor: number(json, 'devMinor'),
    xattrs: xattrsOf(json.xattrs),
    sparse: undefined,
  };
}

const empty = new Uint8Array(0);

/** What JSON could not hold of a path has been lost where U+FFFD stands: then the layer has to be read. */
function pathBytes(value: unknown, what: string): Uint8Array {
  const text = asString(value, what);
  if (text.includes('\ufffd') || text.includes('\0'))
    throw new EngineError('Unsupported', 'the table of contents has a path that is no text');
  return encodePath(text);
}

function number(json: JsonObject, name: string): number {
  return optional(json[name], name, asSize) ?? 0;
}

function timeOf(value: unknown): number {
  const text = optional(value, 'modtime', asString);
  const time = Date.parse(text ?? '');
  return Number.isNaN(time) ? 0 : Math.floor(time / 1000);
}

function xattrsOf(value: unknown): ReadonlyMap<string, Uint8Array> | undefined {
  const given = optional(value, 'xattrs', asStrings);
  return given && new Map(Object.entries(given).map(([name, text]) => [name, Buffer.from(text, 'base64')]));
}

function sha256(value: unknown, what: string): Uint8Array {
  const text = asString(value, what);
  if (!isDigest(text) || !text.startsWith('sha256:'))
    throw new EngineError('Unsupported', `the table of contents has no ${what} of a file`);
  return Buffer.from(digestHex(text), 'hex');
}
