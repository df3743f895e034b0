import { asArray, asObject, asString, type JsonObject, optional, parseJson } from '../oci/json.ts';
import { familiarName } from '../oci/reference.ts';
import { parsedRepository } from './foundRepository.ts';
import type { SearchResult } from './searchResult.ts';

type Details = Pick<SearchResult, 'verifiedPublisher' | 'pulls' | 'updated'>;

/** By familiar name. */
export type HubDetails = ReadonlyMap<string, Details>;

/** The most that it gives at once; the two searches rank differently, so more than the rows asked for is asked. */
const pageSize = 100;

export function hubDetailsPath(term: string): string {
  const query = new URLSearchParams({ query: term, type: 'image', from: '0', size: String(pageSize) });
  return `/api/search/v4?${query}`;
}

/**
 * Badges, pulls and times from Docker Hub's search API v4.
 * https://github.com/docker/hub-mcp/blob/main/specs/search.yaml
 * @throws `Corrupt`
 */
export function parseHubDetails(bytes: Uint8Array): HubDetails {
  const what = "Docker Hub's answer";
  const results = asArray(asObject(parseJson(bytes, what), what).results, 'results');
  return new Map(results.flatMap((result) => parseRow(asObject(result, 'result')) ?? []));
}

function parseRow(row: JsonObject): (readonly [string, Details])[] {
  const repository = parsedRepository('docker.io', asString(row.name, 'name'));
  if (!repository) return [];
  const badge = optional(row.badge, 'badge', asString);
  const pulls = parsePullCount(row.pull_count);
  const updated = parseTime(row.updated_at);
  const details = {
    verifiedPublisher: badge === 'verified_publisher',
    ...(pulls !== undefined && { pulls }),
    ...(updated && { updated }),
  };
  return [[familiarName(repository), details]];
}

const multiples: Readonly<Record<string, number>> = { '': 1, K: 1e3, M: 1e6, B: 1e9 };

/** `1B+`, `500K+`, `1,234` or a number. */
export function parsePullCount(value: unknown): number | undefined {
  const match = /^(\d{1,15}(?:\.\d{1,3})?)([KMB]?)\+?$/.exec(String(value).replaceAll(',', ''));
  const count = match && Math.floor(Number(match[1]) * (multiples[match[2] ?? ''] ?? 1));
  return count !== null && Number.isSafeInteger(count) ? count : undefined;
}

export function parseTime(value: unknown): Date | undefined {
  const time = typeof value === 'string' ? new Date(value) : undefined;
  return time && !Number.isNaN(time.getTime()) ? time : undefined;
}
