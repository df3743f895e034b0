import { commands, l10n, ProgressLocation, window, workspace } from 'vscode';
import { isEngineError } from '../../engine/errors.ts';
import type { CredentialProvider } from '../../engine/registry/credentials.ts';
import { githubApi } from '../../engine/registry/githubPackages.ts';
import { abortOn } from '../abort.ts';
import type { RegistrySecrets } from '../adapters/registrySecrets.ts';
import type { EngineHost } from '../engineHost.ts';
import { asksForSignIn, errorText } from '../errorText.ts';
import { inform, sayBriefly, showError, warn } from '../notices.ts';
import { registryArgument } from './arguments.ts';
import { type Account, askAccount } from './askAccount.ts';
import { askGithubToken } from './askGithubToken.ts';
import { askRegistry } from './askRegistry.ts';

const dockerHub = 'docker.io';

export interface SignInParts {
  readonly host: EngineHost;
  readonly secrets: RegistrySecrets;
  /** What there is without asking. */
  readonly known: CredentialProvider;
}

/**
 * Asks for a user name and a password or token and keeps them in VS Code's secret store, for that registry alone, once
 * the registry has taken them.
 * @returns whether it has
 */
export async function signIn({ host, secrets, known }: SignInParts, argument: unknown): Promise<boolean> {
  const title = l10n.t('Sign In to Registry');
  const registry = registryArgument(argument) ?? (await askRegistry(title, dockerHub));
  if (registry === undefined || !(await isTrusted(registry))) return false;
  let account: Account | undefined;
  for (;;) {
    const last = account?.username;
    account = await (registry === githubApi
      ? askGithubToken(title, known, last !== undefined)
      : askAccount(title, registry, last));
    if (!account) return false;
    const refusal = await refusalOf(host, registry, account);
    if (refusal === undefined) break;
    const again = l10n.t('Try Again');
    if ((await showError(refusal, again)) !== again) return false;
  }
  await secrets.store(registry, account.username, account.password);
  host.engine.forgetSignIn(registry);
  sayBriefly(l10n.t('Signed in to {0} as {1}', registry, account.username), 5000);
  return true;
}

/** Whether credentials are used in this workspace; where they are not, leads to where that is changed. */
async function isTrusted(registry: string): Promise<boolean> {
  if (workspace.isTrusted) return true;
  const manage = l10n.t('Manage Workspace Trust');
  const message = l10n.t(
    'No credentials are used in Restricted Mode. Trust this workspace to sign in to {0}.',
    registry,
  );
  if ((await warn(message, manage)) === manage) await commands.executeCommand('workbench.trust.manage');
  return false;
}

/** Why the registry does not take the account; `undefined` where it does. */
async function refusalOf(host: EngineHost, registry: string, account: Account): Promise<string | undefined> {
  const title = l10n.t('Signing in to {0}', registry);
  try {
    await window.withProgress(
      { location: ProgressLocation.Notification, title, cancellable: true },
      async (_, token) => {
        using cancel = abortOn(token);
        await host.engine.checkCredentials(registry, { kind: 'password', ...account }, cancel.signal);
      },
    );
    return undefined;
  } catch (error) {
    if (isEngineError(error, 'Cancelled')) throw error;
    return asksForSignIn(error)
      ? l10n.t('{0} refused this user name or password. Nothing was kept.', registry)
      : l10n.t('{0} Nothing was kept.', errorText(error));
  }
}

/** Forgets what was kept for a registry, and says whether it did. What Docker's own configuration has is not touched. */
export async function signOut(host: EngineHost, secrets: RegistrySecrets): Promise<boolean> {
  const { registries } = secrets;
  if (registries.length === 0) {
    void inform(l10n.t('You are not signed in to any registry from here.'));
    return false;
  }
  const registry = await window.showQuickPick([...registries], { title: l10n.t('Sign Out of Registry') });
  if (registry === undefined) return false;
  await secrets.forget(registry);
  host.engine.forgetSignIn(registry);
  sayBriefly(l10n.t('Signed out of {0}', registry), 5000);
  return true;
}
