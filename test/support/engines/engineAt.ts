import { DockerEngine, type DockerEngineOptions } from '../../../src/engine/dockerEngine/dockerEngine.ts';
import { parseEngineAddress } from '../../../src/engine/dockerEngine/engineAddress.ts';

/** The engine at an address, as `DOCKER_HOST` writes it. */
export function engineAt(host: string, options: Partial<DockerEngineOptions> = {}): DockerEngine {
  const endpoint = { name: 'tested', host, address: parseEngineAddress(host, false) };
  return new DockerEngine({ endpoint, registryAuth: async () => 'e30', ...options });
}
