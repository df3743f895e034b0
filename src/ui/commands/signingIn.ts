import { type InputBoxOptions, l10n, ProgressLocation, window } from 'vscode';
import { isEngineError } from '../../engine/errors.ts';
import { abortOn } from '../abort.ts';
import type { RegistrySecrets } from '../adapters/registrySecrets.ts';
import type { EngineHost } from '../engineHost.ts';
import { asksForSignIn, errorText } from '../errorText.ts';
import { registryArgument } from './arguments.ts';
import { askRegistry } from './askRegistry.ts';

const dockerHub = 'docker.io';

/**
 * Asks for a user name and a password or token and keeps them in VS Code's secret store, for that registry alone, once
 * the registry has taken them.
 * @returns whether it has
 */
export async function signIn(
  host: EngineHost,
  secrets: RegistrySecrets,
  argument: unknown,
): Promise<boolean> {
  const title = l10n.t('Sign In to Registry');
  const registry = registryArgument(argument) ?? (await askRegistry(title, dockerHub));
  if (registry === undefined) return false;
  let account: Account | undefined;
  for (;;) {
    account = await askAccount(title, registry, account?.username);
    if (!account) return false;
    const refusal = await refusalOf(host, registry, account);
    if (refusal === undefined) break;
    const again = l10n.t('Try Again');
    if ((await window.showErrorMessage(refusal, again)) !== again) return false;
  }
  await secrets.store(registry, account.username, account.password);
  host.engine.forgetSignIn(registry);
  window.setStatusBarMessage(l10n.t('Signed in to {0} as {1}', registry, account.username), 5000);
  return true;
}

interface Account {
  readonly username: string;
  readonly password: string;
}

async function askAccount(title: string, registry: string, last = ''): Promise<Account | undefined> {
  const username = await ask({ title, prompt: l10n.t('User name at {0}', registry), value: last });
  if (username === undefined) return undefined;
  const prompt = l10n.t('Password or access token of {0} at {1}', username, registry);
  const password = await ask({ title, prompt, password: true });
  return password === undefined ? undefined : { username, password };
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
    void window.showInformationMessage(l10n.t('You are not signed in to any registry from here.'));
    return false;
  }
  const registry = await window.showQuickPick([...registries], { title: l10n.t('Sign Out of Registry') });
  if (registry === undefined) return false;
  await secrets.forget(registry);
  host.engine.forgetSignIn(registry);
  window.setStatusBarMessage(l10n.t('Signed out of {0}', registry), 5000);
  return true;
}

/** An empty answer is none. */
async function ask(options: InputBoxOptions): Promise<string | undefined> {
  const answer = await window.showInputBox({
    ...options,
    ignoreFocusOut: true,
    validateInput: (value) => (value === '' ? l10n.t('This cannot be empty.') : undefined),
  });
  return answer === '' ? undefined : answer;
}
