import { pipeline } from 'node:stream/promises';
import type { Digest } from '../../../src/engine/oci/digest.ts';
import { type ByteSpan, parseRange } from './byteRange.ts';
import { answer, asDigest, type Exchange, repositoryOf } from './exchange.ts';
import { RegistryError } from './registryError.ts';

/** GET and HEAD. https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#pulling-blobs */
export async function getBlob(exchange: Exchange): Promise<void> {
  const { request, storage } = exchange;
  const digest = asDigest(exchange.parts.digest);
  const size = await storage.blobSize(repositoryOf(exchange), digest);
  if (size === undefined) throw blobUnknown(digest);
  const headers = {
    'Content-Type': 'application/octet-stream',
    'Docker-Content-Digest': digest,
    ETag: `"${digest}"`,
    'Accept-Ranges': 'bytes',
    'Cache-Control': 'max-age=31536000',
  };
  if (request.method === 'HEAD') return answer(exchange, 200, { ...headers, 'Content-Length': size });
  await sendBlob(exchange, digest, size, headers);
}

async function sendBlob(exchange: Exchange, digest: Digest, size: number, headers: Record<string, string>) {
  const { request, response, storage } = exchange;
  const span = parseRange(request.headers.range, size);
  if (span === 'unsatisfiable') return answer(exchange, 416, { 'Content-Range': `bytes */${size}` });
  if (span) response.writeHead(206, { ...headers, ...spanHeaders(span, size) });
  else response.writeHead(200, { ...headers, 'Content-Length': size });
  await pipeline(storage.openBlob(digest, span), response);
}

function spanHeaders({ first, last }: ByteSpan, size: number) {
  return { 'Content-Range': `bytes ${first}-${last}/${size}`, 'Content-Length': last - first + 1 };
}

/** https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#deleting-blobs */
export async function deleteBlob(exchange: Exchange): Promise<void> {
  const repository = repositoryOf(exchange);
  const digest = asDigest(exchange.parts.digest);
  if ((await exchange.storage.blobSize(repository, digest)) === undefined) throw blobUnknown(digest);
  await exchange.storage.removeBlob(repository, digest);
  answer(exchange, 202);
}

function blobUnknown(digest: Digest): RegistryError {
  return new RegistryError(404, 'BLOB_UNKNOWN', `blob ${digest} is unknown to this repository`);
}
