import { tooLarge } from './byteLimit.ts';

/** Reads a stream whole. @throws `TooLarge` past `maxBytes`, and what the stream throws */
export async function readCapped(
  stream: AsyncIterable<Uint8Array>,
  maxBytes: number,
  what: string,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of stream) {
    size += chunk.byteLength;
    if (size > maxBytes) throw tooLarge(what, maxBytes);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
}
