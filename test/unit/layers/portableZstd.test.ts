import assert from 'node:assert/strict';
import { buffer } from 'node:stream/consumers';
import * as zlib from 'node:zlib';
import { PortableZstd } from '../../../src/engine/layers/portableZstd.ts';
import { randomBytes } from '../../support/randomImage.ts';

const first = Buffer.concat([randomBytes('zstd', 300_000), Buffer.alloc(2_000_000, 'layer ')]);
const second = Buffer.from('another frame');
const packed = Buffer.concat([first, Buffer.alloc(0), second].map((bytes) => zlib.zstdCompressSync(bytes)));

describe('zstd without Node’s own', () => {
  for (const step of [13, 4096, packed.length]) {
    it(`unpacks several frames that come in pieces of ${step} bytes`, async () => {
      const stream = new PortableZstd();
      const unpacked = buffer(stream);
      for (let at = 0; at < packed.length; at += step) stream.write(packed.subarray(at, at + step));
      stream.end();
      assert.ok((await unpacked).equals(Buffer.concat([first, second])));
    });
  }

  it('fails on what is no zstd', async () => {
    const stream = new PortableZstd();
    stream.end(Buffer.from('certainly not packed'));
    await assert.rejects(buffer(stream));
  });
});
