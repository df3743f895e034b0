import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isEngineError } from '../../../src/engine/errors.ts';
import { FileLock } from '../../../src/engine/store/fileLock.ts';
import { Store } from '../../../src/engine/store/store.ts';
import { startStoreChild } from '../../support/store/childProcess.ts';
import { addImage, pushBlob, sampleBlob, temporaryFolder } from '../../support/store/sampleStore.ts';

describe('several processes in one store', function () {
  this.timeout(60_000);

  it('tag a hundred times each and lose nothing', async () => {
    await using folder = await temporaryFolder();
    const store = new Store({ directory: folder.path });
    await addImage(store, ['shared'], 'example.com/first:1');
    await using left = startStoreChild('tag', folder.path, 'left', '100');
    await using right = startStoreChild('tag', folder.path, 'right', '100');
    await Promise.all([left.finished(), right.finished()]);
    const names = new Set((await store.entries()).map(({ name }) => name));
    assert.equal(names.size, 201);
    for (const repository of ['left', 'right']) {
      for (let tag = 0; tag < 100; tag++)
        assert.ok(names.has(`example.com/${repository}:${tag}`), `${repository}:${tag}`);
    }
  });

  it('go on when one is killed with the lock in hand', async () => {
    await using folder = await temporaryFolder();
    const store = new Store({ directory: folder.path });
    const { manifest } = await addImage(store, ['one'], 'example.com/app:1');
    await using child = startStoreChild('holdLock', folder.path);
    await child.said('ready');
    await assert.rejects(store.tag(manifest, 'example.com/app:2', AbortSignal.timeout(100)), (error) =>
      isEngineError(error, 'Cancelled'),
    );
    await child.kill();
    await store.tag(manifest, 'example.com/app:2', AbortSignal.timeout(30_000));
    assert.equal((await store.entries()).length, 2);
  });

  it('take the lock from one that was stopped, which cannot write when it wakes up', async function () {
    if (process.platform === 'win32') this.skip();
    await using folder = await temporaryFolder();
    const store = new Store({ directory: folder.path });
    await addImage(store, ['shared'], 'example.com/app:1');
    await using child = startStoreChild('tag', folder.path, 'stopped', '400');
    // Stopped somewhere in its four hundred changes, most likely with the lock in hand.
    for (let count = 0; count < 20; ) {
      await delay(1);
      count = (await store.entries()).length;
    }
    child.process.kill('SIGSTOP');
    const impatient = await new FileLock(join(store.cacheDirectory, 'lock'), 200).acquire();
    await impatient[Symbol.asyncDispose]();
    await using other = startStoreChild('tag', folder.path, 'other', '20');
    await other.finished();
    child.process.kill('SIGCONT');
    await child.finished();
    const names = new Set((await store.entries()).map(({ name }) => name));
    assert.equal(names.size, 421);
  });

  it('take over the unfinished download of one that was killed', async () => {
    await using folder = await temporaryFolder();
    const store = new Store({ directory: folder.path });
    const blob = sampleBlob('downloaded halfway');
    await using child = startStoreChild('holdIngest', folder.path, 'downloaded halfway', '10');
    await child.said('ready');
    const waiting = store.ingest(blob.descriptor, AbortSignal.timeout(50_000));
    assert.deepEqual(await store.gc(), { blobs: [], bytes: 0 });
    assert.equal((await store.usage()).reclaimableBytes, 0, 'it is in use');
    await child.kill();
    await using ingest = await waiting;
    assert.equal(ingest?.offset, 10);
  });

  it('free what one that was killed had leased and begun, and nothing of a live one', async () => {
    await using folder = await temporaryFolder();
    const store = new Store({ directory: folder.path });
    const leased = sampleBlob('leased by the child');
    await using lessee = startStoreChild('holdLease', folder.path, 'leased by the child');
    await using loader = startStoreChild('holdIngest', folder.path, 'begun by a child', '5');
    await Promise.all([lessee.said('ready'), loader.said('ready')]);
    await pushBlob(store, leased);
    await store[Symbol.asyncDispose]();
    assert.deepEqual(await store.gc(), { blobs: [], bytes: 0 });
    await Promise.all([lessee.kill(), loader.kill()]);
    assert.deepEqual(await store.gc(), { blobs: [leased.descriptor.digest], bytes: leased.bytes.length + 5 });
  });

  it('bring the same blob at the same time', async () => {
    await using folder = await temporaryFolder();
    const children = Array.from({ length: 3 }, () => startStoreChild('pushOne', folder.path, 'the same'));
    await Promise.all(children.map((child) => child.finished()));
    const store = new Store({ directory: folder.path });
    assert.deepEqual(
      Buffer.from(await store.readBlob(sampleBlob('the same').descriptor, 100)).toString(),
      'the same',
    );
  });

  it('never lose a leased blob to the garbage collection of another', async () => {
    await using folder = await temporaryFolder();
    const store = new Store({ directory: folder.path });
    await addImage(store, ['base'], 'example.com/app:1');
    await using collector = startStoreChild('gcLoop', folder.path);
    await collector.said('ready');
    for (let round = 0; round < 60; round++) {
      // The same blob is there, unreferenced and about to be swept, or just gone, in turn.
      const blob = sampleBlob(`round ${round >> 1}`);
      await using lease = await store.lease();
      await lease.add([blob.descriptor.digest]);
      const ingest = await store.ingest(blob.descriptor);
      if (ingest) {
        await using file = ingest;
        await writeFile(file.path, blob.bytes);
        await file.commit();
      }
      await delay(round % 5);
      assert.ok(await store.exists(blob.descriptor), `round ${round}`);
    }
    collector.process.send('stop');
    await collector.finished();
    await store.gc();
    assert.deepEqual(await store.verify(), []);
    assert.equal((await store.usage()).blobs, 3);
  });

  it('leave the store whole whenever one of them is killed', async () => {
    await using folder = await temporaryFolder();
    const store = new Store({ directory: folder.path });
    await addImage(store, ['base', 'keeper'], 'example.com/keeper:1');
    for (let round = 0; round < 6; round++) {
      await using left = startStoreChild('churn', folder.path);
      await using right = startStoreChild('churn', folder.path);
      await Promise.all([left.said('ready'), right.said('ready')]);
      await delay(5 + ((round * 37) % 120));
      await left.kill();
      await delay(10);
      await right.kill();
      assert.deepEqual(await store.verify(), [], `round ${round}`);
      await store.gc();
      assert.equal((await store.usage()).reclaimableBytes, 0);
      assert.ok(await store.resolve('example.com/keeper:1'));
    }
  });
});
