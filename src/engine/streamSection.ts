import type { FileHandle } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { cancelled, EngineError } from './errors.ts';
import { type Digest, Digester, digestAlgorithm } from './oci/digest.ts';
import type { ByteRange } from './target.ts';

/** Enough for the disk and the hash to run at full speed. */
export const chunkBytes = 512 * 1024;

/**
 * The bytes of a blob that is at a place of an open file, or a part of them. The stream closes the file, and fails at its
 * end where it was the whole and the digest is another.
 * @throws `Invalid` where the range begins behind the end; the file is closed then too
 */
export async function streamSection(
  file: FileHandle,
  digest: Digest,
  section: { readonly offset: number; readonly size: number },
  range?: ByteRange,
  signal?: AbortSignal,
): Promise<Readable> {
  try {
    const { start, end } = bounds(range, section.size);
    const digester = range ? undefined : new Digester(digestAlgorithm(digest));
    const verify = () => digester && requireDigest(digest, digester);
    const chunks = verifiedChunks(file, section.offset + start, section.offset + end, verify, digester);
    return cancellable(Readable.from(chunks, { objectMode: false, highWaterMark: chunkBytes }), file, signal);
  } catch (error) {
    await file.close();
    throw error;
  }
}

function bounds(range: ByteRange | undefined, size: number): { start: number; end: number } {
  const start = range?.offset ?? 0;
  if (start > size) throw new EngineError('Invalid', `the range begins at byte ${start} of ${size}`);
  return { start, end: Math.min(size, start + (range?.length ?? size)) };
}

async function* verifiedChunks(
  file: FileHandle,
  start: number,
  end: number,
  verify: () => void,
  digester: Digester | undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  await using opened = file;
  for (let position = start; position < end; ) {
    const buffer = Buffer.allocUnsafe(Math.min(chunkBytes, end - position));
    const { bytesRead } = await opened.read(buffer, 0, buffer.length, position);
    if (bytesRead === 0) throw new EngineError('DigestMismatch', 'the blob became shorter while it was read');
    position += bytesRead;
    const chunk = buffer.subarray(0, bytesRead);
    digester?.update(chunk);
    yield chunk;
  }
  verify();
}

/** The generator closes the file at its end, but one that was never begun has no end. */
function cancellable(stream: Readable, file: FileHandle, signal: AbortSignal | undefined): Readable {
  const cancel = (): void => void stream.destroy(cancelled(signal));
  signal?.addEventListener('abort', cancel, { once: true });
  stream.once('close', () => {
    signal?.removeEventListener('abort', cancel);
    void file.close();
  });
  return stream;
}

/** @throws `DigestMismatch` */
export function requireDigest(expected: Digest, digester: Digester): void {
  const actual = digester.digest();
  if (actual === expected) return;
  throw new EngineError('DigestMismatch', `the bytes of ${expected} have the digest ${actual}`, {
    reference: expected,
    expected,
    actual,
  });
}
