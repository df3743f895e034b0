import { l10n, ThemeIcon, TreeItem, TreeItemCollapsibleState } from 'vscode';
import { viewItems } from '../../../contributions.ts';
import { newestTagsFirst } from '../../../engine/listing/tagOrder.ts';
import {
  canonicalName,
  canonicalReference,
  isOfficial,
  type Reference,
  withTag,
} from '../../../engine/oci/reference.ts';
import { nameWithoutHost } from '../../referenceText.ts';
import type { TreeNode } from '../treeNode.ts';
import { listRows } from './listRows.ts';
import { nameFilter } from './nameFilter.ts';
import type { RegistryShelf } from './registryShelf.ts';
import { RemoteTagNode } from './remoteTagNode.ts';

/** A repository of a registry. Unfolding it asks for the list of its tags and for nothing about any of them. */
export class RemoteRepositoryNode implements TreeNode {
  readonly id: string;
  readonly parent: TreeNode;
  /** Without a tag. */
  readonly repository: Reference;
  readonly #shelf: RegistryShelf;

  constructor(parent: TreeNode, shelf: RegistryShelf, repository: Reference) {
    this.id = `${parent.id}/${repository.repository}`;
    this.parent = parent;
    this.repository = repository;
    this.#shelf = shelf;
  }

  get registry(): string {
    return this.repository.registry;
  }

  item(): TreeItem {
    const label = nameWithoutHost(this.repository);
    const item = new TreeItem(label, TreeItemCollapsibleState.Collapsed);
    const filter = this.#shelf.filters.get(this.id);
    const isCurated = isOfficial(this.repository);
    item.id = this.id;
    item.contextValue = viewItems.remoteRepository;
    item.iconPath = new ThemeIcon(isCurated ? 'verified' : 'repo');
    const facts = [
      isCurated ? l10n.t('official') : undefined,
      filter === undefined ? undefined : l10n.t('filter: {0}', filter),
    ].filter((fact) => fact !== undefined);
    item.description = facts.join(' · ');
    item.tooltip = canonicalName(this.repository);
    item.accessibilityInformation = { label: [l10n.t('Repository {0}', label), ...facts].join(', ') };
    return item;
  }

  async children(): Promise<TreeNode[]> {
    const { engine, filters } = this.#shelf;
    const filter = filters.get(this.id);
    const list = this.#shelf.list(this, (signal) => engine.tags(this.repository, signal));
    const stored = await this.#shelf.storedTags();
    return listRows(this, list, {
      shelf: this.#shelf,
      registry: this.registry,
      toNode: (tag) => {
        const reference = withTag(this.repository, tag);
        return new RemoteTagNode(this, this.#shelf, reference, stored.has(canonicalReference(reference)));
      },
      arrange: (tags) => newestTagsFirst(filter === undefined ? tags : tags.filter(nameFilter(filter))),
      empty: () => (filter === undefined ? l10n.t('No tags') : l10n.t('No tag fits the filter')),
    });
  }
}
