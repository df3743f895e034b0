import { unpackArchive } from '../archive/unpackArchive.ts';
import { EngineError } from '../errors.ts';
import { diffIdMismatch } from '../layers/layerJob.ts';
import type { Descriptor } from '../oci/descriptor.ts';
import { type DiffId, Digester, digestAlgorithm } from '../oci/digest.ts';
import type { Target } from '../target.ts';

/**
 * A layer's uncompressed tar, whatever it is packed with, held against its diffId on the way.
 * @param size bytes that the tar must have
 * @throws `DigestMismatch` at the latest at its end, `Corrupt`, `NotFound`, `Cancelled`
 */
export async function* layerTar(
  store: Pick<Target, 'fetch'>,
  layer: Descriptor,
  diffId: DiffId,
  size: number,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  const digester = new Digester(digestAlgorithm(diffId));
  let written = 0;
  const packed = (await store.fetch(layer, undefined, signal)) as AsyncIterable<Uint8Array>;
  for await (const piece of unpackArchive(packed)) {
    written += piece.length;
    if (written > size) throw wrongSize(layer, size);
    digester.update(piece);
    yield piece;
  }
  if (written < size) throw wrongSize(layer, size);
  const actual = digester.digest();
  if (actual !== diffId) throw diffIdMismatch(layer.digest, diffId, actual);
}

function wrongSize({ digest }: Descriptor, size: number): EngineError {
  return new EngineError('DigestMismatch', `the layer ${digest} does not unpack to ${size} bytes`, {
    reference: digest,
    expected: `${size} bytes`,
  });
}
