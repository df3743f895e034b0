import type { SearchQuery } from '../../src/protocol/searchPage.ts';

export const dockerHub = 'docker.io';

/**
 * Where to search for what: in the chosen registry, unless the text names another before its first slash, by Docker's
 * rule for names. A text that begins with a registry's host is never sent to another one.
 */
export function searchPlace(chosen: string, text: string): SearchQuery {
  const [, first = '', rest = ''] = /^\s*([^/\s]*)\/(.*)$/s.exec(text) ?? [];
  const isHost = /[.:]/.test(first) || first === 'localhost';
  return isHost ? { registry: first, term: rest.trim() } : { registry: chosen, term: text.trim() };
}

/** People know Docker Hub, not its host. */
export function registryLabel(registry: string): string {
  return registry === dockerHub ? 'Docker Hub' : registry;
}

/**
 * Docker Hub has no list of everything; a registry's catalogue is one. Who has written a host and its port is about to say
 * what to look for there: that is not Docker Hub's to know.
 */
export function isAsked({ registry, term }: SearchQuery): boolean {
  return registry === dockerHub ? term.length >= 2 && !/^[^/\s]+:\d*$/.test(term) : term.length >= 1;
}

export function isSameQuery(one: SearchQuery | undefined, other: SearchQuery): boolean {
  return one?.registry === other.registry && one.term === other.term;
}
