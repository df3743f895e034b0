import { EngineError, isEngineError } from '../errors.ts';
import { asArray, asObject, asString, parseJson } from '../oci/json.ts';
import { fetchJson, type HubSearchParts, hubSite, siteUrl } from './hubSearch.ts';

/** The most that Docker Hub gives at once. */
const pageSize = 100;
/** No namespace is larger: a list that goes on for longer has no end. */
const maxPages = 1000;

const what = "Docker Hub's list of repositories";

/**
 * Paths (`library/alpine`) of a namespace's public repositories, as pages arrive: Docker Hub has no catalogue. Nobody is
 * signed in there, as in a search.
 * https://docs.docker.com/reference/api/hub/latest/#tag/repositories
 * @throws `NotFound` where there is no such namespace, `Offline`, `TimedOut`, `RateLimited`, `RegistryError`, `Corrupt`
 */
export async function* hubRepositories(
  parts: HubSearchParts,
  namespace: string,
  signal?: AbortSignal,
): AsyncGenerator<string, void, undefined> {
  const site = siteUrl(parts, hubSite);
  for (let page = 1; page <= maxPages; page++) {
    const names = await fetchPage(parts, new URL(pagePath(namespace, page), site), namespace, signal);
    yield* names.paths;
    if (names.isLast) return;
  }
}

interface Page {
  readonly paths: readonly string[];
  readonly isLast: boolean;
}

function pagePath(namespace: string, page: number): string {
  const query = new URLSearchParams({ page_size: String(pageSize), page: String(page) });
  return `/v2/namespaces/${encodeURIComponent(namespace)}/repositories?${query}`;
}

async function fetchPage(
  parts: HubSearchParts,
  url: URL,
  namespace: string,
  signal?: AbortSignal,
): Promise<Page> {
  try {
    return parsePage(await fetchJson(parts, url, signal), namespace);
  } catch (error) {
    if (!isEngineError(error, 'NotFound')) throw error;
    const facts = { ...error.facts, registry: 'docker.io', reference: namespace };
    throw new EngineError('NotFound', `Docker Hub has no namespace "${namespace}"`, facts, error);
  }
}

/** Where the next page is does not matter: only this host is asked, by page number. */
function parsePage(bytes: Uint8Array, namespace: string): Page {
  const answer = asObject(parseJson(bytes, what), what);
  const rows = asArray(answer.results, 'results').map((row) => asObject(row, 'result'));
  return {
    paths: rows.map(({ name }) => `${namespace}/${asString(name, 'name')}`),
    isLast: rows.length === 0 || answer.next === null || answer.next === undefined,
  };
}
