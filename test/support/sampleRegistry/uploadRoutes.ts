import { randomUUID } from 'node:crypto';
import { type Digest, isDigest } from '../../../src/engine/oci/digest.ts';
import { answer, asDigest, type Exchange, isRepositoryName, repositoryOf } from './exchange.ts';
import { RegistryError } from './registryError.ts';

/** Begins an upload, mounts a blob, or takes a whole one. https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#pushing-blobs */
export async function startUpload(exchange: Exchange): Promise<void> {
  const repository = repositoryOf(exchange);
  const query = exchange.url.searchParams;
  if (await mounted(exchange, repository, query)) {
    return answerCreated(exchange, repository, asDigest(query.get('mount')));
  }
  const session = randomUUID();
  await exchange.storage.startUpload(repository, session);
  if (query.has('digest')) return finish(exchange, repository, session);
  answerProgress(exchange, 202, repository, session, 0);
}

/** A mount that cannot be done becomes an ordinary upload. */
async function mounted({ storage }: Exchange, repository: string, query: URLSearchParams): Promise<boolean> {
  const digest = query.get('mount');
  const from = query.get('from');
  if (digest === null || from === null || !isDigest(digest) || !isRepositoryName(from)) return false;
  return await storage.mountBlob(repository, digest, from);
}

export async function getUpload(exchange: Exchange): Promise<void> {
  const { repository, session, size } = await openUpload(exchange);
  answerProgress(exchange, 204, repository, session, size);
}

/** https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#pushing-a-blob-in-chunks */
export async function patchUpload(exchange: Exchange): Promise<void> {
  const { repository, session, size } = await openUpload(exchange);
  requireNextChunk(exchange, repository, session, size);
  await exchange.storage.append(repository, session, exchange.request);
  const now = (await exchange.storage.uploadSize(repository, session)) ?? 0;
  answerProgress(exchange, 202, repository, session, now);
}

export async function putUpload(exchange: Exchange): Promise<void> {
  const { repository, session, size } = await openUpload(exchange);
  asDigest(exchange.url.searchParams.get('digest'));
  requireNextChunk(exchange, repository, session, size);
  await finish(exchange, repository, session);
}

export async function deleteUpload(exchange: Exchange): Promise<void> {
  const { repository, session } = await openUpload(exchange);
  await exchange.storage.cancelUpload(repository, session);
  answer(exchange, 204);
}

async function finish(exchange: Exchange, repository: string, session: string): Promise<void> {
  const { request, storage, url } = exchange;
  const digest = asDigest(url.searchParams.get('digest'));
  await storage.append(repository, session, request);
  if (!(await storage.finishUpload(repository, session, digest))) {
    await storage.cancelUpload(repository, session);
    throw new RegistryError(400, 'DIGEST_INVALID', 'the content uploaded does not have this digest');
  }
  answerCreated(exchange, repository, digest);
}

async function openUpload(exchange: Exchange) {
  const repository = repositoryOf(exchange);
  const session = exchange.parts.session ?? '';
  const size = /^[0-9a-f-]{36}$/.test(session)
    ? await exchange.storage.uploadSize(repository, session)
    : undefined;
  if (size === undefined) throw new RegistryError(404, 'BLOB_UPLOAD_UNKNOWN', 'no such upload');
  return { repository, session, size };
}

/** Chunks say where they belong (`Content-Range: FIRST-LAST`), or follow on without saying so. */
function requireNextChunk({ request }: Exchange, repository: string, session: string, size: number): void {
  const range = request.headers['content-range'];
  if (range === undefined) return;
  const [, first, last] = /^(?:bytes )?(\d+)-(\d+)/.exec(range) ?? [];
  if (first === undefined || Number(first) !== size || Number(last) < Number(first)) {
    const headers = progressHeaders(repository, session, size);
    throw new RegistryError(416, 'BLOB_UPLOAD_INVALID', 'chunks must be uploaded in order', headers);
  }
}

function answerProgress(
  exchange: Exchange,
  status: number,
  repository: string,
  session: string,
  size: number,
): void {
  answer(exchange, status, progressHeaders(repository, session, size));
}

/** `Range` is of the bytes that are there; of none it is, by convention, `0-0`. */
function progressHeaders(repository: string, session: string, size: number): Record<string, string> {
  return {
    Location: `/v2/${repository}/blobs/uploads/${session}`,
    Range: `0-${Math.max(0, size - 1)}`,
    'Docker-Upload-UUID': session,
  };
}

function answerCreated(exchange: Exchange, repository: string, digest: Digest): void {
  answer(exchange, 201, {
    Location: `/v2/${repository}/blobs/${digest}`,
    'Docker-Content-Digest': digest,
  });
}
