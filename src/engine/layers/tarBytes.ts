import { type FileHandle, open } from 'node:fs/promises';
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
  blob: LayerBlob,
  start: number,
  length: number,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  throwIfCancelled(signal);
  if (length === 0) return;
  await using file = await openBlob(blob);
  const source = await sourceOf(blob, file);
  const isPlain = source.compression === 'none';
  const blocks = isPlain ? pieces(source, source.begin + start) : unpacked(source);
  yield* cut(blocks, isPlain ? 0 : start, length, blob, signal);
}

/** Whether the layer has to be unpacked to be read. @throws `Unsupported`, `Io` */
export async function isPacked(blob: LayerBlob): Promise<boolean> {
  await using file = await openBlob(blob);
  return (await sourceOf(blob, file)).compression !== 'none';
}

/**
 * The layer's uncompressed tar from its beginning; a block is valid until the next one is asked for. Nothing is verified
 * here. Leaving the loop closes the file.
 * @throws `Corrupt` where the layer cannot be unpacked, `Unsupported`, `Io`
 */
export async function* tarBlocks(blob: LayerBlob): AsyncGenerator<Uint8Array, void, undefined> {
  await using file = await openBlob(blob);
  yield* unpacked(await sourceOf(blob, file));
}

interface Source {
  readonly file: FileHandle;
  /** In the file. */
  readonly begin: number;
  readonly end: number;
  readonly compression: Compression;
}

async function sourceOf({ section }: LayerBlob, file: FileHandle): Promise<Source> {
  const { offset, size } = section ?? { offset: 0, size: Number.POSITIVE_INFINITY };
  const span = { file, end: offset + size };
  const magic = (await readPiece(span, offset, magicBytes)) ?? new Uint8Array(0);
  return { ...span, begin: offset, compression: sniffCompression(magic) };
}

function unpacked(source: Source): AsyncGenerator<Uint8Array, void, undefined> {
  const { begin, compression } = source;
  return compression === 'none' ? pieces(source, begin) : inflated(source, begin, compression);
}

async function openBlob({ file }: LayerBlob): Promise<FileHandle> {
  return open(file, 'r').catch((error: unknown) => {
    throw ioError(error, 'the layer could not be read');
  });
}

/** The pieces are the caller's own. */
async function* cut(
  blocks: AsyncIterable<Uint8Array>,
  start: number,
  length: number,
  blob: LayerBlob,
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

export function becameShorter({ file }: LayerBlob): EngineError {
  return new EngineError('DigestMismatch', 'the layer became shorter while it was read', { path: file });
}

async function* pieces(source: Source, start: number): AsyncGenerator<Uint8Array, void, undefined> {
  let at = start;
  for (let piece = await readPiece(source, at); piece; piece = await readPiece(source, at)) {
    at += piece.length;
    yield piece;
  }
}

/** A buffer of its own: the inflater keeps it until it has worked it off, and frees it. `undefined` at the end. */
async function readPiece(
  { file, end }: Pick<Source, 'file' | 'end'>,
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
  start: number,
  compression: 'gzip' | 'zstd',
): AsyncGenerator<Uint8Array, void, undefined> {
  const inflater = new Inflater(compression);
  const feeder = new Feeder(source, start, inflater);
  try {
    yield* inflater.blocks();
  } catch (error) {
    // A source that broke ends the inflater too, which then complains of too few bytes.
    throw (await feeder.stop()) ?? error;
  } finally {
    inflater.destroy();
    await feeder.stop();
  }
}

/** Gives an inflater what it is to unpack, as fast as it takes it. */
class Feeder {
  readonly #done: Promise<unknown>;
  #stopped = false;

  constructor(source: Source, start: number, inflater: Inflater) {
    this.#done = this.#run(source, start, inflater).catch((error: unknown) => {
      inflater.destroy();
      return error;
    });
  }

  /** Gives what it failed with; the file is no longer used then. */
  async stop(): Promise<unknown> {
    this.#stopped = true;
    return this.#done;
  }

  async #run(source: Source, start: number, inflater: Inflater): Promise<void> {
    for await (const piece of pieces(source, start)) {
      if (this.#stopped) return;
      await inflater.write(piece);
    }
    inflater.end();
  }
}
