import type { CredentialProvider, Credentials } from '../registry/credentials.ts';
import { isDockerHub } from '../registry/hosts.ts';

/**
 * Tells a Docker engine of the user at the registry that it is to pull from or push to, and at no other.
 * https://docs.docker.com/reference/api/engine/version/v1.47/#section/Authentication
 */
export function engineRegistryAuth(
  credentials: CredentialProvider,
): (registry: string, signal?: AbortSignal) => Promise<string> {
  return async (registry, signal) => {
    const known = await credentials(registry, signal);
    const serveraddress = isDockerHub(registry) ? 'https://index.docker.io/v1/' : registry;
    const value = known ? { ...fields(known), serveraddress } : {};
    return Buffer.from(JSON.stringify(value)).toString('base64url');
  };
}

function fields(credentials: Credentials): object {
  if (credentials.kind === 'identityToken') return { identitytoken: credentials.token };
  return { username: credentials.username, password: credentials.password };
}
