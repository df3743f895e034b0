import { EngineError, isEngineError } from '../errors.ts';
import { asArray, asObject, asString, optional, parseJson } from '../oci/json.ts';
import type { Asked } from './failures.ts';
import { parseUrl } from './hosts.ts';
import type { RegistryConnection } from './registryConnection.ts';
import type { Answer } from './transport.ts';

/** A list that a registry gives out page by page. */
export interface PagedList {
  readonly path: string;
  /** The member of each page's JSON that holds the names. */
  readonly member: 'tags' | 'repositories';
  readonly scopes: readonly string[];
  readonly asked: Omit<Asked, 'registry'>;
}

const pageSize = 1000;
export const maxPages = 1000;
/** A page of a registry that knows no paging holds everything. */
const maxPageBytes = 32 * 1024 * 1024;

interface Page {
  readonly names: readonly string[];
  readonly next: URL | undefined;
}

/**
 * https://github.com/opencontainers/distribution-spec/blob/v1.1.0/spec.md#listing-tags
 * @throws `Insecure` where a page's successor is at another origin, `RegistryError` for what is no list, or has no end
 */
export async function* pagedNames(
  connection: RegistryConnection,
  list: PagedList,
  signal?: AbortSignal,
): AsyncGenerator<string, void, undefined> {
  const seen = new Set<string>();
  let path: string | URL | undefined = `${list.path}?n=${pageSize}`;
  let firstName: string | undefined;
  for (let count = 0; path !== undefined; count++) {
    if (count === maxPages) throw endless(connection);
    const page = await fetchPage(connection, list, path, signal);
    const isRepeated = count > 0 && page.next === undefined && page.names[0] === firstName;
    if (isRepeated) return;
    firstName = page.names[0];
    yield* page.names;
    path = page.next ?? guessedNext(list, page.names);
    if (page.next && seen.size === seen.add(page.next.href).size) throw endless(connection);
  }
}

function fetchPage(
  connection: RegistryConnection,
  list: PagedList,
  path: string | URL,
  signal?: AbortSignal,
): Promise<Page> {
  return connection.bounded(signal, async (bounded) => {
    const headers = { Accept: 'application/json' };
    const { scopes, asked } = list;
    const call = { method: 'GET', path, headers, scopes, reference: asked.reference } as const;
    const answer = await connection.request(call, bounded);
    if (answer.status !== 200) throw await connection.failure(answer, asked, bounded);
    const what = `the list of ${list.member} of ${connection.registry}`;
    const bytes = await connection.read(answer, maxPageBytes, what, bounded);
    return { names: namesIn(bytes, list.member, what, connection), next: nextPage(connection, answer) };
  });
}

/** @throws `RegistryError` where it is no such list: no image is broken */
function namesIn(
  bytes: Uint8Array,
  member: PagedList['member'],
  what: string,
  { registry }: RegistryConnection,
): readonly string[] {
  try {
    const names = optional(asObject(parseJson(bytes, what), what)[member], member, asArray) ?? [];
    return names.map((name) => asString(name, member));
  } catch (error) {
    if (!isEngineError(error, 'Corrupt')) throw error;
    throw new EngineError('RegistryError', error.message, { registry }, error);
  }
}

/** @throws `Insecure` where it is at another origin */
export function nextPage(connection: RegistryConnection, answer: Answer): URL | undefined {
  const target = parseLinkNext(answer.headers.get('link'));
  if (target === undefined) return undefined;
  const url = parseUrl(target, answer.url);
  if (url && url.origin === answer.url.origin) return url;
  const message = `${connection.registry} continues its list at another host, which is refused`;
  throw new EngineError('Insecure', message, { registry: connection.registry });
}

/** The target of the link to the next page: https://www.rfc-editor.org/rfc/rfc8288#section-3 */
export function parseLinkNext(header: string | null): string | undefined {
  for (const [, target, parameters = ''] of (header ?? '').matchAll(/<([^>]*)>((?:\s*;\s*[^,;]+)*)/g)) {
    if (/;\s*rel\s*=\s*(?:"(?:[^"]*\s)?next(?:\s[^"]*)?"|next(?=\s*(?:;|$)))/i.test(parameters))
      return target;
  }
  return undefined;
}

/** Some registries honour `n` and `last` and yet give no link: a full page has a successor. */
function guessedNext(list: PagedList, names: readonly string[]): string | undefined {
  const last = names.at(-1);
  if (names.length !== pageSize || last === undefined) return undefined;
  return `${list.path}?n=${pageSize}&last=${encodeURIComponent(last)}`;
}

/** A list that goes round in circles, or on and on. */
export function endless({ registry }: RegistryConnection): EngineError {
  return new EngineError('RegistryError', `the list of ${registry} has no end`, { registry });
}
