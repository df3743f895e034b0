import { l10n, type MarkdownString, ThemeIcon, TreeItem, TreeItemCollapsibleState } from 'vscode';
import { viewItems } from '../../../contributions.ts';
import { isEngineError } from '../../../engine/errors.ts';
import { canonicalName, type Reference } from '../../../engine/oci/reference.ts';
import {
  formatRegistryPlace,
  type RegistryPlace,
  repositoryAt,
} from '../../../engine/registry/registryPlace.ts';
import { formatCount, formatMoment } from '../../format.ts';
import { appendForeign, lineBreak, markdown } from '../../markdown.ts';
import { nameWithoutHost } from '../../referenceText.ts';
import type { TreeNode } from '../treeNode.ts';
import { listRows } from './listRows.ts';
import { nameFilter } from './nameFilter.ts';
import type { RegistryShelf } from './registryShelf.ts';
import { RemoteRepositoryNode } from './remoteRepositoryNode.ts';
import { waysOn } from './waysOn.ts';

/** A registry that the user connected, or a namespace of one. Asked for nothing before it is unfolded. */
export class RegistryNode implements TreeNode {
  readonly id: string;
  readonly parent = undefined;
  readonly place: RegistryPlace;
  readonly #shelf: RegistryShelf;

  constructor(shelf: RegistryShelf, place: RegistryPlace) {
    this.id = `registry:${formatRegistryPlace(place)}`;
    this.place = place;
    this.#shelf = shelf;
  }

  /** Host, for commands about signing in. */
  get registry(): string {
    return this.place.registry;
  }

  item(): TreeItem {
    const item = new TreeItem(formatRegistryPlace(this.place), TreeItemCollapsibleState.Collapsed);
    const filter = this.#shelf.filters.get(this.id);
    item.id = this.id;
    item.contextValue = viewItems.registry;
    item.iconPath = new ThemeIcon('server');
    if (filter !== undefined) item.description = l10n.t('filter: {0}', filter);
    item.accessibilityInformation = { label: l10n.t('Registry {0}', formatRegistryPlace(this.place)) };
    return item;
  }

  /** What is known without asking: the limit that is left, and how much was asked. */
  tooltip(): MarkdownString {
    const { requests, rateLimit } = this.#shelf.engine.registryUse(this.registry);
    const content = markdown();
    appendForeign(content, formatRegistryPlace(this.place));
    content.appendMarkdown(
      `${lineBreak}${l10n.t('{0} requests since VS Code started', formatCount(requests))}`,
    );
    if (rateLimit) {
      const { remaining, limit, seen } = rateLimit;
      const facts = [formatCount(remaining), formatCount(limit), formatMoment(seen)];
      content.appendMarkdown(`${lineBreak}${l10n.t('{0} of {1} pulls left at {2}', ...facts)}`);
    }
    return content;
  }

  children(): Promise<TreeNode[]> {
    const { engine, filters } = this.#shelf;
    const filter = filters.get(this.id);
    const list = this.#shelf.list(this, (signal) => engine.repositories(this.place, signal));
    return listRows(this, list, {
      shelf: this.#shelf,
      registry: this.registry,
      toNode: (repository) => new RemoteRepositoryNode(this, this.#shelf, repository),
      arrange: (repositories) => byName(filter === undefined ? repositories : fitting(repositories, filter)),
      empty: () =>
        filter === undefined ? l10n.t('No repositories') : l10n.t('No repository fits the filter'),
      failure: (error) => this.#failure(error),
    });
  }

  /** Where it does not list, the namespace may be a repository itself; otherwise the rows say how to go on. */
  #failure(error: unknown): readonly TreeNode[] | undefined {
    const repository = repositoryAt(this.place);
    if (repository && mayBeRepository(error)) {
      return [new RemoteRepositoryNode(this, this.#shelf, repository)];
    }
    return waysOn(this, this.place, error);
  }
}

function mayBeRepository(error: unknown): boolean {
  return isEngineError(error, 'Unsupported', 'Unauthorized', 'Forbidden', 'NotFound');
}

function byName(repositories: readonly Reference[]): readonly Reference[] {
  const names = new Map(repositories.map((repository) => [canonicalName(repository), repository]));
  return [...names].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, repository]) => repository);
}

function fitting(repositories: readonly Reference[], filter: string): readonly Reference[] {
  const fits = nameFilter(filter);
  return repositories.filter((repository) => fits(nameWithoutHost(repository)));
}
