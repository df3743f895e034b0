import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { EngineError } from '../../src/engine/errors.ts';
import type { Descriptor } from '../../src/engine/oci/descriptor.ts';
import type { Blob } from '../support/sampleRegistry/imageBuilder.ts';
import {
  type CreateTarget,
  fetchAll,
  freshBlob,
  freshManifest,
  pieces,
  pushBlob,
  pushManifest,
  rejectsWith,
  type TargetFixture,
} from './targetFixture.ts';

interface BadContent {
  readonly what: string;
  content(bytes: Buffer): AsyncIterable<Uint8Array>;
}

const badContents: readonly BadContent[] = [
  { what: 'other bytes of the same size', content: (bytes) => pieces(Buffer.alloc(bytes.length, 7)) },
  { what: 'a byte too few', content: (bytes) => pieces(bytes.subarray(0, -1)) },
  { what: 'a byte too many', content: (bytes) => pieces(Buffer.concat([bytes, Buffer.from('!')])) },
  { what: 'nothing at all', content: () => pieces(Buffer.alloc(0)) },
];

export function describePushing(create: CreateTarget): void {
  describe('pushing', () => {
    for (const size of [1, 1000, 200_000]) {
      it(`takes content in pieces of ${size}`, async () => {
        await using fixture = await create();
        const blob = freshBlob(size === 1 ? 300 : 200_000);
        await fixture.target.push(blob.descriptor, pieces(blob.bytes, size));
        assert.ok((await fetchAll(fixture, blob.descriptor)).equals(blob.bytes));
      });
    }

    it('takes what is there already', async () => {
      await using fixture = await create();
      const manifest = freshManifest();
      for (const _ of ['first', 'again']) await pushManifest(fixture, manifest);
      assert.deepEqual(await fetchAll(fixture, manifest.descriptor), manifest.bytes);
    });

    it('takes the same blob from several at once', async () => {
      await using fixture = await create();
      const blob = freshBlob(400_000);
      await Promise.all([1, 2, 3].map(() => pushBlob(fixture, blob)));
      assert.ok((await fetchAll(fixture, blob.descriptor)).equals(blob.bytes));
    });

    for (const bad of badContents) {
      it(`refuses ${bad.what} and keeps nothing`, async () => {
        await using fixture = await create();
        for (const good of [freshBlob(200_000), freshManifest()]) await refuses(fixture, good, bad);
      });
    }

    it('passes on the failure of a source and keeps nothing', async () => {
      await using fixture = await create();
      const blob = freshBlob(200_000);
      await assert.rejects(fixture.target.push(blob.descriptor, failing(blob)), tellsOfTheSource);
      await assertAbsent(fixture, blob.descriptor);
      await pushBlob(fixture, blob);
      assert.ok((await fetchAll(fixture, blob.descriptor)).equals(blob.bytes));
    });

    it('gives no name to what is pushed', async () => {
      await using fixture = await create();
      const [named, nameless] = [freshManifest(), freshManifest()];
      for (const manifest of [named, nameless]) await pushManifest(fixture, manifest);
      await fixture.target.tag(named.descriptor, fixture.name('only'));
      const names: string[] = [];
      for await (const name of fixture.target.list()) names.push(name);
      assert.deepEqual(names, [fixture.name('only')]);
    });
  });
}

/** What is refused can be pushed rightly afterwards. */
async function refuses(fixture: TargetFixture, good: Blob, { content }: BadContent): Promise<void> {
  await rejectsWith('DigestMismatch', fixture.target.push(good.descriptor, content(good.bytes)));
  await assertAbsent(fixture, good.descriptor);
}

export async function assertAbsent(fixture: TargetFixture, descriptor: Descriptor): Promise<void> {
  assert.equal(await fixture.target.exists(descriptor), false);
  await rejectsWith('NotFound', fetchAll(fixture, descriptor));
  await assert.rejects(readFile(fixture.blobFile(descriptor)), { code: 'ENOENT' });
}

async function* failing({ bytes }: Blob): AsyncGenerator<Uint8Array> {
  yield bytes.subarray(0, 100_000);
  throw new EngineError('RegistryError', 'the source broke');
}

function tellsOfTheSource(error: unknown): boolean {
  assert.ok(error instanceof EngineError, String(error));
  assert.equal(error.reason, 'RegistryError');
  assert.match(error.message, /the source broke/);
  return true;
}
