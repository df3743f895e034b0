import { l10n, window } from 'vscode';
import { isRegistry } from '../../engine/oci/reference.ts';
import type { RegistrySecrets } from '../adapters/registrySecrets.ts';
import { registryArgument } from './arguments.ts';

const dockerHub = 'docker.io';

/** Asks for a user name and a password or token and keeps them in VS Code's secret store, for that registry alone. */
export async function signIn(secrets: RegistrySecrets, argument: unknown): Promise<void> {
  const title = l10n.t('Sign In to Registry');
  const registry = registryArgument(argument) ?? (await askRegistry(title));
  if (registry === undefined) return;
  const username = await ask(title, l10n.t('User name at {0}', registry));
  if (username === undefined) return;
  const password = await ask(
    title,
    l10n.t('Password or access token of {0} at {1}', username, registry),
    true,
  );
  if (password === undefined) return;
  await secrets.store(registry, username, password);
  window.setStatusBarMessage(l10n.t('{0} is now asked as {1}', registry, username), 5000);
}

/** Forgets what was kept for a registry, and says whether it did. What Docker's own configuration has is not touched. */
export async function signOut(secrets: RegistrySecrets): Promise<boolean> {
  const { registries } = secrets;
  if (registries.length === 0) {
    void window.showInformationMessage(l10n.t('You are not signed in to any registry from here.'));
    return false;
  }
  const registry = await window.showQuickPick([...registries], { title: l10n.t('Sign Out of Registry') });
  if (registry === undefined) return false;
  await secrets.forget(registry);
  window.setStatusBarMessage(l10n.t('Signed out of {0}', registry), 5000);
  return true;
}

async function askRegistry(title: string): Promise<string | undefined> {
  const registry = await window.showInputBox({
    title,
    prompt: l10n.t('The registry’s host, with its port if it has one'),
    value: dockerHub,
    ignoreFocusOut: true,
    validateInput: (value) =>
      isRegistry(value.trim()) ? undefined : l10n.t('Type a host, such as registry.example.com:5000.'),
  });
  return registry?.trim();
}

/** An empty answer is none. */
async function ask(title: string, prompt: string, password = false): Promise<string | undefined> {
  const answer = await window.showInputBox({
    title,
    prompt,
    password,
    ignoreFocusOut: true,
    validateInput: (value) => (value === '' ? l10n.t('This cannot be empty.') : undefined),
  });
  return answer === '' ? undefined : answer;
}
