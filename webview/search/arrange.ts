import type { FoundRepository, SearchFilters, SearchOrder } from '../../src/protocol/searchPage.ts';

export const noFilters: SearchFilters = { official: false, verified: false, automated: false, stars: 0 };

export function hasFilters({ official, verified, automated, stars }: SearchFilters): boolean {
  return official || verified || automated || stars > 0;
}

/** The results that the filters let through, in the order asked for; equal ones stay as the registry has them. */
export function arrange(
  results: readonly FoundRepository[],
  filters: SearchFilters,
  order: SearchOrder,
): readonly FoundRepository[] {
  return results.filter((result) => isWanted(result, filters)).sort(comparisons[order]);
}

function isWanted(result: FoundRepository, filters: SearchFilters): boolean {
  const { official, verified, automated, stars } = filters;
  if (stars > 0 && (result.stars ?? 0) < stars) return false;
  if (!official && !verified && !automated) return true;
  return (
    (official && result.official) || (verified && result.verified === true) || (automated && result.automated)
  );
}

type Comparison = (one: FoundRepository, other: FoundRepository) => number;

const comparisons: Readonly<Record<SearchOrder, Comparison>> = {
  stars: (one, other) => (other.stars ?? 0) - (one.stars ?? 0),
  pulls: (one, other) => (other.pulls ?? -1) - (one.pulls ?? -1),
  updated: (one, other) => (other.updated ?? 0) - (one.updated ?? 0),
  name: (one, other) => (one.name < other.name ? -1 : one.name > other.name ? 1 : 0),
};

/** What there is to filter and sort by. */
export interface Knowledge {
  /** Stars and kinds; without them there is nothing else either, as in a catalogue. */
  readonly stars: boolean;
  readonly verified: boolean;
  readonly pulls: boolean;
  readonly updated: boolean;
}

export const knowsNothing: Knowledge = { stars: false, verified: false, pulls: false, updated: false };

export function knowledgeOf(results: readonly FoundRepository[]): Knowledge {
  return {
    stars: results.some(({ stars, official, automated }) => stars !== undefined || official || automated),
    verified: results.some(({ verified }) => verified !== undefined),
    pulls: results.some(({ pulls }) => pulls !== undefined),
    updated: results.some(({ updated }) => updated !== undefined),
  };
}
