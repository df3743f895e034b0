import { commands, l10n } from 'vscode';
import { commands as ids } from '../../contributions.ts';
import { inform } from '../notices.ts';

/** Says what the store lacks, with a way out. */
export async function offerPull(message: string): Promise<void> {
  const pull = l10n.t('Pull Image…');
  if ((await inform(message, pull)) === pull) {
    await commands.executeCommand(ids.pullImage);
  }
}
