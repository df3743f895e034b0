import { l10n, window } from 'vscode';
import type { CredentialProvider } from '../../engine/registry/credentials.ts';
import { githubApi } from '../../engine/registry/githubPackages.ts';
import { type Account, ask } from './askAccount.ts';

const registry = 'ghcr.io';

/**
 * The token for GitHub's API, which lists the packages of its registry: the registry's own where the person says that it
 * may go there, or another.
 * @param isAgain the one that there was has been refused
 */
export async function askGithubToken(
  title: string,
  known: CredentialProvider,
  isAgain: boolean,
): Promise<Account | undefined> {
  const own = isAgain ? undefined : await known(registry);
  if (own?.kind === 'password') {
    const use = {
      label: l10n.t('Use the Token of {0}', registry),
      detail: l10n.t('It is sent to {0}, GitHub’s own API, to list packages, and kept for it.', githubApi),
    };
    const other = { label: l10n.t('Another Token…') };
    const picked = await window.showQuickPick([use, other], { title, ignoreFocusOut: true });
    if (picked === use) return own;
    if (!picked) return undefined;
  }
  const prompt = l10n.t('GitHub token (classic) that may read:packages; it is sent to {0} alone', githubApi);
  const password = await ask({ title, prompt, password: true });
  return password === undefined ? undefined : { username: 'token', password };
}
