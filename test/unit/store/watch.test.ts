import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Store } from '../../../src/engine/store/store.ts';
import { startStoreChild } from '../../support/store/childProcess.ts';
import { addImage, temporaryFolder } from '../../support/store/sampleStore.ts';

/** Milliseconds in which several changes are one. */
const quietTime = 100;

describe('watching a store', () => {
  it('tells of changes by other processes, from before the store is there, across its removal', async function () {
    this.timeout(60_000);
    await using folder = await temporaryFolder();
    const directory = join(folder.path, 'store');
    const store = new Store({ directory });
    let calls = 0;
    using _watch = store.watch(() => calls++);
    const told = async (what: string, change: () => Promise<unknown>): Promise<void> => {
      const before = calls;
      await change();
      for (let waited = 0; calls === before; waited += 20) {
        assert.ok(waited < 30_000, `nobody told of ${what}`);
        await delay(20);
      }
    };
    const writer = new Store({ directory });
    await told('the first image', () => addImage(writer, ['shared'], 'example.com/app:1'));
    await told('another process', () => startStoreChild('tag', directory, 'child', '3').finished());
    await told('the removal', () => rm(directory, { recursive: true, force: true, maxRetries: 5 }));
    await told('a new beginning', () => addImage(new Store({ directory }), ['one'], 'example.com/app:1'));
  });

  it('makes one call of many changes and none after its end', async () => {
    await using folder = await temporaryFolder();
    const store = new Store({ directory: folder.path });
    const { manifest } = await addImage(store, ['one'], 'example.com/app:1');
    let calls = 0;
    const watch = store.watch(() => calls++);
    const start = performance.now();
    for (let tag = 0; tag < 20; tag++) await store.tag(manifest, `example.com/app:n${tag}`);
    await delay(300);
    while (calls === 0) await delay(20);
    const most = Math.ceil((performance.now() - start) / quietTime);
    assert.ok(calls <= most, `${calls} calls`);
    const before = calls;
    watch[Symbol.dispose]();
    await store.tag(manifest, 'example.com/app:last');
    await delay(200);
    assert.equal(calls, before);
  });
});
