import { EngineError } from '../errors.ts';
import type { Descriptor } from '../oci/descriptor.ts';
import { type Digest, digestAlgorithm, isDigest } from '../oci/digest.ts';
import { discardBody } from './body.ts';
import { parseUrl } from './hosts.ts';
import { pushScopes, type RepositoryPlace } from './repositoryPlace.ts';
import type { Answer } from './transport.ts';

/** An upload that the registry has opened. */
export interface UploadSession {
  readonly location: URL;
  /** Bytes that each chunk but the last must at least have. */
  readonly minChunk: number;
}

const maxChunkSize = 128 * 1024 * 1024;

export async function startUpload(place: RepositoryPlace, signal?: AbortSignal): Promise<UploadSession> {
  const path = `/v2/${place.repository}/blobs/uploads/`;
  const answer = await place.connection.request({ method: 'POST', path, scopes: pushScopes(place) }, signal);
  if (answer.status !== 202) throw await pushFailure(place, answer, signal);
  discardBody(answer);
  return { location: locationOf(place, answer), minChunk: minChunkOf(place, answer) };
}

/** Ends an upload with its digest: with all of the blob, or (without `body`) with what came in chunks before. */
export function putBlob(
  place: RepositoryPlace,
  location: URL,
  { digest, size }: Descriptor,
  body: AsyncIterable<Uint8Array> | undefined,
  signal?: AbortSignal,
): Promise<Answer> {
  const length = String(body ? size : 0);
  const headers = { 'Content-Type': 'application/octet-stream', 'Content-Length': length };
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

export function locationOf({ connection, label }: RepositoryPlace, answer: Answer): URL {
  const { registry } = connection;
  const location = parseUrl(answer.headers.get('location') ?? '', answer.url);
  if (!answer.headers.get('location') || !location) {
    throw new EngineError('RegistryError', `${label} opened an upload without saying where`, { registry });
  }
  if (location.protocol !== 'https:' && location.protocol !== answer.url.protocol) {
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

export async function endUpload(place: RepositoryPlace, location: URL, error: unknown): Promise<never> {
  await cancelUpload(place, location);
  throw error;
}

/** Best effort: a registry clears away unfinished uploads by itself, and the reason to stop matters more. */
export async function cancelUpload(place: RepositoryPlace, location: URL): Promise<void> {
  const call = { method: 'DELETE', path: location, scopes: pushScopes(place) } as const;
  const signal = AbortSignal.timeout(2_000);
  await place.connection.request(call, signal).then(discardBody, () => undefined);
}

export function isDone(status: number): boolean {
  return status === 201 || status === 204 || status === 200;
}

/**
 * A registry that says which digest it stored must say the one it was given.
 * @throws `DigestMismatch`
 */
export function requireStored({ label }: RepositoryPlace, { headers }: Answer, { digest }: Descriptor): void {
  const said = headers.get('docker-content-digest')?.trim();
  if (said === undefined || said === digest) return;
  // It may count in another algorithm; that says nothing of ours.
  if (isDigest(said) && digestAlgorithm(said) !== digestAlgorithm(digest)) return;
  const message = `${label} says that it stored other bytes than ${digest}`;
  throw new EngineError('DigestMismatch', message, { expected: digest, actual: said.slice(0, 200) });
}

/** As {@link pushFailure} of an upload that was opened: what is not found is the upload. */
export function uploadFailure(
  place: RepositoryPlace,
  answer: Answer,
  signal?: AbortSignal,
): Promise<EngineError> {
  return place.connection.failure(answer, { ...askedToPush(place), what: 'such upload' }, signal);
}

export function pushFailure(
  place: RepositoryPlace,
  answer: Answer,
  signal?: AbortSignal,
): Promise<EngineError> {
  return place.connection.failure(answer, askedToPush(place), signal);
}

function askedToPush({ repository, label }: RepositoryPlace) {
  return { repository, reference: label, action: 'push to it' };
}
