import { Readable } from 'node:stream';
import { cancelled, EngineError, isEngineError } from '../errors.ts';
import type { Descriptor } from '../oci/descriptor.ts';
import type { Digest } from '../oci/digest.ts';
import { maxManifestBytes } from '../oci/manifest.ts';
import { blobExists } from './blobs.ts';
import { discardBody } from './body.ts';
import { parseUrl } from './hosts.ts';
import { manifestPath, pullScopes, pushScopes, type RepositoryPlace } from './repositoryPlace.ts';
import type { Answer } from './transport.ts';
import { chunksOf, ReplayableContent, readVerified, verified } from './uploadContent.ts';

/** An upload that the registry has opened. */
interface UploadSession {
  readonly location: URL;
  /** Bytes that each chunk but the last must at least have. */
  readonly minChunk: number;
}

const chunkSize = 8 * 1024 * 1024;
const maxChunkSize = 128 * 1024 * 1024;

/**
 * Pushes a blob in one request, or in chunks where the registry does not take that.
 * https://github.com/opencontainers/distribution-spec/blob/v1.1.0/spec.md#pushing-blobs
 * @throws `DigestMismatch` where the content is not the descriptor's: nothing is kept of it
 */
export async function pushBlob(
  place: RepositoryPlace,
  descriptor: Descriptor,
  content: AsyncIterable<Uint8Array>,
  signal?: AbortSignal,
): Promise<void> {
  if (await blobExists(place, descriptor, pushScopes(place), signal)) return;
  // A stream can be ended also while it has nothing to say; a generator that waits for its source cannot.
  const source = Readable.from(content);
  const end = (): void => void source.destroy(cancelled(signal));
  signal?.addEventListener('abort', end, { once: true });
  const replayable = new ReplayableContent(verified(source, descriptor, place.label));
  try {
    if (await pushWhole(place, descriptor, replayable, signal)) return;
    await pushChunks(place, descriptor, replayable.read(), signal);
  } finally {
    signal?.removeEventListener('abort', end);
    await replayable.close();
  }
}

/** @returns whether the registry took it; `false` only where the content can be read from its beginning again */
async function pushWhole(
  place: RepositoryPlace,
  descriptor: Descriptor,
  content: ReplayableContent,
  signal?: AbortSignal,
): Promise<boolean> {
  const session = await startUpload(place, signal);
  const answer = await put(place, session.location, descriptor, content.read(), signal).catch(
    (error: unknown) => {
      if (isEngineError(error, 'Offline') && content.isReplayable) return undefined;
      return endUpload(place, session.location, error);
    },
  );
  if (answer && isDone(answer.status)) {
    discardBody(answer);
    return true;
  }
  if (content.isReplayable && (!answer || refusesWhole(answer.status))) {
    if (answer) discardBody(answer);
    await cancelUpload(place, session.location);
    return false;
  }
  if (!answer) throw new EngineError('Offline', `the connection to ${place.connection.registry} was broken`);
  return endUpload(place, session.location, await pushFailure(place, answer, signal));
}

function refusesWhole(status: number): boolean {
  return [400, 404, 405, 411, 413, 415, 416, 501].includes(status);
}

async function pushChunks(
  place: RepositoryPlace,
  descriptor: Descriptor,
  content: AsyncIterable<Uint8Array>,
  signal?: AbortSignal,
): Promise<void> {
  const session = await startUpload(place, signal);
  let { location } = session;
  let offset = 0;
  try {
    for await (const chunk of chunksOf(content, Math.max(chunkSize, session.minChunk))) {
      location = await patch(place, location, chunk, offset, signal);
      offset += chunk.length;
    }
    const answer = await put(place, location, { ...descriptor, size: 0 }, undefined, signal);
    if (!isDone(answer.status)) throw await pushFailure(place, answer, signal);
    discardBody(answer);
  } catch (error) {
    await endUpload(place, location, error);
  }
}

async function patch(
  place: RepositoryPlace,
  location: URL,
  chunk: Uint8Array,
  offset: number,
  signal?: AbortSignal,
): Promise<URL> {
  const headers = {
    'Content-Type': 'application/octet-stream',
    'Content-Length': String(chunk.length),
    'Content-Range': `${offset}-${offset + chunk.length - 1}`,
  };
  const call = { method: 'PATCH', path: location, headers, body: chunk, scopes: pushScopes(place) } as const;
  const answer = await place.connection.request(call, signal);
  if (answer.status !== 202) throw await pushFailure(place, answer, signal);
  discardBody(answer);
  return locationOf(place, answer);
}

