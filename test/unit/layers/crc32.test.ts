import assert from 'node:assert/strict';
import { crc32, portableCrc32 } from '../../../src/engine/layers/crc32.ts';
import { pseudoRandomBytes } from '../../support/pseudoRandom.ts';

describe('CRC-32', () => {
  for (const [what, sum] of [
    ["Node's", crc32],
    ['where Node has none', portableCrc32],
  ] as const) {
    it(`is the standard one (${what})`, () => assert.equal(sum(Buffer.from('123456789'), 0), 0xcbf43926));

    it(`is the same in pieces (${what})`, () => {
      const bytes = pseudoRandomBytes(1000, 5);
      const pieces = [bytes.subarray(0, 1), bytes.subarray(1, 400), bytes.subarray(400)];
      assert.equal(
        pieces.reduce((before, piece) => sum(piece, before), 0),
        sum(bytes, 0),
      );
    });
  }
});
