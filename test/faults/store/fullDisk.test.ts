import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EngineError } from '../../../src/engine/errors.ts';
import { Store } from '../../../src/engine/store/store.ts';
import { requirePart } from '../../support/requirePart.ts';
import { addImage, pushBlob, sampleBlob } from '../../support/store/sampleStore.ts';
import { tinyDisk } from '../../support/tinyDisk.ts';

function isFull(error: unknown): boolean {
  assert.ok(error instanceof EngineError, String(error));
  assert.equal(error.reason, 'Io');
  assert.match(error.message, /no space left on the disk/);
  return true;
}

describe('a store on a full disk', () => {
  it('says so, keeps what it has and goes on when there is room again', async function () {
    await using disk = await tinyDisk(512);
    requirePart(this, 'the right to mount a tmpfs', disk);
    const store = new Store({ directory: join(disk.path, 'store') });
    const { manifest } = await addImage(store, ['one'], 'example.com/app:1');
    const big = sampleBlob(Buffer.alloc(1024 * 1024));
    await assert.rejects(pushBlob(store, big), isFull);
    assert.equal(await store.exists(big.descriptor), false);
    assert.ok(await store.resolve('example.com/app:1'));

    const filling = join(disk.path, 'filling');
    await assert.rejects(writeFile(filling, Buffer.alloc(1024 * 1024)), { code: 'ENOSPC' });
    await assert.rejects(store.tag(manifest, 'example.com/app:2'), isFull);
    assert.deepEqual(
      (await store.entries()).map(({ name }) => name),
      ['example.com/app:1'],
    );
    assert.deepEqual(await store.verify(), []);

    await writeFile(filling, '');
    await store.tag(manifest, 'example.com/app:2', AbortSignal.timeout(30_000));
    assert.equal((await store.entries()).length, 2);
    await store.gc();
    assert.deepEqual(await store.verify(), []);
  });
});
