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
  if (isEngineError(error, 'Unsupported'))
    return [byName(node, place, l10n.t('{0} does not list its repositories', place.registry))];
  if (!asksForSignIn(error)) return undefined;
  const or = byName(node, place, l10n.t('or one repository, if you know it'));
  return [isOfGithubApi(error) ? githubSignIn(node, error) : failureNode(node, error), or];
}

function byName(node: TreeNode, place: RegistryPlace, reason: string): MessageNode {
  const title = l10n.t('Connect Registry…');
  const start = `${formatRegistryPlace(place)}/`;
  const command = { command: commands.connectRegistry, title, arguments: [{ place: start }] };
  return new MessageNode(node, l10n.t('Connect by name…'), new ThemeIcon('add'), command, reason);
}

function isOfGithubApi(error: unknown): boolean {
  return isEngineError(error) && error.facts.registry === githubApi;
}

/** GitHub's list is at another host than its registry, which is told only what the person gives for that host. */
function githubSignIn(node: TreeNode, error: unknown): MessageNode {
  const reason = isEngineError(error, 'Forbidden')
    ? l10n.t('the token for {0} may not list packages: it needs read:packages', githubApi)
    : l10n.t('GitHub lists packages at {0} only, to a token for it', githubApi);
  return MessageNode.signIn(node, error, reason);
}
