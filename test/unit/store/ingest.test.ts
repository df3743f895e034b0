import assert from 'node:assert/strict';
import { appendFile, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isEngineError } from '../../../src/engine/errors.ts';
import { Store } from '../../../src/engine/store/store.ts';
import { pushBlob, sampleBlob, temporaryFolder } from '../../support/store/sampleStore.ts';

describe('an ingest', () => {
  const blob = sampleBlob('some content');

  it('makes its file the blob', async () => {
    await using folder = await temporaryFolder();
    const store = new Store({ directory: folder.path });
    await using ingest = await store.ingest(blob.descriptor);
    assert.equal(ingest?.offset, 0);
    await writeFile(ingest.path, blob.bytes);
    assert.equal(await store.exists(blob.descriptor), false);
    await ingest.commit();
    assert.deepEqual(await store.readBlob(blob.descriptor, 100), blob.bytes);
    assert.deepEqual(await readdir(join(store.cacheDirectory, 'ingest')), []);
    assert.equal(await store.ingest(blob.descriptor), undefined);
  });

  it('goes on where the last try was left', async () => {
    await using folder = await temporaryFolder();
    const store = new Store({ directory: folder.path });
    {
      await using first = await store.ingest(blob.descriptor);
      assert.ok(first);
      await writeFile(first.path, blob.bytes.subarray(0, 5));
    }
    await using second = await store.ingest(blob.descriptor);
    assert.equal(second?.offset, 5);
    await appendFile(second.path, blob.bytes.subarray(5));
    await second.commit();
    assert.deepEqual(await readFile(store.blobPath(blob.descriptor.digest)), Buffer.from(blob.bytes));
  });

  it('begins again where the last try left more than the blob has', async () => {
    await using folder = await temporaryFolder();
    const store = new Store({ directory: folder.path });
    {
      await using first = await store.ingest(blob.descriptor);
      assert.ok(first);
      await writeFile(first.path, 'much more than the content');
    }
    await using second = await store.ingest(blob.descriptor);
    assert.equal(second?.offset, 0);
  });

  it('leaves nothing when discarded', async () => {
    await using folder = await temporaryFolder();
    const store = new Store({ directory: folder.path });
    const first = await store.ingest(blob.descriptor);
    assert.ok(first);
    await writeFile(first.path, 'wrong');
    await first.discard();
    assert.deepEqual(await readdir(join(store.cacheDirectory, 'ingest')), []);
    await using second = await store.ingest(blob.descriptor);
    assert.equal(second?.offset, 0);
  });

  it('refuses a file of another size and leaves nothing', async () => {
    await using folder = await temporaryFolder();
    const store = new Store({ directory: folder.path });
    await using ingest = await store.ingest(blob.descriptor);
    assert.ok(ingest);
    await writeFile(ingest.path, 'short');
    await assert.rejects(ingest.commit(), (error) => isEngineError(error, 'DigestMismatch'));
    assert.equal(await store.exists(blob.descriptor), false);
    assert.deepEqual(await readdir(join(store.cacheDirectory, 'ingest')), []);
  });

  it('waits for another one of the same blob and then finds it there', async () => {
    await using folder = await temporaryFolder();
    const store = new Store({ directory: folder.path });
    await using first = await store.ingest(blob.descriptor);
    assert.ok(first);
    const waiting = new Store({ directory: folder.path }).ingest(blob.descriptor);
    await writeFile(first.path, blob.bytes);
    await first.commit();
    assert.equal(await waiting, undefined);
  });

  it('waits for another one of the same blob and goes on where that gives up', async () => {
    await using folder = await temporaryFolder();
    const store = new Store({ directory: folder.path });
    const first = await store.ingest(blob.descriptor);
    assert.ok(first);
    const waiting = store.ingest(blob.descriptor);
    await writeFile(first.path, blob.bytes.subarray(0, 3));
    await first[Symbol.asyncDispose]();
    await using second = await waiting;
    assert.equal(second?.offset, 3);
  });

  it('stops waiting when the signal fires', async () => {
    await using folder = await temporaryFolder();
    const store = new Store({ directory: folder.path });
    await using first = await store.ingest(blob.descriptor);
    assert.ok(first);
    await assert.rejects(store.ingest(blob.descriptor, AbortSignal.timeout(30)), (error) =>
      isEngineError(error, 'Cancelled'),
    );
  });

  it('replaces a blob of the wrong size', async () => {
    await using folder = await temporaryFolder();
    const store = new Store({ directory: folder.path });
    await pushBlob(store, blob);
    await writeFile(store.blobPath(blob.descriptor.digest), 'cut');
    assert.equal(await store.exists(blob.descriptor), false);
    await pushBlob(store, blob);
    assert.deepEqual(await store.readBlob(blob.descriptor, 100), blob.bytes);
  });
});