function put(
  place: RepositoryPlace,
  location: URL,
  { digest, size }: Descriptor,
  body: AsyncIterable<Uint8Array> | undefined,
  signal?: AbortSignal,
): Promise<Answer> {
  const headers = { 'Content-Type': 'application/octet-stream', 'Content-Length': String(size) };
  const path = withDigestParameter(location, digest);
  const call = { method: 'PUT', path, headers, scopes: pushScopes(place), ...(body && { body }) } as const;
  return place.connection.request(call, signal);
}

/** The query that the registry gave is its state and stays as it is, to the letter. */
function withDigestParameter(location: URL, digest: Digest): URL {
  const url = new URL(location);
  url.search = `${url.search === '' ? '?' : `${url.search}&`}digest=${encodeURIComponent(digest)}`;
  return url;
}

async function startUpload(place: RepositoryPlace, signal?: AbortSignal): Promise<UploadSession> {
  const path = `/v2/${place.repository}/blobs/uploads/`;
  const answer = await place.connection.request({ method: 'POST', path, scopes: pushScopes(place) }, signal);
  if (answer.status !== 202) throw await pushFailure(place, answer, signal);
  discardBody(answer);
  return { location: locationOf(place, answer), minChunk: minChunkOf(place, answer) };
}

function locationOf({ connection, label }: RepositoryPlace, answer: Answer): URL {
  const { registry } = connection;
  const location = parseUrl(answer.headers.get('location') ?? '', answer.url);
  if (!answer.headers.get('location') || !location) {
    throw new EngineError('RegistryError', `${label} opened an upload without saying where`, { registry });
  }
  if (answer.url.protocol === 'https:' && location.protocol !== 'https:') {
    throw new EngineError('Insecure', `${label} wants the upload without TLS, which is refused`, {
      registry,
    });
  }
  return location;
}

function minChunkOf({ connection, label }: RepositoryPlace, { headers }: Answer): number {
  const minimum = Number(headers.get('oci-chunk-min-length') ?? 0);
  if (Number.isSafeInteger(minimum) && minimum >= 0 && minimum <= maxChunkSize) return minimum;
  const message = `${label} wants chunks of at least ${headers.get('oci-chunk-min-length')} bytes`;
  throw new EngineError('Unsupported', message, { registry: connection.registry });
}

async function endUpload(place: RepositoryPlace, location: URL, error: unknown): Promise<never> {
  await cancelUpload(place, location);
  throw error;
}

/** Best effort: a registry clears away unfinished uploads by itself, and the reason to stop matters more. */
async function cancelUpload(place: RepositoryPlace, location: URL): Promise<void> {
  const call = { method: 'DELETE', path: location, scopes: pushScopes(place) } as const;
  const signal = AbortSignal.timeout(2_000);
  await place.connection.request(call, signal).then(discardBody, () => undefined);
}

/**
 * https://github.com/opencontainers/distribution-spec/blob/v1.1.0/spec.md#mounting-a-blob-from-another-repository
 * @returns whether the registry mounted it
 */
export async function mountBlob(
  place: RepositoryPlace,
  { digest }: Descriptor,
  fromRepository: string,
  signal?: AbortSignal,
): Promise<boolean> {
  const query = new URLSearchParams({ mount: digest, from: fromRepository });
  const path = `/v2/${place.repository}/blobs/uploads/?${query}`;
  const scopes = [...pushScopes(place), ...pullScopes({ ...place, repository: fromRepository })];
  const answer = await place.connection.request({ method: 'POST', path, scopes }, signal);
  if (answer.status !== 201 && answer.status !== 202) throw await pushFailure(place, answer, signal);
  discardBody(answer);
  if (answer.status === 202) await cancelUpload(place, locationOf(place, answer));
  return answer.status === 201;
}

/** Pushes a manifest or index under its digest, or under a tag. */
export async function pushManifest(
  place: RepositoryPlace,
  descriptor: Descriptor,
  content: AsyncIterable<Uint8Array>,
  tag: string | undefined,
  signal?: AbortSignal,
): Promise<void> {
  const body = await readVerified(content, descriptor, place.label, maxManifestBytes);
  await place.connection.bounded(signal, async (bounded) => {
    const path = manifestPath(place, tag ?? descriptor.digest);
    const headers = { 'Content-Type': descriptor.mediaType };
    const call = { method: 'PUT', path, headers, body, scopes: pushScopes(place) } as const;
    const answer = await place.connection.request(call, bounded);
    if (!isDone(answer.status)) throw await pushFailure(place, answer, bounded);
    discardBody(answer);
  });
}

function isDone(status: number): boolean {
  return status === 201 || status === 204 || status === 200;
}

function pushFailure(place: RepositoryPlace, answer: Answer, signal?: AbortSignal): Promise<EngineError> {
  const asked = { repository: place.repository, reference: place.label, action: 'push to it' };
  return place.connection.failure(answer, asked, signal);
}
