import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Store } from '../../src/engine/store/store.ts';
import { describeTarget } from './targetContract.ts';
import type { TargetFixture } from './targetFixture.ts';

describeTarget('the store', async (): Promise<TargetFixture> => {
  const directory = await mkdtemp(path.join(tmpdir(), 'strata-contract-'));
  const target = new Store({ directory });
  return {
    target,
    name: (tag) => `registry.example/acme/app:${tag}`,
    blobFile: ({ digest }) => target.blobPath(digest),
    async [Symbol.asyncDispose]() {
      await target[Symbol.asyncDispose]();
      await rm(directory, { recursive: true, force: true });
    },
  };
});
