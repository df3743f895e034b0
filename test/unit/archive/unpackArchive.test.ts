import assert from 'node:assert/strict';
import { buffer } from 'node:stream/consumers';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { unpackArchive } from '../../../src/engine/archive/unpackArchive.ts';
import { piecesOf } from '../../support/archives/loadWorld.ts';
import { randomBytes } from '../../support/randomImage.ts';

const limit = (read: number) => Math.max(1_000_000, 10 * read);
const zeros = Buffer.alloc(5_000_000);
const packings = [
  { packing: 'gzip', pack: (bytes: Buffer) => gzipSync(bytes) },
  { packing: 'zstd', pack: (bytes: Buffer) => zstdCompressSync(bytes) },
];

describe('unpacking an archive', () => {
  for (const { packing, pack } of packings) {
    it(`gives the bytes within ${packing}, in pieces that stay`, async () => {
      const bytes = randomBytes('archive', 3_000_000);
      const pieces: Uint8Array[] = [];
      for await (const piece of unpackArchive(piecesOf(pack(bytes)))) pieces.push(piece);
      assert.ok(Buffer.concat(pieces).equals(bytes));
    });

    it(`refuses ${packing} that unpacks out of all proportion`, async () => {
      const unpacking = buffer(unpackArchive(piecesOf(pack(zeros)), limit));
      await assert.rejects(unpacking, { reason: 'TooLarge', message: /out of all proportion/ });
    });

    it(`allows much that comes of ${packing} of some size`, async () => {
      const bytes = Buffer.concat([randomBytes('archive', 800_000), zeros]);
      assert.equal((await buffer(unpackArchive(piecesOf(pack(bytes)), limit))).length, bytes.length);
    });

    it(`passes on why the source of ${packing} broke`, async () => {
      const source = async function* () {
        yield* piecesOf(pack(randomBytes('archive', 100_000)).subarray(0, 50_000));
        throw new Error('the source broke');
      };
      await assert.rejects(buffer(unpackArchive(source())), { message: 'the source broke' });
    });

    it(`closes the source of ${packing} when nobody reads on`, async () => {
      let closed = false;
      const source = async function* () {
        try {
          yield* piecesOf(pack(randomBytes('archive', 3_000_000)));
        } finally {
          closed = true;
        }
      };
      for await (const _ of unpackArchive(source())) break;
      assert.ok(closed);
    });
  }
});
