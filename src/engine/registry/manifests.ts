import { EngineError } from '../errors.ts';
import type { Descriptor } from '../oci/descriptor.ts';
import { type Digest, digestAlgorithm, digestOf, isDigest, parseDigest } from '../oci/digest.ts';
import { maxManifestBytes, parseManifest } from '../oci/manifest.ts';
import { isIndexMediaType, isManifestMediaType, manifestAccept, mediaType } from '../oci/mediaType.ts';
import { discardBody } from './body.ts';
import {
  askedManifest,
  checkedName,
  manifestPath,
  pullScopes,
  type RepositoryPlace,
} from './repositoryPlace.ts';
import type { Answer, HeaderReader, Method } from './transport.ts';

export interface FetchedManifest {
  readonly descriptor: Descriptor;
  /** As the registry distributes them. */
  readonly bytes: Uint8Array;
}

/**
 * What a tag or digest names now: one HEAD, which Docker Hub does not count against the pull limit. A GET where the
 * registry refuses HEAD or leaves out what a descriptor needs.
 * https://github.com/opencontainers/distribution-spec/blob/v1.1.0/spec.md#checking-if-content-exists-in-the-registry
 */
export async function resolveManifest(
  place: RepositoryPlace,
  name: string,
  signal?: AbortSignal,
): Promise<Descriptor> {
  const answer = await requestManifest(place, 'HEAD', name, signal);
  const descriptor = answer.status === 200 ? headDescriptor(place, name, answer.headers) : undefined;
  if (descriptor) return descriptor;
  if (isFinal(answer.status))
    throw await place.connection.failure(answer, askedManifest(place, name), signal);
  // A HEAD that finds nothing has no body to say whether it is the repository or the tag that is missing.
  return (await fetchManifest(place, name, signal)).descriptor;
}

/** Answers that a GET would only repeat. */
function isFinal(status: number): boolean {
  return status === 401 || status === 429 || (status >= 500 && status !== 501);
}

/**
 * One GET.
 * @throws `NotFound`, `TooLarge` beyond 4 MiB, `DigestMismatch` where the bytes are not what the name or the registry's
 *   `Docker-Content-Digest` says, `Unsupported` for schema 1
 */
export async function fetchManifest(
  place: RepositoryPlace,
  name: string,
  signal?: AbortSignal,
): Promise<FetchedManifest> {
  const answer = await requestManifest(place, 'GET', name, signal);
  if (answer.status !== 200) throw await place.connection.failure(answer, askedManifest(place, name), signal);
  const type = bareMediaType(answer.headers);
  if (type === mediaType.dockerManifestV1 || type === mediaType.dockerManifestV1Signed) {
    discardBody(answer);
    throw schema1(place, name);
  }
  const bytes = await place.connection.read(
    answer,
    maxManifestBytes,
    `the manifest of ${place.label}`,
    signal,
  );
  const digest = verifiedDigest(place, name, answer.headers, bytes);
  const known = isKnown(type) ? type : parseManifest(bytes).mediaType;
  return { descriptor: { mediaType: known, digest, size: bytes.length }, bytes };
}

export async function manifestExists(
  place: RepositoryPlace,
  name: string,
  signal?: AbortSignal,
): Promise<boolean> {
  const answer = await requestManifest(place, 'HEAD', name, signal);
  discardBody(answer);
  if (answer.status === 404) return false;
  if (answer.status === 200) return true;
  throw await place.connection.failure(answer, askedManifest(place, name), signal);
}

function requestManifest(
  place: RepositoryPlace,
  method: Method,
  name: string,
  signal?: AbortSignal,
): Promise<Answer> {
  const path = manifestPath(place, checkedName(name));
  const headers = { Accept: manifestAccept };
  const { reference } = askedManifest(place, name);
  return place.connection.request({ method, path, headers, scopes: pullScopes(place), reference }, signal);
}

/** `undefined` where the headers do not make a descriptor. */
function headDescriptor(place: RepositoryPlace, name: string, headers: HeaderReader): Descriptor | undefined {
  const given = givenDigest(headers);
  const digest = given ?? (isDigest(name) ? name : undefined);
  const size = Number(headers.get('content-length') ?? Number.NaN);
  const type = bareMediaType(headers);
  if (given !== undefined && isDigest(name) && given !== name) throw mismatch(place, name, given);
  if (digest === undefined || !isKnown(type) || !(size > 0 && size <= maxManifestBytes)) return undefined;
  return { mediaType: type, digest, size };
}

function verifiedDigest(
  place: RepositoryPlace,
  name: string,
  headers: HeaderReader,
  bytes: Uint8Array,
): Digest {
  const expected = isDigest(name) ? name : givenDigest(headers);
  const actual = digestOf(bytes, expected && digestAlgorithm(expected));
  if (expected !== undefined && actual !== expected) throw mismatch(place, expected, actual);
  return actual;
}

function givenDigest(headers: HeaderReader): Digest | undefined {
  const text = headers.get('docker-content-digest');
  return text === null ? undefined : parseDigest(text.trim());
}

/** Without parameters. */
export function bareMediaType(headers: HeaderReader): string {
  const [type = ''] = (headers.get('content-type') ?? '').split(';');
  return type.trim().toLowerCase();
}

function isKnown(type: string): boolean {
  return isIndexMediaType(type) || isManifestMediaType(type);
}

function mismatch({ label }: RepositoryPlace, expected: Digest, actual: Digest): EngineError {
  const message = `${label} sent other bytes than ${expected}`;
  return new EngineError('DigestMismatch', message, { reference: `${label}@${expected}`, expected, actual });
}

function schema1({ label }: RepositoryPlace, name: string): EngineError {
  const message = `${label} gives a schema 1 manifest, which registries gave up in 2019`;
  return new EngineError('Unsupported', message, {
    reference: `${label}${isDigest(name) ? '@' : ':'}${name}`,
  });
}
