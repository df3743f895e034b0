import { l10n, commands as vscodeCommands } from 'vscode';
import { commands } from '../../contributions.ts';
import { isEngineError } from '../../engine/errors.ts';
import { asksForSignIn, errorText } from '../errorText.ts';
import { showError } from '../notices.ts';

/** Something that may help where a transfer has failed. */
export interface Remedy {
  readonly label: string;
  readonly act: () => unknown;
}

/**
 * The failed transfer's row says what happened; a message comes only where there is something to decide, or no row to be
 * seen.
 */
export async function offerRemedies(
  error: unknown,
  remedies: readonly Remedy[],
  rowIsVisible: boolean,
): Promise<void> {
  if (remedies.length === 0 && rowIsVisible) return;
  const answer = await showError(errorText(error), ...remedies.map(({ label }) => label));
  await remedies.find(({ label }) => label === answer)?.act();
}

/** What may help where a registry did not do what it was asked for: to sign in, or to ask it again. */
export function remediesFor(error: unknown, retry: () => unknown): readonly Remedy[] {
  if (!isEngineError(error)) return [];
  const { registry } = error.facts;
  if (registry === undefined) return [];
  const isPassing = isEngineError(error, 'Offline', 'TimedOut', 'RateLimited', 'RegistryError');
  const again = isPassing ? [{ label: l10n.t('Try Again'), act: retry }] : [];
  return [...signInRemedy(error, registry, retry), ...again];
}

/** Signing in, and then doing it again, where that may help. */
export function signInRemedy(error: unknown, registry: string, retry: () => unknown): readonly Remedy[] {
  if (!asksForSignIn(error)) return [];
  const act = async () => {
    if (await vscodeCommands.executeCommand<boolean>(commands.signIn, { registry })) await retry();
  };
  return [{ label: l10n.t('Sign In…'), act }];
}
