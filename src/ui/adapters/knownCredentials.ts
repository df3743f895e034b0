import { type LogOutputChannel, workspace } from 'vscode';
import type { CredentialProvider } from '../../engine/registry/credentials.ts';
import { chainCredentials, dockerCredentials } from '../../engine/registry/dockerCredentials.ts';
import { dockerConfigDirectory } from './dockerConfigDirectory.ts';
import type { RegistrySecrets } from './registrySecrets.ts';

/**
 * What there is for each host: VS Code's secret store first, then what Docker has. Nobody is asked. A workspace that nobody
 * trusts is given none: its files say which hosts are asked, and helpers are programs.
 */
export function knownCredentials(secrets: RegistrySecrets, log: LogOutputChannel): CredentialProvider {
  const known = chainCredentials(fromSecrets(secrets, log), fromDocker(log));
  return async (registry, signal) => (workspace.isTrusted ? known(registry, signal) : undefined);
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

/** Docker's own, helpers included. */
function fromDocker(log: LogOutputChannel): CredentialProvider {
  const onWarning = (message: string) => log.warn(message);
  return async (registry, signal) => {
    return dockerCredentials({ configDirectory: dockerConfigDirectory(), onWarning })(registry, signal);
  };
}
