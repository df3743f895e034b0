import { delimiter, join } from 'node:path';
import { type Disposable, type ExtensionContext, type LogOutputChannel, l10n, workspace } from 'vscode';
import { settings } from '../contributions.ts';
import { writeLaunchers } from './adapters/launchers.ts';
import { storeDirectory } from './adapters/storeDirectory.ts';
import { terminalEnabledSetting } from './settings.ts';

/**
 * Puts `strata` on the PATH of new terminals, on the store that the view shows. VS Code remembers what a terminal's
 * environment gets, so that it is there before the extension runs again; the folder stays the same over updates, only
 * the launchers in it are written anew.
 */
export function terminalCommand(context: ExtensionContext, log: LogOutputChannel): Disposable {
  const { globalStorageUri: storage } = context;
  if (storage.scheme !== 'file') return { dispose: () => undefined };
  const folder = join(storage.fsPath, 'terminal');
  apply(context, folder, log);
  return workspace.onDidChangeConfiguration((event) => {
    const concerns = [settings.terminalEnabled, settings.storeDirectory];
    if (concerns.some(({ id }) => event.affectsConfiguration(id))) apply(context, folder, log);
  });
}

function apply(context: ExtensionContext, folder: string, log: LogOutputChannel): void {
  const { environmentVariableCollection: variables } = context;
  if (!terminalEnabledSetting()) {
    variables.clear();
    return;
  }
  variables.persistent = true;
  variables.description = l10n.t('The strata command, on the store of the Images view');
  // Also behind what a shell's own start-up files make of the PATH.
  const always = { applyAtProcessCreation: true, applyAtShellIntegration: true };
  variables.prepend('PATH', folder + delimiter, always);
  variables.replace('STRATA_STORE', storeDirectory());
  const commandLine = join(context.extensionPath, 'dist', 'cli.js');
  writeLaunchers(folder, commandLine).catch((error) => log.warn('strata cannot be put on the PATH', error));
}
