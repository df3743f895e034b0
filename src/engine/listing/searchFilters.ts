import { EngineError } from '../errors.ts';
import { type FilterArguments, parseFilterArguments } from './filterArguments.ts';

/** The names that {@link parseSearchFilters} knows. */
export const searchFilters = ['is-official', 'is-automated', 'stars'] as const;

/** What `search --filter` asks for. */
export interface SearchFilters {
  readonly official?: boolean;
  readonly automated?: boolean;
  /** At least so many. */
  readonly stars?: number;
}

/**
 * Reads `is-official=true`, `is-automated=false` and `stars=3`; of several numbers of stars the highest holds.
 * https://github.com/moby/moby/blob/v20.10.24/daemon/images/image_search.go
 * @throws `Invalid`, in Docker's words
 */
export function parseSearchFilters(texts: readonly string[]): SearchFilters {
  const filters = parseFilterArguments(texts, searchFilters);
  const automated = truth(filters, 'is-automated');
  const official = truth(filters, 'is-official');
  const stars = leastStars(filters.get('stars'));
  return {
    ...(automated !== undefined && { automated }),
    ...(official !== undefined && { official }),
    ...(stars !== undefined && { stars }),
  };
}

function truth(filters: FilterArguments, name: string): boolean | undefined {
  const values = new Set(filters.get(name));
  if (values.size === 0) return undefined;
  const [value] = values;
  if (values.size === 1 && (value === 'true' || value === 'false')) return value === 'true';
  // Docker prints Go's form of a list, in no order of its own.
  throw invalid(`${name}=[${[...values].sort().join(' ')}]`, 'write true or false');
}

function leastStars(values: readonly string[] = []): number | undefined {
  if (values.length === 0) return undefined;
  const wrong = values.find((value) => !/^[+-]?\d{1,15}$/.test(value));
  if (wrong !== undefined) throw invalid(`stars=${wrong}`, 'write a whole number');
  return Math.max(0, ...values.map(Number));
}

function invalid(filter: string, advice: string): EngineError {
  return new EngineError('Invalid', `Invalid filter '${filter}': ${advice}`);
}
