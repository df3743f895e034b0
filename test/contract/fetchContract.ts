import assert from 'node:assert/strict';
import { readFile, truncate, writeFile } from 'node:fs/promises';
import { plainDescriptor } from '../../src/engine/oci/descriptor.ts';
import {
  type CreateTarget,
  fetchAll,
  freshBlob,
  freshIndex,
  freshManifest,
  pushBlob,
  pushIndex,
  pushManifest,
  rejectsWith,
} from './targetFixture.ts';

export function describeFetching(create: CreateTarget): void {
  describe('fetching', () => {
    for (const size of [0, 1, 512, 65_536, 3_000_001]) {
      it(`gives the very bytes of a blob of ${size}`, async () => {
        await using fixture = await create();
        const blob = freshBlob(size);
        await pushBlob(fixture, blob);
        assert.ok((await fetchAll(fixture, blob.descriptor)).equals(blob.bytes));
      });
    }

    it('gives the very bytes of manifests and indexes', async () => {
      await using fixture = await create();
      const index = freshIndex();
      await pushIndex(fixture, index);
      for (const { descriptor, bytes } of [index, ...index.manifests]) {
        assert.deepEqual(await fetchAll(fixture, plainDescriptor(descriptor)), bytes);
      }
    });

    describeRanges(create);
    describeAbsence(create);
    describeDamage(create);

    it('gives several readers the same blob at once', async () => {
      await using fixture = await create();
      const blob = freshBlob(500_000);
      await pushBlob(fixture, blob);
      const readings = await Promise.all([1, 2, 3, 4].map(() => fetchAll(fixture, blob.descriptor)));
      for (const bytes of readings) assert.ok(bytes.equals(blob.bytes));
    });

    it('lets a stream be closed before its end', async () => {
      await using fixture = await create();
      const blob = freshBlob(2_000_000);
      await pushBlob(fixture, blob);
      const stream = await fixture.target.fetch(blob.descriptor);
      for await (const chunk of stream) {
        assert.ok(chunk.length > 0);
        break;
      }
      assert.ok(stream.destroyed);
      assert.ok((await fetchAll(fixture, blob.descriptor)).equals(blob.bytes));
    });
  });
}

const rangeSize = 200_000;
const ranges = [
  { what: 'the first byte', range: { offset: 0, length: 1 } },
  { what: 'the last byte', range: { offset: rangeSize - 1, length: 1 } },
  { what: 'a piece of the middle', range: { offset: 70_001, length: 65_537 } },
  { what: 'all from an offset', range: { offset: 123_456 } },
  { what: 'all, written as a range', range: { offset: 0, length: rangeSize } },
  { what: 'nothing at the end', range: { offset: rangeSize } },
  { what: 'nothing in the middle', range: { offset: 5, length: 0 } },
  { what: 'what there is, where more is asked for', range: { offset: rangeSize - 10, length: 100 } },
];

function describeRanges(create: CreateTarget): void {
  for (const { what, range } of ranges) {
    it(`gives a part of a blob: ${what}`, async () => {
      await using fixture = await create();
      const blob = freshBlob(rangeSize);
      await pushBlob(fixture, blob);
      const end = range.length === undefined ? rangeSize : range.offset + range.length;
      const bytes = await fetchAll(fixture, blob.descriptor, range);
      assert.ok(bytes.equals(blob.bytes.subarray(range.offset, end)));
    });
  }

  it('gives a part of a manifest', async () => {
    await using fixture = await create();
    const manifest = freshManifest();
    await pushManifest(fixture, manifest);
    const bytes = await fetchAll(fixture, manifest.descriptor, { offset: 10, length: 20 });
    assert.deepEqual(bytes, manifest.bytes.subarray(10, 30));
  });

  it('refuses a range that begins behind the end', async () => {
    await using fixture = await create();
    const blob = freshBlob(100);
    await pushBlob(fixture, blob);
    await rejectsWith('Invalid', fetchAll(fixture, blob.descriptor, { offset: 101 }));
  });
}

function describeAbsence(create: CreateTarget): void {
  it('does not find a blob or a manifest that is not there', async () => {
    await using fixture = await create();
    for (const { descriptor } of [freshBlob(10), freshManifest(), freshIndex()]) {
      await rejectsWith('NotFound', fetchAll(fixture, descriptor));
      await rejectsWith('NotFound', fetchAll(fixture, descriptor, { offset: 1 }));
    }
  });

  it('tells what exists from what does not', async () => {
    await using fixture = await create();
    const manifest = freshManifest();
    await pushManifest(fixture, manifest);
    for (const { descriptor } of [manifest, ...manifest.blobs]) {
      assert.equal(await fixture.target.exists(descriptor), true);
    }
    for (const { descriptor } of [freshBlob(10), freshManifest()]) {
      assert.equal(await fixture.target.exists(descriptor), false);
    }
  });
}

function describeDamage(create: CreateTarget): void {
  for (const difference of [-1, 1]) {
    it(`never ends cleanly where the size is off by ${difference}`, async () => {
      await using fixture = await create();
      const manifest = freshManifest();
      await pushManifest(fixture, manifest);
      for (const { descriptor } of [manifest, ...manifest.blobs]) {
        const wrong = { ...descriptor, size: descriptor.size + difference };
        await rejectsWith('DigestMismatch', fetchAll(fixture, wrong));
      }
    });
  }

  it('never ends cleanly where a byte has changed', async () => {
    await using fixture = await create();
    const blob = freshBlob(300_000);
    await pushBlob(fixture, blob);
    const place = fixture.blobFile(blob.descriptor);
    const stored = await readFile(place);
    stored.writeUInt8(stored.readUInt8(299_999) ^ 1, 299_999);
    await writeFile(place, stored);
    await rejectsWith('DigestMismatch', fetchAll(fixture, blob.descriptor));
  });

  it('never ends cleanly where bytes are missing', async () => {
    await using fixture = await create();
    const blob = freshBlob(300_000);
    await pushBlob(fixture, blob);
    await truncate(fixture.blobFile(blob.descriptor), 299_999);
    await rejectsWith('DigestMismatch', fetchAll(fixture, blob.descriptor));
    await rejectsWith('DigestMismatch', fetchAll(fixture, blob.descriptor, { offset: 299_000 }));
  });
}
