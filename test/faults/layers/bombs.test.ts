import assert from 'node:assert/strict';
import { join } from 'node:path';
import * as zlib from 'node:zlib';
import { ExpansionGuard } from '../../../src/engine/layers/expansionGuard.ts';
import { bombBytes, extremeBytes } from '../../../src/engine/layers/limits.ts';
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
    for (const [size, limit] of [
      // What gzip can be, and what only zstd can.
      [5_000_000, bombBytes],
      [100_000, extremeBytes],
    ] as const) {
      const guard = new ExpansionGuard(size);
      for (let bytes = 0; bytes < limit; bytes += 2 ** 20) guard.add(2 ** 20);
      assert.throws(() => guard.add(1), { reason: 'TooLarge' });
    }
  });

  it('is none where it is a file of 1 GiB of zeros, however well it is packed', () => {
    const size = 2 ** 30;
    for (const ratio of [1032, 32_000]) {
      const guard = new ExpansionGuard(size / ratio);
      guard.expect(size);
      guard.add(size + 10_000_000);
    }
  });

  it('is no bomb for its size alone', () => {
    const guard = new ExpansionGuard(40 * 2 ** 30);
    guard.add(100 * 2 ** 30);
    guard.expect(2 ** 40);
  });
});
