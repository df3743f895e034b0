import assert from 'node:assert/strict';
import { freeBytes } from '../../../src/engine/layers/freeBytes.ts';

describe('freeBytes', () => {
  it('frees memory that nobody else uses', () => {
    const bytes = Buffer.allocUnsafeSlow(100_000);
    freeBytes(bytes);
    assert.equal(bytes.buffer.byteLength, 0);
  });

  it('frees a block with its last piece, not before', () => {
    const block = new Uint8Array(100_000);
    freeBytes(block.subarray(0, 50_000));
    assert.equal(block.length, 100_000);
    freeBytes(block.subarray(50_000));
    assert.equal(block.length, 0);
  });

  it('leaves Node’s pool alone, whatever piece of it is given', () => {
    const pieces = Array.from({ length: 64 }, (_, n) => Buffer.allocUnsafe(512).fill(n));
    for (const piece of pieces.filter((_, n) => n % 2 === 0)) freeBytes(piece);
    for (const [n, piece] of pieces.entries()) assert.deepEqual([...new Set(piece)], [n]);
  });
});
