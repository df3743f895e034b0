import { homedir } from 'node:os';
import { join } from 'node:path';
import { type ExtensionContext, type LogOutputChannel, workspace } from 'vscode';
import type { EngineSources } from '../../engine/dockerEngine/findEngines.ts';
import { ImageEngine } from '../../engine/imageEngine.ts';
import { idleTimeoutSetting, insecureRegistriesSetting, registryMirrorsSetting } from '../settings.ts';
import { dockerConfigDirectory } from './dockerConfigDirectory.ts';
import { knownCredentials } from './knownCredentials.ts';
import type { RegistrySecrets } from './registrySecrets.ts';
import { storeDirectory } from './storeDirectory.ts';

/** The engine as the settings of now want it. */
export function createEngine(
  context: ExtensionContext,
  secrets: RegistrySecrets,
  log: LogOutputChannel,
): ImageEngine {
  const directory = storeDirectory();
  log.info(`store: ${directory}`);
  let requests = 0;
  return new ImageEngine({
    storeDirectory: directory,
    workerFile: join(context.extensionPath, 'dist', 'layerWorker.js'),
    credentials: knownCredentials(secrets, log),
    insecureRegistries: insecureRegistriesSetting(),
    idleTimeout: idleTimeoutSetting(),
    dockerEngines,
    mirrors: registryMirrorsSetting(),
    userAgent: `strata/${context.extension.packageJSON.version}`,
    onWarning: (message, error) => log.warn(message, error),
    onRequest: ({ method, url, status, duration }) => {
      requests += 1;
      log.debug(
        `request ${requests}: ${method} ${url} → ${status ?? 'no answer'} in ${Math.round(duration)} ms`,
      );
    },
  });
}

/** For a workspace that nobody trusts: this machine's own sockets, no contexts, TLS files or `ssh`. */
function dockerEngines(): EngineSources {
  return {
    environment: process.env,
    configDirectory: dockerConfigDirectory(),
    home: homedir(),
    platform: process.platform,
    onlyLocal: !workspace.isTrusted,
  };
}
