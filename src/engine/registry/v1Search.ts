import { asArray, asObject, asString, optional, parseJson } from '../oci/json.ts';
import { familiarName } from '../oci/reference.ts';
import { parsedRepository } from './foundRepository.ts';
import type { SearchResult, SearchSnapshot } from './searchResult.ts';

/** What a search of 100 rows has room in many times over. */
export const maxSearchBytes = 4 * 1024 * 1024;

/** Path of the search that Docker's own command asks, relative to a registry or index. */
export function v1SearchPath(term: string, limit: number): string {
  return `/v1/search?${new URLSearchParams({ q: term, n: String(limit) })}`;
}

/**
 * Rows of the v1 search; what is no repository's name is left out, since it could not be pulled.
 * https://github.com/moby/moby/blob/v20.10.24/registry/session.go (`SearchRepositories`)
 * @param registry whose repositories they are
 * @throws `Corrupt` where it is no answer of such a search
 */
export function parseV1Search(bytes: Uint8Array, registry: string): SearchSnapshot {
  const what = `the search of ${registry}`;
  const answer = asObject(parseJson(bytes, what), what);
  const total = asCount(answer.num_results);
  return {
    results: asArray(answer.results, 'results').flatMap((result) => parseRow(result, registry) ?? []),
    ...(total !== undefined && { total }),
  };
}

function parseRow(value: unknown, registry: string): SearchResult | undefined {
  const row = asObject(value, 'result');
  const listedName = asString(row.name, 'name');
  const repository = parsedRepository(registry, listedName);
  if (!repository) return undefined;
  const stars = optional(row.star_count, 'star_count', asCount);
  return {
    name: familiarName(repository),
    listedName,
    description: optional(row.description, 'description', asString) ?? '',
    ...(stars !== undefined && { stars }),
    official: row.is_official === true,
    automated: row.is_automated === true,
  };
}

/** Negative ones have been seen; they sort last, as in Docker. */
function asCount(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) ? value : undefined;
}
