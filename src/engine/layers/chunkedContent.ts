import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { EngineError, throwIfCancelled } from '../errors.ts';
import type { ByteRange } from '../target.ts';
import { type ChunkedFile, type FileChunk, fileChunks } from './chunkTable.ts';
import { Inflater } from './inflater.ts';
import type { LayerIndex } from './layerIndex.ts';

/** Gives a part of a layer as distributed. */
export type OpenRange = (range: Required<ByteRange>, signal?: AbortSignal) => Promise<Readable>;

export interface ChunkedLayer {
  /** Written beside the index: see `TablePass`. */
  readonly chunks: string;
  readonly compression: 'gzip' | 'zstd';
  readonly open: OpenRange;
}

/** Pieces with no more than this many bytes between them are fetched together. */
const maxGap = 64 * 1024;
/** Bytes of the layer that are asked for at a time; a file's pieces mostly lie side by side. */
const maxRun = 32 * 1024 * 1024;

/** Files up to so many bytes are held against their digest before the first byte is given. */
const maxHeldBytes = 4 * 1024 * 1024;

/**
 * The bytes of a regular file of a layer whose index came from its table of contents: its pieces alone are fetched, and
 * each is held against its digest before it is given, the whole at the end (of a small file: before anything is given).
 * @throws `DigestMismatch` where a piece or the file is not what the table says, `Corrupt`, and what `open` throws
 */
export async function* chunkedContent(
  layer: ChunkedLayer,
  index: LayerIndex,
  at: number,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  const size = index.size(at);
  const hash = createHash('sha256');
  const held: Uint8Array[] = [];
  for await (const piece of chunkedPieces(layer, [chunkedFile(index, at)], signal)) {
    hash.update(piece);
    if (size > maxHeldBytes) yield piece;
    else held.push(piece);
  }
  if (!hash.digest().equals(index.contentHash(at))) throw unlikeTable(index);
  yield* held;
}

export function chunkedFile(index: LayerIndex, at: number): ChunkedFile {
  return { first: index.dataOffset(at), size: index.size(at) };
}

export function unlikeTable({ diffId }: LayerIndex): EngineError {
  return new EngineError(
    'DigestMismatch',
    `the layer ${diffId} has other bytes than its table of contents says`,
  );
}

/**
 * The pieces of files, one file behind the other and each held against its own digest where it has one: what lies side by
 * side in the layer is fetched together.
 * @throws `DigestMismatch`, `Corrupt`, and what `open` throws
 */
export async function* chunkedPieces(
  layer: ChunkedLayer,
  files: Iterable<ChunkedFile>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const run of runs(fileChunks(layer.chunks, files))) {
    throwIfCancelled(signal);
    yield* piecesOfRun(layer, run, signal);
  }
}

/** Chunks that are fetched by one request: ascending, side by side; zeros by themselves. */
async function* runs(
  chunks: AsyncIterable<FileChunk>,
): AsyncGenerator<readonly FileChunk[], void, undefined> {
  let run: FileChunk[] = [];
  for await (const chunk of chunks) {
    if (run.length > 0 && !continues(run, chunk)) {
      yield run;
      run = [];
    }
    run.push(chunk);
  }
  if (run.length > 0) yield run;
}

function continues(run: readonly FileChunk[], { offset, end }: FileChunk): boolean {
  const [first] = run;
  const last = run.at(-1);
  if (!first || !last || offset < 0 || last.offset < 0) return false;
  return (
    isSameStream(last, { offset, end }) ||
    (offset >= last.end && offset - last.end <= maxGap && end - first.offset <= maxRun)
  );
}

/** Small files may be packed together. */
function isSameStream(
  one: Pick<FileChunk, 'offset' | 'end'>,
  other: Pick<FileChunk, 'offset' | 'end'>,
): boolean {
  return one.offset === other.offset && one.end === other.end;
}

async function* piecesOfRun(
  layer: ChunkedLayer,
  run: readonly FileChunk[],
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  const [first] = run;
  const last = run.at(-1);
  if (!first || !last) return;
  if (first.offset < 0) return yield* zeros(first.size);
  const stream = await layer.open({ offset: first.offset, length: last.end - first.offset }, signal);
  try {
    const source = new ByteSource(stream, first.offset);
    let packed: Uint8Array = new Uint8Array(0);
    for (const [at, chunk] of run.entries()) {
      const before = run[at - 1];
      if (!before || !isSameStream(before, chunk)) packed = await source.take(chunk.offset, chunk.end);
      // A copy: whoever unpacks it frees it.
      const piece = await unpackedPiece(Uint8Array.from(packed), chunk, layer.compression);
      if (chunk.sha256 && !createHash('sha256').update(piece).digest().equals(chunk.sha256))
        throw wrongPiece(chunk);
      yield piece;
    }
  } finally {
    stream.destroy();
  }
}

function wrongPiece({ offset }: FileChunk): EngineError {
  return new EngineError(
    'DigestMismatch',
    `the layer has other bytes at ${offset} than its table of contents says`,
  );
}

/** Zeros that are given at a time, bytes. */
const zeroBytes = 256 * 1024;

function* zeros(count: number): Generator<Uint8Array, void, undefined> {
  for (let left = count; left > 0; left -= zeroBytes) yield new Uint8Array(Math.min(left, zeroBytes));
}

/** A stream of which exact parts are taken, one behind the other. */
class ByteSource {
  readonly #chunks: AsyncIterator<Uint8Array>;
  #rest: Uint8Array = new Uint8Array(0);
  /** In the layer, of what comes next. */
  #position: number;

  constructor(stream: Readable, position: number) {
    this.#chunks = stream[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
    this.#position = position;
  }

  /** A buffer of its own. */
  async take(from: number, to: number): Promise<Uint8Array> {
    const part = Buffer.allocUnsafeSlow(to - from);
    while (this.#position < to) {
      await this.#fill();
      const at = this.#position - from;
      const taken = this.#rest.subarray(0, to - this.#position);
      part.set(taken.subarray(Math.max(0, -at)), Math.max(0, at));
      this.#rest = this.#rest.subarray(taken.length);
      this.#position += taken.length;
    }
    return part;
  }

  async #fill(): Promise<void> {
    while (this.#rest.length === 0) {
      const { done, value } = await this.#chunks.next();
      if (done)
        throw new EngineError('DigestMismatch', 'the layer is shorter than its table of contents says');
      this.#rest = value;
    }
  }
}

async function unpackedPiece(
  packed: Uint8Array,
  { inner, size }: FileChunk,
  compression: 'gzip' | 'zstd',
): Promise<Uint8Array> {
  const inflater = new Inflater(compression);
  const piece = new Uint8Array(size);
  // A stream that cannot be ended properly would be waited for.
  const feeding = inflater.write(packed).then(() => inflater.end());
  const fed = feeding.catch(() => inflater.destroy());
  let at = -inner;
  try {
    for await (const block of inflater.blocks()) {
      const wanted = block.subarray(Math.max(0, -at), Math.max(0, size - at));
      piece.set(wanted, Math.max(0, at));
      at += block.length;
      if (at >= size) return piece;
    }
  } finally {
    inflater.destroy();
    await fed;
  }
  throw new EngineError('Corrupt', 'a piece of the layer is shorter than its table of contents says');
}
