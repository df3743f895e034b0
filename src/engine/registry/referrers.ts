import { EngineError, isEngineError } from '../errors.ts';
import type { Descriptor } from '../oci/descriptor.ts';
import { type Digest, digestAlgorithm, digestHex } from '../oci/digest.ts';
import { maxManifestBytes, parseManifest } from '../oci/manifest.ts';
import { mediaType } from '../oci/mediaType.ts';
import { discardBody } from './body.ts';
import { bareMediaType, fetchManifest } from './manifests.ts';
import { endless, maxPages, nextPage } from './paging.ts';
import { askedManifest, pullScopes, type RepositoryPlace } from './repositoryPlace.ts';
import type { Answer } from './transport.ts';

interface Page {
  readonly manifests: readonly Descriptor[];
  readonly next: URL | undefined;
}

/** What registries that do not know the question answer; the specification has 404 alone. */
const unknownQuestion: ReadonlySet<number> = new Set([400, 404, 405, 501]);

/**
 * The manifests whose subject the digest names, page by page; from the referrers tag where the registry has no such list.
 * https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#listing-referrers
 */
export async function* listReferrers(
  place: RepositoryPlace,
  subject: Digest,
  signal?: AbortSignal,
): AsyncGenerator<Descriptor, void, undefined> {
  const seen = new Set<string>();
  let path: string | URL | undefined = `/v2/${place.repository}/referrers/${subject}`;
  for (let count = 0; path !== undefined; count++) {
    if (count === maxPages) throw endless(place.connection);
    const page: Page | undefined = await fetchPage(place, subject, path, signal);
    if (!page && count === 0) return yield* taggedReferrers(place, subject, signal);
    yield* page?.manifests ?? [];
    path = page?.next;
    if (page?.next && seen.size === seen.add(page.next.href).size) throw endless(place.connection);
  }
}

/** `undefined` where the registry does not know the question. */
function fetchPage(
  place: RepositoryPlace,
  subject: Digest,
  path: string | URL,
  signal?: AbortSignal,
): Promise<Page | undefined> {
  const { connection, label } = place;
  return connection.bounded(signal, async (bounded) => {
    const headers = { Accept: mediaType.ociIndex };
    const call = { method: 'GET', path, headers, scopes: pullScopes(place), reference: label } as const;
    const answer = await connection.request(call, bounded);
    if (isNoList(answer)) return void discardBody(answer);
    if (answer.status !== 200) throw await connection.failure(answer, askedManifest(place, subject), bounded);
    const bytes = await connection.read(answer, maxManifestBytes, `the referrers in ${label}`, bounded);
    return { manifests: manifestsOf(bytes, label), next: nextPage(connection, answer) };
  });
}

/** A catch-all page of a gateway is no list either. */
function isNoList({ status, headers }: Answer): boolean {
  return unknownQuestion.has(status) || (status === 200 && bareMediaType(headers) !== mediaType.ociIndex);
}

/** https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#referrers-tag-schema */
async function* taggedReferrers(
  place: RepositoryPlace,
  subject: Digest,
  signal?: AbortSignal,
): AsyncGenerator<Descriptor, void, undefined> {
  const tag = `${digestAlgorithm(subject)}-${digestHex(subject).slice(0, 64)}`;
  try {
    const { bytes } = await place.connection.bounded(signal, (bounded) => fetchManifest(place, tag, bounded));
    yield* manifestsOf(bytes, place.label);
  } catch (error) {
    if (!isEngineError(error, 'NotFound')) throw error;
  }
}

function manifestsOf(bytes: Uint8Array, label: string): readonly Descriptor[] {
  const value = parseManifest(bytes);
  if (value.kind === 'index') return value.manifests;
  throw new EngineError('Corrupt', `the list of referrers in ${label} is no index`);
}
