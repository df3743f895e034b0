import path from 'node:path';
import type { Descriptor } from '../../src/engine/oci/descriptor.ts';
import { type DockerRegistry, startDockerRegistry } from '../support/dockerRegistry.ts';
import { digestPath, registryTarget } from './registryTarget.ts';
import { describeTarget } from './targetContract.ts';

describe("a repository of Docker's own registry", () => {
  let registry: DockerRegistry;
  before(async () => {
    registry = await startDockerRegistry();
  });
  after(() => registry[Symbol.asyncDispose]());

  describeTarget('the repository', async () =>
    registryTarget(registry.host, (descriptor) => blobFile(registry.directory, descriptor)),
  );
});

function blobFile(directory: string, descriptor: Descriptor): string {
  const [algorithm, hex] = digestPath(descriptor);
  const blobs = path.join(directory, 'storage/docker/registry/v2/blobs');
  return path.join(blobs, algorithm, hex.slice(0, 2), hex, 'data');
}
