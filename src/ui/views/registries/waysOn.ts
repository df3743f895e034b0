import { l10n, ThemeIcon } from 'vscode';
import { commands } from '../../../contributions.ts';
import { isEngineError } from '../../../engine/errors.ts';
import { githubApi } from '../../../engine/registry/githubPackages.ts';
import { formatRegistryPlace, type RegistryPlace } from '../../../engine/registry/registryPlace.ts';
import { asksForSignIn } from '../../errorText.ts';
import { MessageNode } from '../messageNode.ts';
import type { TreeNode } from '../treeNode.ts';
import { failureNode } from './listRows.ts';

/** What a person can do where a registry does not list its repositories; `undefined` where there is no such way. */
export function waysOn(
  node: TreeNode,
  place: RegistryPlace,
  error: unknown,
): readonly TreeNode[] | undefined {
  if (isEngineError(error, 'Unsupported')) {
    const text = l10n.t('{0} does not list its repositories: connect one by its name…', place.registry);
    return [byName(node, place, text)];
  }
  if (!asksForSignIn(error)) return undefined;
  const or = byName(node, place, l10n.t('Connect a repository by its name…'));
  return [isOfGithubApi(error) ? githubSignIn(node, error) : failureNode(node, error), or];
}

function byName(node: TreeNode, place: RegistryPlace, text: string): MessageNode {
  return new MessageNode(node, text, new ThemeIcon('add'), {
    command: commands.connectRegistry,
    title: l10n.t('Connect Registry…'),
    arguments: [{ place: `${formatRegistryPlace(place)}/` }],
  });
}

function isOfGithubApi(error: unknown): boolean {
  return isEngineError(error) && error.facts.registry === githubApi;
}

/** GitHub's list is at another host than its registry, which is told only what the person gives for that host. */
function githubSignIn(node: TreeNode, error: unknown): MessageNode {
  const text = isEngineError(error, 'Forbidden')
    ? l10n.t('The token for {0} may not list packages: give one with read:packages…', githubApi)
    : l10n.t('GitHub lists packages at {0} only: sign in there…', githubApi);
  return new MessageNode(node, text, new ThemeIcon('account'), {
    command: commands.signIn,
    title: l10n.t('Sign In to Registry…'),
    arguments: [{ registry: githubApi }],
  });
}
