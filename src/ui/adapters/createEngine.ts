import { join } from 'node:path';
import type { ExtensionContext, LogOutputChannel } from 'vscode';
import { ImageEngine } from '../../engine/imageEngine.ts';
import type { CredentialProvider } from '../../engine/registry/credentials.ts';
import { defaultStoreDirectory } from '../../engine/store/defaultStoreDirectory.ts';
import { idleTimeoutSetting, insecureRegistriesSetting, storeDirectorySetting } from '../settings.ts';
import type { RegistrySecrets } from './registrySecrets.ts';

/** The engine as the settings of now want it. */
export function createEngine(
  context: ExtensionContext,
  secrets: RegistrySecrets,
  log: LogOutputChannel,
): ImageEngine {
  const storeDirectory = storeDirectorySetting() || defaultStoreDirectory();
  log.info(`store: ${storeDirectory}`);
  return new ImageEngine({
    storeDirectory,
    workerFile: join(context.extensionPath, 'dist', 'layerWorker.js'),
    credentials: fromSecrets(secrets, log),
    insecureRegistries: insecureRegistriesSetting(),
    idleTimeout: idleTimeoutSetting(),
    userAgent: `strata/${context.extension.packageJSON.version}`,
  });
}

function fromSecrets(secrets: RegistrySecrets, log: LogOutputChannel): CredentialProvider {
  return async (registry) => {
    try {
      return await secrets.credentials(registry);
    } catch (error) {
      log.warn(`the credentials stored for ${registry} cannot be read`, error);
      return undefined;
    }
  };
}
