import { EngineError } from '../errors.ts';
import { Inflater, sniffCompression } from '../layers/inflater.ts';
import { mostUnpacked } from '../layers/limits.ts';
import { aboutArchive } from './archiveError.ts';

/** Bytes by which a compression is known. */
const magicBytes = 6;

/** Bytes that may come out of those that have been read: an archive that gives more is taken for a bomb. */
export type ExpansionLimit = (read: number) => number;

/**
 * The tar within an archive that may be packed as a whole, with gzip or zstd. The pieces are the caller's own.
 * @throws `Corrupt`, `Unsupported` (bzip2, xz), `TooLarge` where it unpacks out of all proportion, what the source throws
 */
export async function* unpackArchive(
  source: AsyncIterable<Uint8Array>,
  limit?: ExpansionLimit,
): AsyncGenerator<Uint8Array, void, undefined> {
  // The inflater frees its block.
  for await (const block of archiveBlocks(source, limit)) yield new Uint8Array(block);
}

/** The same for who works each piece off before they ask for the next: it is valid until then, and nothing is copied. */
export async function* archiveBlocks(
  source: AsyncIterable<Uint8Array>,
  limit: ExpansionLimit = mostUnpacked,
): AsyncGenerator<Uint8Array, void, undefined> {
  const input = new CountedInput(source);
  try {
    const start = await input.start();
    const compression = sniffCompression(start);
    if (compression === 'none') yield* input.pieces();
    else yield* inflated(input, compression, limit);
  } catch (error) {
    throw aboutArchive(error);
  } finally {
    await input.close();
  }
}

/** A source that is begun to see what it is, and counted. */
class CountedInput {
  read = 0;
  readonly #iterator: AsyncIterator<Uint8Array>;
  #start: Uint8Array = new Uint8Array(0);
  #ended = false;

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#iterator = source[Symbol.asyncIterator]();
  }

  async start(): Promise<Uint8Array> {
    while (this.#start.length < magicBytes) {
      const piece = await this.#next();
      if (!piece) break;
      this.#start = this.#start.length === 0 ? piece : Buffer.concat([this.#start, piece]);
    }
    return this.#start;
  }

  async *pieces(): AsyncGenerator<Uint8Array, void, undefined> {
    if (this.#start.length > 0) yield this.#start;
    for (let piece = await this.#next(); piece; piece = await this.#next()) yield piece;
  }

  async close(): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    await this.#iterator.return?.();
  }

  async #next(): Promise<Uint8Array | undefined> {
    if (this.#ended) return undefined;
    const { done, value } = await this.#iterator.next();
    if (done) this.#ended = true;
    else this.read += value.length;
    return done ? undefined : value;
  }
}

async function* inflated(
  input: CountedInput,
  compression: 'gzip' | 'zstd',
  limit: ExpansionLimit,
): AsyncGenerator<Uint8Array, void, undefined> {
  const inflater = new Inflater(compression);
  const feeding = feed(input, inflater);
  let written = 0;
  try {
    for await (const block of inflater.blocks()) {
      written += block.length;
      requireProportion(written, limit(input.read));
      // As plain bytes: slices of a Buffer would be views into memory that is about to be freed.
      yield new Uint8Array(block.buffer, block.byteOffset, block.byteLength);
    }
  } catch (error) {
    // A source that broke ends the inflater too, which then complains of too few bytes.
    throw feeding.failure ? feeding.failure.error : error;
  } finally {
    feeding.stopped = true;
    inflater.destroy();
  }
}

interface Feeding {
  stopped: boolean;
  failure?: { readonly error: unknown };
}

function feed(input: CountedInput, inflater: Inflater): Feeding {
  const feeding: Feeding = { stopped: false };
  const run = async (): Promise<void> => {
    for await (const piece of input.pieces()) {
      if (feeding.stopped) return;
      // A copy: what the inflater is given it frees.
      await inflater.write(new Uint8Array(piece));
    }
    inflater.end();
  };
  run().catch((error: unknown) => {
    feeding.failure = { error };
    inflater.destroy();
  });
  return feeding;
}

/** @throws `TooLarge` */
export function requireProportion(unpacked: number, limit: number): void {
  if (unpacked <= limit) return;
  const message = `the archive unpacks to more than ${limit} bytes, which is out of all proportion to its size`;
  throw new EngineError('TooLarge', message);
}
