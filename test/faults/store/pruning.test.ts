import assert from 'node:assert/strict';
import { Store } from '../../../src/engine/store/store.ts';
import { startStoreChild } from '../../support/store/childProcess.ts';
import { temporaryFolder } from '../../support/store/sampleStore.ts';

describe('Pruning while other processes move tags', function () {
  this.timeout(60_000);

  it('never takes the bytes of an image that has a tag, and loses no tag', async () => {
    await using folder = await temporaryFolder();
    const turns = 8;
    await using pruning = startStoreChild('pruneLoop', folder.path);
    await pruning.said('ready');
    await using left = startStoreChild('moveTag', folder.path, String(turns));
    await using right = startStoreChild('moveTag', folder.path, String(turns));
    await Promise.all([left.finished(), right.finished()]);
    pruning.process.send('stop');
    await pruning.finished();
    await using store = new Store({ directory: folder.path });
    assert.deepEqual(await store.verify(), []);
    const names = (await store.entries()).flatMap(({ name }) => name ?? []);
    assert.equal(names.filter((name) => name.includes('/own-')).length, 2 * turns);
    assert.ok(names.includes('docker.io/library/moving:latest'));
  });
});
