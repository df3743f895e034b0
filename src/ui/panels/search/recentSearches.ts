import type { Memento } from 'vscode';
import { parseQuery, type SearchQuery } from '../../../protocol/searchPage.ts';
import { asList, MessageError } from '../../../protocol/validate.ts';

const key = 'recentSearches';
const mostKept = 10;

/** What was searched for lately in this profile, the latest first. */
export class RecentSearches {
  readonly #state: Memento;

  constructor(state: Memento) {
    this.#state = state;
  }

  get all(): readonly SearchQuery[] {
    try {
      return asList(this.#state.get<unknown>(key, []), parseQuery, 'the recent searches');
    } catch (error) {
      // Another version has written what this one does not read.
      if (error instanceof MessageError) return [];
      throw error;
    }
  }

  async add(query: SearchQuery): Promise<readonly SearchQuery[]> {
    const others = this.all.filter(
      ({ registry, term }) => registry !== query.registry || term !== query.term,
    );
    const recent = [query, ...others].slice(0, mostKept);
    await this.#state.update(key, recent);
    return recent;
  }

  async clear(): Promise<void> {
    await this.#state.update(key, undefined);
  }
}
