import { answerJson, type Exchange } from './exchange.ts';
import { RegistryError } from './registryError.ts';

/** What a registry with a search tells of a repository beside its name. */
interface About {
  readonly description: string;
  readonly stars: number;
  readonly automated?: boolean;
  readonly badge?: 'verified_publisher' | 'open_source';
  readonly pulls: string;
  readonly updated: string;
}

const about: Readonly<Record<string, About>> = {
  'acme/web': {
    description: 'The shop front of Acme: nginx with the pages and settings of each release, ready to run.',
    stars: 412,
    badge: 'verified_publisher',
    pulls: '10M+',
    updated: '2026-03-02T09:30:00Z',
  },
  'acme/api': {
    description: 'Orders and stock over HTTP, for linux/amd64 and linux/arm64, with provenance.',
    stars: 187,
    badge: 'verified_publisher',
    pulls: '5M+',
    updated: '2026-02-20T16:05:12Z',
  },
  'acme/base': {
    description: 'What every image of Acme starts from.\nSmall, patched weekly.',
    stars: 58,
    badge: 'verified_publisher',
    pulls: '1M+',
    updated: '2026-03-01T04:00:00Z',
  },
  'acme/tools': {
    description: 'curl, jq and friends for pipelines',
    stars: 23,
    automated: true,
    pulls: '100K+',
    updated: '2025-11-11T11:11:11Z',
  },
  'acme/cron': {
    description: 'Runs a web hook or a command by the clock',
    stars: 9,
    automated: true,
    badge: 'open_source',
    pulls: '50K+',
    updated: '2026-03-03T00:00:00Z',
  },
  'acme/agent': {
    description: 'Watches hosts, Linux and Windows',
    stars: 9,
    pulls: '7,204',
    updated: '2026-01-15T08:00:00Z',
  },
  'acme/legacy': { description: '', stars: 0, pulls: '312', updated: '2019-06-30T12:00:00Z' },
};

const silent: About = { description: '', stars: 0, pulls: '0', updated: '2026-01-01T00:00:00Z' };

/** Asked by `docker search` before it searches; any answer will do. */
export async function pingV1(exchange: Exchange): Promise<void> {
  answerJson(exchange, true, { 'X-Docker-Registry-Standalone': 'true' });
}

/** The search of old registries, which `docker search` asks: `q` is the term, `n` how many rows. */
export async function searchV1(exchange: Exchange): Promise<void> {
  const term = exchange.url.searchParams.get('q') ?? '';
  const wanted = Number(exchange.url.searchParams.get('n') ?? 25);
  if (!Number.isInteger(wanted) || wanted < 1)
    throw new RegistryError(400, 'UNSUPPORTED', 'n must be a number');
  const results = (await found(exchange, term)).slice(0, wanted).map(([name, facts]) => ({
    name,
    description: facts.description,
    star_count: facts.stars,
    is_official: false,
    is_automated: facts.automated ?? false,
  }));
  answerJson(exchange, { num_results: results.length, query: term, results });
}

/** Docker Hub's newer search, for `STRATA_HUB_SEARCH`: https://github.com/docker/hub-mcp/blob/main/specs/search.yaml */
export async function searchV4(exchange: Exchange): Promise<void> {
  const results = (await found(exchange, exchange.url.searchParams.get('query') ?? '')).map(
    ([name, facts]) => ({
      name,
      slug: name,
      type: 'image',
      short_description: facts.description,
      badge: facts.badge ?? 'none',
      star_count: facts.stars,
      pull_count: facts.pulls,
      updated_at: facts.updated,
    }),
  );
  answerJson(exchange, { total: results.length, results });
}

async function found({ storage }: Exchange, term: string): Promise<[string, About][]> {
  const wanted = term.toLowerCase();
  const repositories = await storage.repositories();
  return repositories
    .map((name): [string, About] => [name, about[name] ?? silent])
    .filter(([name, { description }]) => `${name} ${description}`.toLowerCase().includes(wanted));
}
