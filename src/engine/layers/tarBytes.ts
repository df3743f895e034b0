import { type FileHandle, open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { EngineError, ioError, throwIfCancelled } from '../errors.ts';
import type { Compression } from '../oci/mediaType.ts';
import { Inflater, sniffCompression } from './inflater.ts';
import type { FileSection } from './layerJob.ts';

/** Where a layer's bytes are, as distributed. */
export interface LayerBlob {
  readonly file: string;
  /** Where in that file, where it has more than these bytes. */
  readonly section?: FileSection;
}

/** A layer whose bytes come from somewhere else each time they are asked for: nothing of it is on the disk. */
export interface StreamedBlob {
  /** Known without opening it, or found out once. */
  readonly compression: () => Promise<Compression>;
  /** The bytes from the offset on; the signal ends whatever waits for them. */
  readonly open: (offset: number, signal?: AbortSignal) => Promise<Readable>;
}

export type LayerBytes = LayerBlob | StreamedBlob;

/** Bytes that are read from the disk at a time; what they unpack to is worked off before other work waits for long. */
const pieceBytes = 256 * 1024;

/** Bytes by which a compression is known. */
const magicBytes = 6;

/**
 * Bytes of a layer's uncompressed tar. A plain layer is read there and nowhere else; a packed one is unpacked up to the
 * last of them, on libuv's threads where Node can. Nothing is verified here.
 * @throws `DigestMismatch` where the layer ends before, `Corrupt` where it cannot be unpacked, `Unsupported`, `Io`, `Cancelled`
 */
export async function* tarBytes(
  blob: LayerBytes,
  start: number,
  length: number,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  throwIfCancelled(signal);
  if (length === 0) return;
  await using source = await openSource(blob);
  const isPlain = source.compression === 'none';
  const blocks = isPlain ? source.pieces(start) : unpacked(source);
  yield* stopping(source, cut(blocks, isPlain ? 0 : start, length, blob, signal), signal);
}

/** Stops the source on the signal, however long it would have been waited for. */
async function* stopping(
  source: Source,
  bytes: AsyncIterable<Uint8Array>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  const stop = () => source.stop();
  signal?.addEventListener('abort', stop, { once: true });
  try {
    throwIfCancelled(signal);
    yield* bytes;
  } catch (error) {
    throwIfCancelled(signal);
    throw error;
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}

/** Whether the layer has to be unpacked to be read. @throws `Unsupported`, `Io` */
export async function isPacked(blob: LayerBytes): Promise<boolean> {
  await using source = await openSource(blob);
  return source.compression !== 'none';
}

/**
 * The layer's uncompressed tar from its beginning; a block is valid until the next one is asked for. Nothing is verified
 * here. Leaving the loop closes the file.
 * @throws `Corrupt` where the layer cannot be unpacked, `Unsupported`, `Io`, `Cancelled`
 */
export async function* tarBlocks(
  blob: LayerBytes,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  await using source = await openSource(blob);
  yield* stopping(source, unpacked(source), signal);
}

/** Where bytes are read from, while it is open. */
interface Source extends AsyncDisposable {
  readonly compression: Compression;
  /** From an offset in the layer on; the buffers are the caller's own, to keep and to free. */
  pieces(start: number): AsyncGenerator<Uint8Array, void, undefined>;
  /** Has whoever waits for a piece fail at once. */
  stop(): void;
}

function openSource(blob: LayerBytes): Promise<Source> {
  return 'file' in blob ? openFile(blob) : openStreamed(blob);
}

async function openFile({ file: path, section }: LayerBlob): Promise<Source> {
  const file = await open(path, 'r').catch((error: unknown) => {
    throw ioError(error, 'the layer could not be read');
  });
  const { offset, size } = section ?? { offset: 0, size: Number.POSITIVE_INFINITY };
  const span = { file, end: offset + size };
  try {
    const magic = (await readPiece(span, offset, magicBytes)) ?? new Uint8Array(0);
    return {
      compression: sniffCompression(magic),
      pieces: (start) => filePieces(span, offset + start),
      // The disk answers by itself.
      stop: () => undefined,
      [Symbol.asyncDispose]: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function openStreamed(blob: StreamedBlob): Promise<Source> {
  const compression = await blob.compression();
  const opened = new Set<Readable>();
  const stopped = new AbortController();
  const stop = () => {
    stopped.abort();
    for (const stream of opened) stream.destroy();
  };
  async function* pieces(start: number): AsyncGenerator<Uint8Array, void, undefined> {
    const stream = await blob.open(start, stopped.signal);
    // Who has stopped it does not wait for its end.
    stream.on('error', () => undefined);
    opened.add(stream);
    for await (const chunk of stream) yield ownPiece(chunk as Uint8Array);
  }
  return { compression, pieces, stop, [Symbol.asyncDispose]: async () => stop() };
}

/** A socket's chunk may share its memory with others. */
function ownPiece(chunk: Uint8Array): Uint8Array {
  const piece = Buffer.allocUnsafeSlow(chunk.length);
  piece.set(chunk);
  return piece;
}

function unpacked(source: Source): AsyncGenerator<Uint8Array, void, undefined> {
  const { compression } = source;
  return compression === 'none' ? source.pieces(0) : inflated(source, compression);
}

/** The pieces are the caller's own. */
async function* cut(
  blocks: AsyncIterable<Uint8Array>,
  start: number,
  length: number,
  blob: LayerBytes,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  const end = start + length;
  let at = 0;
  for await (const block of blocks) {
    throwIfCancelled(signal);
    const from = Math.max(0, start - at);
    const to = Math.min(block.length, end - at);
    // A copy: a block of the inflater is freed once the next one is asked for.
    if (from < to) yield new Uint8Array(block.subarray(from, to));
    at += block.length;
    if (at >= end) return;
  }
  throw becameShorter(blob);
}

export function becameShorter(blob: LayerBytes): EngineError {
  const message = 'the layer became shorter while it was read';
  return new EngineError('DigestMismatch', message, placeOf(blob));
}

/** For errors: the file, where there is one. */
export function placeOf(blob: LayerBytes): { readonly path?: string } {
  return 'file' in blob ? { path: blob.file } : {};
}

interface Span {
  readonly file: FileHandle;
  readonly end: number;
}

async function* filePieces(span: Span, start: number): AsyncGenerator<Uint8Array, void, undefined> {
  let at = start;
  for (let piece = await readPiece(span, at); piece; piece = await readPiece(span, at)) {
    at += piece.length;
    yield piece;
  }
}

/** A buffer of its own: the inflater keeps it until it has worked it off, and frees it. `undefined` at the end. */
async function readPiece(
  { file, end }: Span,
  at: number,
  length = pieceBytes,
): Promise<Uint8Array | undefined> {
  const piece = Buffer.allocUnsafeSlow(Math.max(0, Math.min(length, end - at)));
  const { bytesRead } = await file.read(piece, 0, piece.length, at).catch((error: unknown) => {
    throw ioError(error, 'the layer could not be read');
  });
  return bytesRead === 0 ? undefined : piece.subarray(0, bytesRead);
}

async function* inflated(
  source: Source,
  compression: 'gzip' | 'zstd',
): AsyncGenerator<Uint8Array, void, undefined> {
  const inflater = new Inflater(compression);
  const feeder = new Feeder(source, inflater);
  try {
    yield* inflater.blocks();
  } catch (error) {
    // A source that broke ends the inflater too, which then complains of too few bytes.
    throw (await feeder.stop()) ?? error;
  } finally {
    inflater.destroy();
    source.stop();
    await feeder.stop();
  }
}

/** Gives an inflater what it is to unpack, as fast as it takes it. */
class Feeder {
  readonly #done: Promise<unknown>;
  #stopped = false;

  constructor(source: Source, inflater: Inflater) {
    this.#done = this.#run(source, inflater).catch((error: unknown) => {
      inflater.destroy();
      return error;
    });
  }

  /** Gives what it failed with; the source is no longer used then. */
  async stop(): Promise<unknown> {
    this.#stopped = true;
    return this.#done;
  }

  async #run(source: Source, inflater: Inflater): Promise<void> {
    for await (const piece of source.pieces(0)) {
      if (this.#stopped) return;
      await inflater.write(piece);
    }
    inflater.end();
  }
}
