import { type ExtensionContext, window, workspace } from 'vscode';
import { commands } from './contributions.ts';
import { createEngine } from './ui/adapters/createEngine.ts';
import { RegistrySecrets } from './ui/adapters/registrySecrets.ts';
import { registerCommands } from './ui/commands/registerCommands.ts';
import { EngineHost } from './ui/engineHost.ts';
import { Pulls } from './ui/pulls.ts';
import { affectsEngine } from './ui/settings.ts';
import { ImagesView } from './ui/views/images/imagesView.ts';

/** Composes the parts and registers them; nothing is read, scanned or asked until somebody looks. */
export function activate(context: ExtensionContext): void {
  const log = window.createOutputChannel('Strata', { log: true });
  const secrets = new RegistrySecrets(context.secrets, context.globalState);
  const host = new EngineHost(() => createEngine(context, secrets, log), log);
  const pulls = new Pulls(host, log);
  const images = new ImagesView(host, pulls, log);
  context.subscriptions.push(
    log,
    host,
    pulls,
    images,
    workspace.onDidChangeConfiguration((event) => affectsEngine(event) && host.replace()),
    workspace.onDidGrantWorkspaceTrust(() => host.replace()),
    registerCommands(
      {
        [commands.refreshImages]: () => images.refresh(),
        [commands.showLog]: () => log.show(),
      },
      log,
    ),
  );
}
