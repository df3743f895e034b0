import { commands, l10n, window } from 'vscode';
import { commands as ids } from '../../contributions.ts';

/** Says what the store lacks, with a way out. */
export async function offerPull(message: string): Promise<void> {
  const pull = l10n.t('Pull Image…');
  if ((await window.showInformationMessage(message, pull)) === pull) {
    await commands.executeCommand(ids.pullImage);
  }
}
