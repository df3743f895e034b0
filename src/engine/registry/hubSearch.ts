import { EngineError, isEngineError } from '../errors.ts';
import { answerError } from './failures.ts';
import { type InsecureHosts, parseUrl } from './hosts.ts';
import { type HubDetails, hubDetailsPath, parseHubDetails } from './hubDetails.ts';
import { hubSite } from './hubSite.ts';
import { hubTagsPath, parseHubTags } from './hubTags.ts';
import type { RepositoryTags } from './repositoryTag.ts';
import type { SearchResult, SearchSnapshot } from './searchResult.ts';
import { askSite, type SiteParts } from './siteRequest.ts';
import { maxSearchBytes, parseV1Search, v1SearchPath } from './v1Search.ts';

export interface HubSearchParts extends SiteParts {
  readonly insecure: InsecureHosts;
  /** Where the search is in Docker Hub's place: a mirror. */
  readonly origin: string | undefined;
}

export interface HubQuestion {
  readonly term: string;
  readonly limit: number;
  readonly details: boolean;
}

const dockerHub = 'docker.io';
/** The search that `docker search` has asked since 2013: the only one of Hub's whose rows and order are Docker's. */
const hubIndex = 'https://index.docker.io';
/** Milliseconds that badges may take: nobody waits longer for them. */
const detailsTimeout = 5_000;

/**
 * Searches Docker Hub: its rows as soon as they are there, and once more with what its documented search knows. Nobody is
 * signed in there: what it finds is public, and the password stays with the registry.
 * @throws `Offline`, `TimedOut`, `RateLimited`, `RegistryError`, `TooLarge`, each naming Docker Hub
 */
export async function* hubSearch(
  parts: HubSearchParts,
  { term, limit, details }: HubQuestion,
  signal?: AbortSignal,
): AsyncGenerator<SearchSnapshot, void, undefined> {
  const index = siteUrl(parts, hubIndex);
  const site = siteUrl(parts, hubSite);
  const asked = details ? askDetails(parts, new URL(hubDetailsPath(term), site), signal) : undefined;
  const settled = Promise.allSettled([asked]);
  const found = await askV1(parts, new URL(v1SearchPath(term, limit), index), signal);
  yield found;
  const [known] = await settled;
  if (known.status === 'rejected') throw known.reason;
  if (known.value) yield { ...found, results: withDetails(found.results, known.value) };
}

function withDetails(results: readonly SearchResult[], known: HubDetails): readonly SearchResult[] {
  return results.map((result) => ({ ...result, ...known.get(result.name) }));
}

/**
 * The tags that were pushed last, and how many there are.
 * @param repository `library/alpine`
 * @throws what {@link hubSearch} throws
 */
export async function hubTags(
  parts: HubSearchParts,
  repository: string,
  signal?: AbortSignal,
): Promise<RepositoryTags> {
  const url = new URL(hubTagsPath(repository), siteUrl(parts, hubSite));
  const totalTimeout = Math.min(parts.totalTimeout, detailsTimeout);
  return parseHubTags(await fetchJson({ ...parts, totalTimeout }, url, signal));
}

/** A site of Docker Hub's, or the mirror in its place. @throws `Invalid` */
export function siteUrl({ origin, insecure }: HubSearchParts, site: string): URL {
  if (origin === undefined) return new URL(site);
  const url = parseUrl(origin);
  const isAllowed = url?.protocol === 'https:' || (url?.protocol === 'http:' && insecure.has(url.host));
  if (url && isAllowed) return url;
  const wanted = 'write https://HOST[:PORT]; http:// only for this machine and insecure registries';
  throw new EngineError(
    'Invalid',
    `invalid address for Docker Hub's search ${JSON.stringify(origin)}: ${wanted}`,
  );
}

async function askV1(parts: HubSearchParts, url: URL, signal?: AbortSignal): Promise<SearchSnapshot> {
  try {
    return parseV1Search(await fetchJson(parts, url, signal), dockerHub);
  } catch (error) {
    throw isEngineError(error) && error.reason !== 'Cancelled' ? namingHub(error, url) : error;
  }
}

/** A nicety: without it the search is as good as Docker's own. */
async function askDetails(
  parts: HubSearchParts,
  url: URL,
  signal?: AbortSignal,
): Promise<HubDetails | undefined> {
  try {
    const totalTimeout = Math.min(parts.totalTimeout, detailsTimeout);
    return parseHubDetails(await fetchJson({ ...parts, totalTimeout }, url, signal));
  } catch (error) {
    if (isEngineError(error) && !isEngineError(error, 'Cancelled')) return undefined;
    throw error;
  }
}

/** One GET of at most 4 MiB. @param authorization of who asks; nobody by default */
export async function fetchJson(
  parts: HubSearchParts,
  url: URL,
  signal?: AbortSignal,
  authorization?: string,
): Promise<Uint8Array> {
  const headers = authorization === undefined ? {} : { Authorization: authorization };
  const request = { url, headers, what: "Docker Hub's answer", limit: maxSearchBytes };
  const { answer, bytes } = await askSite(parts, request, signal);
  if (answer.status !== 200) throw answerError(answer, bytes, { registry: url.host });
  return bytes;
}

/** People know Docker Hub, not the host that answers for it. */
function namingHub({ reason, message, facts, cause }: EngineError, { host }: URL): EngineError {
  const hub = { ...facts, registry: dockerHub };
  if (reason === 'Corrupt') {
    const text = `Docker Hub's search did not answer with search results (${host})`;
    return new EngineError('RegistryError', text, hub, cause);
  }
  return new EngineError(reason, `Docker Hub could not be searched: ${message}`, hub, cause);
}
