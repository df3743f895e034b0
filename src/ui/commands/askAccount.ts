import { type InputBoxOptions, l10n, window } from 'vscode';

export interface Account {
  readonly username: string;
  readonly password: string;
}

/** @param last the user name to begin with; `undefined` where the person left */
export async function askAccount(title: string, registry: string, last = ''): Promise<Account | undefined> {
  const username = await ask({ title, prompt: l10n.t('User name at {0}', registry), value: last });
  if (username === undefined) return undefined;
  const prompt = l10n.t('Password or access token of {0} at {1}', username, registry);
  const password = await ask({ title, prompt, password: true });
  return password === undefined ? undefined : { username, password };
}

/** An empty answer is none. */
export async function ask(options: InputBoxOptions): Promise<string | undefined> {
  const answer = await window.showInputBox({
    ...options,
    ignoreFocusOut: true,
    validateInput: (value) => (value === '' ? l10n.t('This cannot be empty.') : undefined),
  });
  return answer === '' ? undefined : answer;
}
