import { familiarName } from '../oci/reference.ts';
import { parsedRepository } from './foundRepository.ts';
import type { SearchResult, SearchSnapshot } from './searchResult.ts';

/** A catalogue is read so far and no further: no search of a registry this large would be by its catalogue. */
const maxNames = 100_000;
/** More than any list shows; the farthest of them are dropped as more come. */
const mostKept = 1000;
/** Milliseconds between what is shown of a catalogue that is still being read. */
const interval = 250;

/**
 * Repositories of a catalogue whose names contain the term, in whatever case: first the one that is so called, then
 * those whose last part is, then the others by the alphabet. What has been found is told while pages still come.
 */
export async function* catalogSearch(
  registry: string,
  names: AsyncIterable<string>,
  term: string,
): AsyncGenerator<SearchSnapshot, void, undefined> {
  const wanted = term.toLowerCase();
  let kept = new Set<string>();
  let [seen, total, told, last] = [0, 0, 0, performance.now()];
  for await (const name of names) {
    if (++seen > maxNames) break;
    if (!name.toLowerCase().includes(wanted) || kept.has(name)) continue;
    kept.add(name);
    total += 1;
    if (kept.size > 2 * mostKept) kept = new Set(nearest(kept, wanted));
    if (performance.now() - last < interval) continue;
    yield { results: results(registry, kept, wanted), total };
    [told, last] = [total, performance.now()];
  }
  if (told < total || total === 0) yield { results: results(registry, kept, wanted), total };
}

function results(registry: string, names: Iterable<string>, term: string): readonly SearchResult[] {
  return nearest(names, term).flatMap((name) => result(registry, name));
}

function nearest(names: Iterable<string>, term: string): readonly string[] {
  return [...names].sort(byNearness(term)).slice(0, mostKept);
}

function byNearness(term: string): (left: string, right: string) => number {
  const rank = (name: string) => (name === term ? 0 : name.endsWith(`/${term}`) ? 1 : 2);
  return (left, right) => rank(left) - rank(right) || (left < right ? -1 : 1);
}

function result(registry: string, name: string): SearchResult[] {
  const repository = parsedRepository(registry, name);
  if (!repository) return [];
  const shown = familiarName(repository);
  return [{ name: shown, listedName: shown, description: '', official: false, automated: false }];
}
