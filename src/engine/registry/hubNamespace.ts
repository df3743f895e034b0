import { EngineError, isEngineError } from '../errors.ts';
import { asArray, asObject, asString, parseJson } from '../oci/json.ts';
import type { HubAccount } from './hubAccount.ts';
import { fetchJson, type HubSearchParts, siteUrl } from './hubSearch.ts';
import { hubSite } from './hubSite.ts';
import { type NumberedPage, numberedPages } from './numberedPages.ts';

/** The most that Docker Hub gives at once. */
const pageSize = 100;

const what = "Docker Hub's list of repositories";
/** Docker's curated images, all of them public. */
const officialNamespace = 'library';

export interface HubNamespaceParts extends HubSearchParts {
  readonly account: HubAccount;
}

/**
 * Paths (`library/alpine`) of a namespace's repositories, as pages arrive: Docker Hub has no catalogue. Private ones are
 * among them where the person is signed in to Docker Hub and may see them; a mirror in its place is told of nobody.
 * https://docs.docker.com/reference/api/hub/latest/#tag/repositories
 * @throws `NotFound` where there is no such namespace, `Offline`, `TimedOut`, `RateLimited`, `RegistryError`, `Corrupt`
 */
export async function* hubRepositories(
  parts: HubNamespaceParts,
  namespace: string,
  signal?: AbortSignal,
): AsyncGenerator<string, void, undefined> {
  const site = siteUrl(parts, hubSite);
  const isPublic = namespace === officialNamespace || parts.origin !== undefined;
  const authorization = isPublic ? undefined : await parts.account.authorization(parts, signal);
  yield* numberedPages((page) =>
    fetchPage(parts, { url: new URL(pagePath(namespace, page), site), namespace, authorization }, signal),
  );
}

interface PageQuestion {
  readonly url: URL;
  readonly namespace: string;
  readonly authorization: string | undefined;
}

function pagePath(namespace: string, page: number): string {
  const query = new URLSearchParams({ page_size: String(pageSize), page: String(page) });
  return `/v2/namespaces/${encodeURIComponent(namespace)}/repositories?${query}`;
}

async function fetchPage(
  parts: HubNamespaceParts,
  { url, namespace, authorization }: PageQuestion,
  signal?: AbortSignal,
): Promise<NumberedPage> {
  try {
    return parsePage(await fetchJson(parts, url, signal, authorization), namespace);
  } catch (error) {
    if (!isEngineError(error, 'NotFound')) throw error;
    const facts = { ...error.facts, registry: 'docker.io', reference: namespace };
    throw new EngineError('NotFound', `Docker Hub has no namespace "${namespace}"`, facts, error);
  }
}

function parsePage(bytes: Uint8Array, namespace: string): NumberedPage {
  const answer = asObject(parseJson(bytes, what), what);
  const rows = asArray(answer.results, 'results').map((row) => asObject(row, 'result'));
  return {
    names: rows.map(({ name }) => `${namespace}/${asString(name, 'name')}`),
    isLast: answer.next === null || answer.next === undefined,
  };
}
