import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import * as zlib from 'node:zlib';
import { digestOf } from '../../../src/engine/oci/digest.ts';
import { mediaType } from '../../../src/engine/oci/mediaType.ts';
import { layerDescriptor } from '../../support/layerDescriptor.ts';
import { readLayer, temporaryFolder } from '../../support/layerReading.ts';
import { pseudoRandomBytes } from '../../support/pseudoRandom.ts';
import { directory, file, tarOf } from '../../support/tarWriter.ts';

const noise = pseudoRandomBytes(300_000, 1);
const tar = tarOf(directory('d'), file('d/noise', noise), file('empty'), file('text', 'text'.repeat(5000)));
const middle = 150_001;

function skippable(content: string): Buffer {
  const header = Buffer.from([0x53, 0x2a, 0x4d, 0x18, 0, 0, 0, 0]);
  header.writeUInt32LE(content.length, 4);
  return Buffer.concat([header, Buffer.from(content)]);
}

const zstd = (bytes: Uint8Array, parameters: Record<number, number> = {}) =>
  zlib.zstdCompressSync(bytes, { params: parameters });
const checked = { [zlib.constants.ZSTD_c_checksumFlag]: 1 };

const packed: readonly (readonly [what: string, blob: Buffer, compression: string])[] = [
  ['plain tar', tar, 'none'],
  ['gzip', zlib.gzipSync(tar), 'gzip'],
  [
    'gzip of several members',
    Buffer.concat([zlib.gzipSync(tar.subarray(0, middle)), zlib.gzipSync(tar.subarray(middle))]),
    'gzip',
  ],
  ['gzip padded with zeros', Buffer.concat([zlib.gzipSync(tar), Buffer.alloc(700)]), 'gzip'],
  ['zstd', zstd(tar), 'zstd'],
  ['zstd with a checksum', zstd(tar, checked), 'zstd'],
  [
    'zstd of several frames',
    Buffer.concat([
      zstd(tar.subarray(0, middle), checked),
      zstd(Buffer.alloc(0)),
      zstd(tar.subarray(middle)),
    ]),
    'zstd',
  ],
  [
    'zstd with skippable frames before, between and behind',
    Buffer.concat([
      skippable('a'),
      zstd(tar.subarray(0, middle)),
      skippable(''),
      zstd(tar.subarray(middle)),
      skippable('toc'),
    ]),
    'zstd',
  ],
  [
    'zstd of incompressible and run-length blocks',
    zstd(tar, { [zlib.constants.ZSTD_c_compressionLevel]: 1 }),
    'zstd',
  ],
];

describe('the pass over a layer', () => {
  const folder = temporaryFolder();
  const indexFile = join(folder, 'sub', 'index');

  for (const [what, blob, compression] of packed) {
    for (const pieceSize of [13, 4096, 10_000_000]) {
      it(`reads ${what} in pieces of ${pieceSize} bytes`, async () => {
        const result = await readLayer(blob, indexFile, { pieceSize, diffId: digestOf(tar) });
        assert.deepEqual(result, {
          digest: digestOf(blob),
          diffId: digestOf(tar),
          size: blob.length,
          uncompressedSize: tar.length,
          contentSize: noise.length + 20_000,
          entries: 4,
          compression,
        });
      });
    }
  }

  it('believes the bytes, not the media type', async () => {
    const blob = zlib.gzipSync(tar);
    const descriptor = layerDescriptor(blob, mediaType.ociLayerZstd);
    assert.equal((await readLayer(blob, indexFile, { descriptor })).compression, 'gzip');
  });

  it('reads digests of the other algorithm', async () => {
    const blob = zlib.gzipSync(tar);
    const descriptor = { ...layerDescriptor(blob), digest: digestOf(blob, 'sha512') };
    const result = await readLayer(blob, indexFile, { descriptor, diffId: digestOf(tar, 'sha512') });
    assert.equal(result.digest, digestOf(blob, 'sha512'));
    assert.equal(result.diffId, digestOf(tar, 'sha512'));
  });

  it('leaves one index file and nothing beside it', async () => {
    await readLayer(tar, indexFile);
    await readLayer(tar, indexFile);
    assert.deepEqual(readdirSync(join(folder, 'sub')), ['index']);
  });

  const gzip = zlib.gzipSync(tar);
  const flipped = Buffer.from(gzip);
  flipped[1000] = (flipped[1000] ?? 0) ^ 0x40;
  const broken: readonly (readonly [what: string, blob: Buffer, reason: string, says: RegExp])[] = [
    ['truncated gzip', gzip.subarray(0, gzip.length / 2), 'Corrupt', /end early/],
    ['gzip without its trailer', gzip.subarray(0, -8), 'Corrupt', /end early/],
    ['gzip with a flipped bit', flipped, 'Corrupt', /broken/],
    ['gzip with garbage behind it', Buffer.concat([gzip, Buffer.from('garbage')]), 'Corrupt', /broken/],
    ['truncated zstd', zstd(tar).subarray(0, 100_000), 'Corrupt', /end early/],
    [
      'zstd whose second frame is truncated',
      Buffer.concat([zstd(tar), zstd(tar).subarray(0, 5)]),
      'Corrupt',
      /end early/,
    ],
    [
      'zstd with garbage behind it',
      Buffer.concat([zstd(tar), Buffer.from('garbage')]),
      'Corrupt',
      /no zstd frame/,
    ],
    ['gzip of something else', zlib.gzipSync(Buffer.alloc(2000, 'x')), 'Corrupt', /broken header/],
    ['bzip2', Buffer.from('BZh91AY&SY'), 'Unsupported', /bzip2/],
    ['xz', Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00, 1]), 'Unsupported', /xz/],
  ];

  for (const [what, blob, reason, says] of broken) {
    it(`refuses ${what}, and leaves no index`, async () => {
      const file = join(folder, 'refused');
      await assert.rejects(readLayer(blob, file, { pieceSize: 10_000 }), { reason, message: says });
      assert.equal(existsSync(file), false);
    });
  }

  it('says first that the bytes are not the layer, whatever is wrong with what they hold', async () => {
    const descriptor = layerDescriptor(gzip);
    const error = {
      reason: 'DigestMismatch',
      facts: { expected: descriptor.digest, actual: digestOf(flipped) },
    };
    await assert.rejects(readLayer(flipped, indexFile, { descriptor }), error);
  });

  it('names both diffIds where the layer unpacks to something else', async () => {
    const expected = digestOf('something else');
    const error = { reason: 'DigestMismatch', facts: { expected, actual: digestOf(tar) } };
    await assert.rejects(readLayer(gzip, join(folder, 'other'), { diffId: expected }), error);
    assert.equal(existsSync(join(folder, 'other')), false);
  });

  it('refuses a layer of another size, too long or too short', async () => {
    const descriptor = layerDescriptor(tar);
    const longer = Buffer.concat([tar, Buffer.alloc(1)]);
    const says = (message: RegExp) => ({ reason: 'DigestMismatch', message });
    await assert.rejects(readLayer(longer, indexFile, { descriptor }), says(/more than its \d+ bytes/));
    await assert.rejects(
      readLayer(tar.subarray(1), indexFile, { descriptor }),
      says(/\d+ instead of \d+ bytes/),
    );
  });
});
