import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { buffer } from 'node:stream/consumers';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { fileContent } from '../../../src/engine/layers/fileContent.ts';
import type { LayerIndex } from '../../../src/engine/layers/layerIndex.ts';
import { type LayerBlob, tarBytes } from '../../../src/engine/layers/tarBytes.ts';
import { indexOfTar, temporaryFolder } from '../../support/layerReading.ts';
import { pseudoRandomBytes } from '../../support/pseudoRandom.ts';
import { file, hardlink, tarOf } from '../../support/tarWriter.ts';

const large = Buffer.concat([pseudoRandomBytes(1_500_000, 3), Buffer.alloc(2_000_000, 'strata')]);
const stored = 'headmiddle';
const sparse = Buffer.concat([
  Buffer.alloc(600_000),
  Buffer.from('head'),
  Buffer.alloc(400_000),
  Buffer.from('middle'),
  Buffer.alloc(1000),
]);
const tar = tarOf(
  file('empty'),
  file('small', '123'),
  file('large', large),
  hardlink('same', 'large'),
  file('sparse', stored, {
    pax: { 'GNU.sparse.map': '600000,4,1000004,6', 'GNU.sparse.size': String(sparse.length) },
  }),
  hardlink('sparse2', 'sparse'),
  file('last', 'end'),
);
const contents: Readonly<Record<string, Buffer>> = {
  empty: Buffer.alloc(0),
  small: Buffer.from('123'),
  large,
  same: large,
  sparse,
  sparse2: sparse,
  last: Buffer.from('end'),
};
const middle = Math.floor(tar.length / 2);
const packings: Readonly<Record<string, () => Buffer>> = {
  plain: () => tar,
  gzip: () => gzipSync(tar),
  'gzip of two members': () =>
    Buffer.concat([gzipSync(tar.subarray(0, middle)), gzipSync(tar.subarray(middle))]),
  zstd: () => zstdCompressSync(tar),
};

async function read(content: AsyncIterable<Uint8Array>): Promise<Buffer> {
  return buffer(content);
}

describe('the bytes of a file in a layer', () => {
  const folder = temporaryFolder();
  let index: LayerIndex;

  before(async () => {
    index = await indexOfTar(tar, folder);
  });

  const at = (name: string) => index.find(Buffer.from(`/${name}`)) ?? assert.fail(name);

  function blobOf(bytes: Uint8Array, inArchive = false): LayerBlob {
    const path = join(folder, 'blob');
    if (!inArchive) writeFileSync(path, bytes);
    else writeFileSync(path, Buffer.concat([Buffer.alloc(1536, 'x'), bytes, Buffer.alloc(700_000, 'y')]));
    return { file: path, ...(inArchive && { section: { offset: 1536, size: bytes.length } }) };
  }

  for (const [packing, bytes] of Object.entries(packings)) {
    for (const inArchive of [false, true]) {
      it(`are right in a layer that is ${packing}${inArchive ? ', within an archive' : ''}`, async () => {
        const blob = blobOf(bytes(), inArchive);
        for (const [name, expected] of Object.entries(contents)) {
          const actual = await read(fileContent(blob, index, at(name)));
          assert.ok(actual.equals(expected), name);
        }
      });
    }
  }

  it('end at the file’s end: what follows is not read', async () => {
    const packed = gzipSync(tar);
    const blob = blobOf(Buffer.concat([packed.subarray(0, packed.length - 600)]));
    assert.equal(String(await read(fileContent(blob, index, at('small')))), '123');
  });

  const faults: readonly (readonly [what: string, blob: () => Uint8Array, reason: string])[] = [
    ['another byte in a plain layer', () => flipped(tar, tar.indexOf('middle')), 'DigestMismatch'],
    ['a plain layer that is cut off', () => tar.subarray(0, tar.indexOf('headmiddle') + 6), 'DigestMismatch'],
    ['an empty layer', () => new Uint8Array(0), 'DigestMismatch'],
    ['a packed layer that is cut off', () => gzipSync(tar).subarray(0, 1000), 'Corrupt'],
    ['a packed layer that is broken', () => flipped(gzipSync(tar), 800_000), 'Corrupt'],
    ['a zstd layer that is cut off', () => zstdCompressSync(tar).subarray(0, 1000), 'Corrupt'],
    ['another layer altogether', () => gzipSync(Buffer.alloc(tar.length, 'z')), 'DigestMismatch'],
  ];
  for (const [what, bytes, reason] of faults) {
    it(`fail for ${what}: ${reason}`, async () => {
      const blob = blobOf(bytes());
      await assert.rejects(read(fileContent(blob, index, at('sparse'))), { reason });
    });
  }

  it('say that the layer is no longer there', async () => {
    const gone = { file: join(folder, 'gone') };
    await assert.rejects(read(fileContent(gone, index, at('small'))), {
      reason: 'Io',
      message: /no such file/,
    });
  });

  it('stop when they are no longer wanted, by signal or by leaving the loop', async () => {
    const blob = blobOf(gzipSync(tar));
    const controller = new AbortController();
    const content = fileContent(blob, index, at('large'), controller.signal);
    assert.equal((await content.next()).done, false);
    controller.abort();
    await assert.rejects(read(content), { reason: 'Cancelled' });
    for await (const bytes of fileContent(blob, index, at('large'))) {
      assert.ok(bytes.length > 0);
      break;
    }
  });

  it('come from deep in a large layer without holding up the thread or filling memory', async () => {
    const piece = pseudoRandomBytes(1_000_000, 9);
    const content = Buffer.concat(Array.from({ length: 96 }, () => piece));
    const blob = blobOf(gzipSync(content, { level: 1 }));
    const delay = monitorEventLoopDelay({ resolution: 5 });
    const memory = process.memoryUsage().arrayBuffers;
    delay.enable();
    const hash = createHash('sha256');
    let peak = 0;
    for await (const bytes of tarBytes(blob, 90_000_000, 5_000_000)) {
      hash.update(bytes);
      peak = Math.max(peak, process.memoryUsage().arrayBuffers - memory);
    }
    delay.disable();
    assert.equal(
      hash.digest('hex'),
      createHash('sha256').update(content.subarray(90_000_000, 95_000_000)).digest('hex'),
    );
    assert.ok(delay.percentile(95) < 50e6, `95 % of the delays within ${delay.percentile(95) / 1e6} ms`);
    assert.ok(peak < 48e6, `${peak} bytes`);
  });
});

function flipped(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at] = (copy[at] ?? 0) ^ 0x55;
  return copy;
}
