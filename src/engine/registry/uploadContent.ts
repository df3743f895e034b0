import type { Readable } from 'node:stream';
import { tooLarge } from '../byteLimit.ts';
import { EngineError } from '../errors.ts';
import type { Descriptor } from '../oci/descriptor.ts';
import { Digester, digestAlgorithm } from '../oci/digest.ts';

/**
 * The content as long as it is the descriptor's. The last chunk is held back until the whole has been verified, so that
 * a registry never has all of a blob that is not what it should be.
 * @throws `DigestMismatch`
 */
export async function* verified(
  content: AsyncIterable<Uint8Array>,
  descriptor: Descriptor,
  label: string,
): AsyncGenerator<Uint8Array, void, undefined> {
  const digester = new Digester(digestAlgorithm(descriptor.digest));
  let length = 0;
  let held: Uint8Array | undefined;
  for await (const chunk of content) {
    if (chunk.length === 0) continue;
    length += chunk.length;
    if (length > descriptor.size) throw mismatch(descriptor, label, String(descriptor.size), String(length));
    digester.update(chunk);
    if (held) yield held;
    held = chunk;
  }
  if (length !== descriptor.size) throw mismatch(descriptor, label, String(descriptor.size), String(length));
  const actual = digester.digest();
  if (actual !== descriptor.digest) throw mismatch(descriptor, label, descriptor.digest, actual);
  if (held) yield held;
}

function mismatch({ digest }: Descriptor, label: string, expected: string, actual: string): EngineError {
  return new EngineError('DigestMismatch', `what was to be pushed to ${label} is not ${digest}`, {
    expected,
    actual,
  });
}

/** @throws `DigestMismatch`, `TooLarge` */
export async function readVerified(
  content: AsyncIterable<Uint8Array>,
  descriptor: Descriptor,
  label: string,
  limit: number,
): Promise<Uint8Array> {
  if (descriptor.size > limit) {
    throw tooLarge(`the manifest ${descriptor.digest}`, limit);
  }
  const chunks: Uint8Array[] = [];
  for await (const chunk of verified(content, descriptor, label)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Chunks of exactly `size` bytes, the last one shorter. */
export async function* chunksOf(
  content: AsyncIterable<Uint8Array>,
  size: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  let pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of content) {
    let rest = piece;
    while (length + rest.length >= size) {
      yield Buffer.concat([...pieces, rest.subarray(0, size - length)], size);
      rest = rest.subarray(size - length);
      pieces = [];
      length = 0;
    }
    if (rest.length > 0) pieces.push(rest);
    length += rest.length;
  }
  if (length > 0) yield Buffer.concat(pieces, length);
}

/** What an upload sends, verified; where it is replayable it can be read from its beginning again. */
export interface UploadContent {
  readonly isReplayable: boolean;
  read(): AsyncIterable<Uint8Array>;
  close(): Promise<void>;
}

/** Content that is opened anew for each try: a file, a blob of another registry. Nothing of it is kept. */
export class ReopenableContent implements UploadContent {
  readonly isReplayable = true;
  readonly #open: () => Promise<Readable>;
  readonly #descriptor: Descriptor;
  readonly #label: string;
  #stream: Readable | undefined;

  constructor(open: () => Promise<Readable>, descriptor: Descriptor, label: string) {
    this.#open = open;
    this.#descriptor = descriptor;
    this.#label = label;
  }

  async *read(): AsyncGenerator<Uint8Array, void, undefined> {
    await this.close();
    this.#stream = await this.#open();
    yield* verified(this.#stream, this.#descriptor, this.#label);
  }

  async close(): Promise<void> {
    this.#stream?.destroy();
  }
}

const maxKept = 8 * 1024 * 1024;

/**
 * Content that can be read once, save that it can be begun anew as long as no more than 8 MiB of it have been taken:
 * enough to learn from a registry that it wants the blob another way.
 */
export class ReplayableContent implements UploadContent {
  readonly #source: AsyncIterator<Uint8Array>;
  #kept: Uint8Array[] | undefined = [];
  #keptLength = 0;

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  get isReplayable(): boolean {
    return this.#kept !== undefined;
  }

  async *read(): AsyncGenerator<Uint8Array, void, undefined> {
    yield* this.#kept ?? [];
    for (let next = await this.#source.next(); !next.done; next = await this.#source.next()) {
      this.#keep(next.value);
      yield next.value;
    }
  }

  async close(): Promise<void> {
    await this.#source.return?.();
  }

  #keep(chunk: Uint8Array): void {
    this.#keptLength += chunk.length;
    if (this.#keptLength > maxKept) this.#kept = undefined;
    this.#kept?.push(chunk);
  }
}
