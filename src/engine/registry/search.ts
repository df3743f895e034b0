import { EngineError, isEngineError } from '../errors.ts';
import { discardBody } from './body.ts';
import { catalogSearch } from './catalogSearch.ts';
import { isDockerHub } from './hosts.ts';
import { type HubQuestion, type HubSearchParts, hubSearch } from './hubSearch.ts';
import type { RegistryConnection } from './registryConnection.ts';
import type { SearchOptions, SearchResult, SearchSnapshot } from './searchResult.ts';
import type { Answer } from './transport.ts';
import { maxSearchBytes, parseV1Search, v1SearchPath } from './v1Search.ts';

export interface SearchParts {
  readonly hub: HubSearchParts;
  readonly connection: (registry: string) => RegistryConnection;
  readonly catalog: (registry: string, signal?: AbortSignal) => AsyncIterable<string>;
}

const defaultLimit = 25;
const maxLimit = 100;

/**
 * Searches Docker Hub, or (`HOST/TERM`) another registry: by the v1 search that `docker search` asks where it answers
 * (Quay, Nexus, Artifactory), else by its catalogue. Most stars first; the registry's own order among equals.
 * https://github.com/moby/moby/blob/v20.10.24/daemon/images/image_search.go
 * @returns what is found, more and more of it; the last is all
 * @throws `Invalid` (limit, host), `Unsupported` where the registry offers neither, and what the requests throw
 */
export async function* search(
  parts: SearchParts,
  text: string,
  options: SearchOptions = {},
  signal?: AbortSignal,
): AsyncGenerator<SearchSnapshot, void, undefined> {
  const { limit = defaultLimit, details = false } = options;
  if (!Number.isInteger(limit) || limit < 1 || limit > maxLimit)
    throw new EngineError('Invalid', `Limit ${limit} is outside the range of [1, ${maxLimit}]`);
  const { registry, term } = parseSearchTerm(text);
  const question: HubQuestion = { term, limit, details };
  const found = isDockerHub(registry)
    ? hubSearch(parts.hub, question, signal)
    : searchRegistry(parts, registry, question, signal);
  for await (const { results, ...rest } of found) yield { ...rest, results: wanted(results, limit, options) };
}

function wanted(
  results: readonly SearchResult[],
  limit: number,
  options: SearchOptions,
): readonly SearchResult[] {
  return results
    .slice(0, limit)
    .filter((result) => isWanted(result, options))
    .sort((left, right) => (right.stars ?? 0) - (left.stars ?? 0));
}

/**
 * Where to search for what, by Docker's rule: what stands before the first slash is a host where it has a dot or a
 * colon or is `localhost`.
 */
export function parseSearchTerm(text: string): { readonly registry: string; readonly term: string } {
  if (/^https?:\/\//.test(text)) {
    const message = 'Invalid repository name (ex: "registry.domain.tld/myrepos")';
    throw new EngineError('Invalid', `${message}: write the host without https://`, { reference: text });
  }
  const [, first = '', rest = ''] = /^([^/]*)\/(.*)$/s.exec(text) ?? [];
  const isHost = /[.:]/.test(first) || first === 'localhost';
  const registry = !isHost || first === 'index.docker.io' ? 'docker.io' : first;
  const term = isHost ? rest : text;
  // Docker Hub's curated images are listed without the folder that they are in.
  return { registry, term: isDockerHub(registry) ? term.replace(/^library\//, '') : term };
}

async function* searchRegistry(
  parts: SearchParts,
  registry: string,
  question: HubQuestion,
  signal?: AbortSignal,
): AsyncGenerator<SearchSnapshot, void, undefined> {
  const found = await askV1(parts.connection(registry), question, signal);
  if (found) return yield found;
  try {
    yield* catalogSearch(registry, parts.catalog(registry, signal), question.term);
  } catch (error) {
    if (!isEngineError(error, 'Unsupported')) throw error;
    throw new EngineError(
      'Unsupported',
      `${registry} has neither a search nor a catalogue`,
      error.facts,
      error,
    );
  }
}

/** `undefined` where the registry has no such search: most answer with an error, some with their web pages. */
async function askV1(
  connection: RegistryConnection,
  { term, limit }: HubQuestion,
  signal?: AbortSignal,
): Promise<SearchSnapshot | undefined> {
  try {
    return await connection.bounded(signal, async (bounded) => {
      const headers = { Accept: 'application/json' };
      const path = v1SearchPath(term, limit);
      const answer = await connection.request({ method: 'GET', path, headers, scopes: [] }, bounded);
      return readV1(connection, answer, bounded);
    });
  } catch (error) {
    // The catalogue may ask for another sign-in than the search, or for none.
    if (isEngineError(error, 'Unauthorized', 'Forbidden', 'RegistryError', 'Corrupt')) return undefined;
    throw error;
  }
}

async function readV1(
  connection: RegistryConnection,
  answer: Answer,
  signal: AbortSignal,
): Promise<SearchSnapshot | undefined> {
  if (answer.status === 429) throw await connection.failure(answer, { action: 'search it' }, signal);
  const isPage = /^text\/html\b/i.test(answer.headers.get('content-type') ?? '');
  if (answer.status !== 200 || isPage) {
    discardBody(answer);
    return undefined;
  }
  const what = `the search of ${connection.registry}`;
  return parseV1Search(await connection.read(answer, maxSearchBytes, what, signal), connection.registry);
}

function isWanted(result: SearchResult, { official, automated, stars }: SearchOptions): boolean {
  if (official !== undefined && result.official !== official) return false;
  if (automated !== undefined && result.automated !== automated) return false;
  return stars === undefined || (result.stars ?? 0) >= stars;
}
