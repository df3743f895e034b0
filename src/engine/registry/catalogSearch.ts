import { familiarName } from '../oci/reference.ts';
import { parsedRepository } from './foundRepository.ts';
import type { SearchResult } from './searchResult.ts';

/** A catalogue is read so far and no further: no search of a registry this large would be by its catalogue. */
const maxNames = 100_000;

/**
 * Repositories of a catalogue whose names contain the term, in whatever case: first the one that is so called, then
 * those whose last part is, then the others by the alphabet.
 */
export async function catalogSearch(
  registry: string,
  names: AsyncIterable<string>,
  term: string,
): Promise<readonly SearchResult[]> {
  const wanted = term.toLowerCase();
  const found = new Set<string>();
  let seen = 0;
  for await (const name of names) {
    if (++seen > maxNames) break;
    if (name.toLowerCase().includes(wanted)) found.add(name);
  }
  return [...found].sort(byNearness(wanted)).flatMap((name) => result(registry, name));
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
