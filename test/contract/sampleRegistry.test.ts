import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type SampleRegistry, startSampleRegistry } from '../support/sampleRegistry/start.ts';
import { digestPath, registryTarget } from './registryTarget.ts';
import { describeTarget } from './targetContract.ts';

describe('a repository of the sample registry', () => {
  let directory: string;
  let registry: SampleRegistry;
  before(async () => {
    directory = await mkdtemp(path.join(tmpdir(), 'strata-contract-'));
    registry = await startSampleRegistry({ directory });
  });
  after(async () => {
    await registry.close();
    await rm(directory, { recursive: true, force: true });
  });

  describeTarget('the repository', async () =>
    registryTarget(registry.host, (descriptor) => path.join(directory, 'blobs', ...digestPath(descriptor))),
  );
});
