import assert from 'node:assert/strict';
import { join } from 'node:path';
import * as zlib from 'node:zlib';
import { ExpansionGuard } from '../../../src/engine/layers/expansionGuard.ts';
import { bombBytes } from '../../../src/engine/layers/limits.ts';
import { readLayer, temporaryFolder } from '../../support/layerReading.ts';
import { file, tarOf } from '../../support/tarWriter.ts';

describe('a layer that unpacks to much more than it weighs', () => {
  const indexFile = join(temporaryFolder(), 'index');

  it('is read where it is 200 MB of zeros', async () => {
    const zeros = tarOf(file('zeros', Buffer.alloc(200_000_000)));
    const result = await readLayer(zlib.gzipSync(zeros, { level: 1 }), indexFile);
    assert.equal(result.contentSize, 200_000_000);
  }).timeout(20_000);

  it('is refused as a bomb as soon as a header admits it', async () => {
    const header = tarOf(file('bomb', '', { base256: true, size: 2 ** 40 })).subarray(0, 512);
    const blob = Buffer.concat([zlib.gzipSync(header), zlib.gzipSync(Buffer.alloc(1024 * 1024))]);
    await assert.rejects(readLayer(blob, indexFile), {
      reason: 'TooLarge',
      message: /out of all proportion/,
    });
  });

  it('is refused as a bomb once so much has come out, whatever its headers say', () => {
    const guard = new ExpansionGuard(1_000_000);
    for (let bytes = 0; bytes < bombBytes; bytes += 2 ** 20) guard.add(2 ** 20);
    assert.throws(() => guard.add(1), { reason: 'TooLarge' });
  });

  it('is no bomb for its size alone', () => {
    const guard = new ExpansionGuard(40 * 2 ** 30);
    guard.add(100 * 2 ** 30);
    guard.expect(2 ** 40);
  });
});
