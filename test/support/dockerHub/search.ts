/** A repository as Docker Hub's search describes it. */
export interface HubRepository {
  readonly name: string;
  readonly description: string;
  readonly star_count: number;
  readonly is_official?: boolean;
  readonly is_automated?: boolean;
}

/** The answer to `/v1/search?q=TERM&n=LIMIT`; `undefined` for any other address. */
export function searchAnswer(url: URL, repositories: readonly HubRepository[]): unknown {
  if (url.pathname !== '/v1/search') return undefined;
  const query = url.searchParams.get('q') ?? '';
  const results = repositories
    .filter(({ name }) => name.includes(query))
    .slice(0, Number(url.searchParams.get('n') ?? 25))
    .map((repository) => ({ is_official: false, is_automated: false, ...repository }));
  return { query, num_results: results.length, num_pages: 1, page: 1, page_size: 25, results };
}
