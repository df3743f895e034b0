import { l10n, window } from 'vscode';
import type { RegistriesView } from '../views/registries/registriesView.ts';
import { RegistryNode } from '../views/registries/registryNode.ts';
import { RemoteRepositoryNode } from '../views/registries/remoteRepositoryNode.ts';

/** Asks for words that the repositories of a registry, or the tags of a repository, must have in their names. */
export async function filterRegistry(registries: RegistriesView, argument: unknown): Promise<void> {
  const isRepository = argument instanceof RemoteRepositoryNode;
  if (!isRepository && !(argument instanceof RegistryNode)) return;
  const text = await window.showInputBox({
    title: isRepository ? l10n.t('Filter Tags') : l10n.t('Filter Repositories'),
    prompt: l10n.t('Words that the name must have; * stands for any text. Empty shows all.'),
    value: registries.filterOf(argument),
  });
  if (text !== undefined) registries.filter(argument, text);
}
