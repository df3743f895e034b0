import { env, l10n, commands as vscodeCommands } from 'vscode';
import { commands, panels } from '../../../contributions.ts';
import { EngineError } from '../../../engine/errors.ts';
import type { Digest } from '../../../engine/oci/digest.ts';
import { parsePlatform } from '../../../engine/oci/platform.ts';
import {
  familiarReference,
  parseName,
  parseReference,
  type Reference,
} from '../../../engine/oci/reference.ts';
import { parseSearchTerm } from '../../../engine/registry/search.ts';
import type { Handlers } from '../../../protocol/messages.ts';
import {
  type SearchAction,
  type SearchContract,
  type SearchNews,
  type SearchQuery,
  type SearchSubject,
  searchValidators,
} from '../../../protocol/searchPage.ts';
import { askRegistry } from '../../commands/askRegistry.ts';
import type { Pulling } from '../../commands/pulling.ts';
import type { EngineHost } from '../../engineHost.ts';
import type { PagePanel } from '../pagePanel.ts';
import type { PanelKind } from '../panels.ts';
import { signIn } from '../signIn.ts';
import { foundRepositories, foundTags, lookedUpTag } from './foundRows.ts';
import { LastDockerfile } from './lastDockerfile.ts';
import type { RecentSearches } from './recentSearches.ts';
import { searchStrings } from './searchStrings.ts';

const dockerHub = 'docker.io';
/** The most that a registry's search gives, and as many as anybody looks through. */
const limit = 100;

export interface SearchParts {
  readonly host: EngineHost;
  readonly pulling: Pulling;
  readonly recent: RecentSearches;
  /** Hosts of the registries that the person has to do with. */
  readonly registries: () => readonly string[];
}

/** The page that searches registries. There is one of it. */
export function searchPanel(parts: SearchParts): PanelKind<SearchContract, SearchSubject> {
  return {
    id: panels.search,
    page: 'search',
    title: () => l10n.t('Search Images'),
    key: () => '',
    parseSubject: () => ({}),
    strings: searchStrings,
    validators: searchValidators,
    handlers: (_subject, panel) => searchHandlers(parts, dockerfileFor(panel)),
  };
}

/** Lives as long as the panel, and tells the page where a `FROM` would go. */
function dockerfileFor(panel: PagePanel<SearchContract>): LastDockerfile {
  const dockerfile = new LastDockerfile();
  dockerfile.onDidChange((name) => panel.tell({ kind: 'event', name: 'target', value: name ?? null }));
  panel.onDidDispose(() => dockerfile.dispose());
  return dockerfile;
}

function searchHandlers(parts: SearchParts, dockerfile: LastDockerfile): Handlers<SearchContract> {
  const { host, recent } = parts;
  return {
    start: () => ({
      registries: [...new Set([dockerHub, ...parts.registries()])],
      recent: recent.all,
      target: dockerfile.name ?? null,
    }),
    search: async (query, send, signal) => {
      const found = host.engine.searchSnapshots(searchText(query), { limit, details: true }, signal);
      for await (const snapshot of found) await send(foundRepositories(snapshot));
      return undefined;
    },
    tags: async ({ repository }, send, signal) => {
      const found = host.engine.repositoryTags(parseName(repository), signal);
      for await (const tags of found) await send(foundTags(tags));
      return undefined;
    },
    tag: async ({ reference }, send, signal) => {
      const parsed = parseReference(reference);
      for await (const image of host.engine.lookUp(parsed, { maxAge: 0 }, signal))
        await send(lookedUpTag(parsed.tag ?? '', image));
      return undefined;
    },
    remember: (query) => recent.add(query),
    forgetRecent: async () => {
      await recent.clear();
      return undefined;
    },
    otherRegistry: () => askRegistry(l10n.t('Search Registry'), ''),
    signIn,
    act: (action, _send, signal) => act(parts, dockerfile, action, signal),
  };
}

/**
 * The registry is said always: what stands in the term cannot lead to another one.
 * @throws `Invalid` where it would not be read as one, and the text be sent to Docker Hub
 */
function searchText({ registry, term }: SearchQuery): string {
  const text = `${registry}/${term}`;
  if (parseSearchTerm(text).registry === registry) return text;
  throw new EngineError(
    'Invalid',
    l10n.t('{0} is no registry’s host: write one with a dot or a port', registry),
  );
}

async function act(
  { host, pulling }: SearchParts,
  dockerfile: LastDockerfile,
  { action, reference: text, platform, shown }: SearchAction,
  signal: AbortSignal,
): Promise<SearchNews> {
  const reference = parseReference(text);
  const name = familiarReference(reference);
  switch (action) {
    case 'pull':
      // It is followed, cancelled and told about in the Images view, whatever becomes of the page.
      void pulling.pull(reference, platform === undefined ? undefined : parsePlatform(platform));
      return news(l10n.t('Pulling {0}: see the Images view', name));
    case 'copy':
      await env.clipboard.writeText(text);
      return news(l10n.t('Copied {0}', name));
    case 'copyDigest': {
      const { digest } = await host.engine.resolve(reference, signal);
      await env.clipboard.writeText(digest);
      return digestNews(l10n.t('Copied {0}', brief(digest)), digest, shown);
    }
    case 'insert':
      return news(await insert(dockerfile, reference));
    case 'insertPinned': {
      const { digest } = await host.engine.resolve(reference, signal);
      return digestNews(await insert(dockerfile, { ...reference, digest }), digest, shown);
    }
    case 'inspect':
      await vscodeCommands.executeCommand(commands.inspectLayers, { reference: text, platform });
      return news('');
  }
}

function news(text: string): SearchNews {
  return { text, hasMoved: false };
}

/** What a reference names now was used, which is said where the page shows another digest. */
function digestNews(done: string, digest: Digest, shown: string | undefined): SearchNews {
  if (shown === undefined || shown === digest) return news(done);
  const moved = l10n.t('The tag names another image by now: {0}', brief(digest));
  return { text: `${done}. ${moved}`, hasMoved: true };
}

/** As the page's rows have it. */
function brief(digest: Digest): string {
  return digest.slice(0, digest.indexOf(':') + 13);
}

async function insert(dockerfile: LastDockerfile, reference: Reference): Promise<string> {
  const line = `FROM ${familiarReference(reference)}`;
  const file = await dockerfile.insertLine(line);
  if (file === undefined)
    throw new EngineError('Invalid', l10n.t('there is no Dockerfile open that can be edited'));
  return l10n.t('Inserted into {0}', file);
}
