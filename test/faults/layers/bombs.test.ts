import assert from 'node:assert/strict';
import { join } from 'node:path';
import * as zlib from 'node:zlib';
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

  it('is refused as a bomb, without being unpacked to its end', async () => {
    // 64 members of 128 MiB of zeros each are 8 GiB in 8 MB; the zeros are no tar, so the tar has to say that they are a file.
    const header = tarOf(file('bomb', '', { base256: true, size: 2 ** 40 })).subarray(0, 512);
    const zeros = zlib.gzipSync(Buffer.alloc(128 * 1024 * 1024), { level: 9 });
    const blob = Buffer.concat([zlib.gzipSync(header), ...Array.from({ length: 64 }, () => zeros)]);
    assert.ok(bombBytes < 64 * 128 * 1024 * 1024);
    await assert.rejects(readLayer(blob, indexFile), {
      reason: 'TooLarge',
      message: /out of all proportion/,
    });
  }).timeout(60_000);
});
