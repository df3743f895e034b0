import assert from 'node:assert/strict';
import { plainDescriptor } from '../../src/engine/oci/descriptor.ts';
import { digestOf } from '../../src/engine/oci/digest.ts';
import { describeCancelling } from './cancelContract.ts';
import { describeFetching } from './fetchContract.ts';
import { describePushing } from './pushContract.ts';
import {
  type CreateTarget,
  fetchAll,
  freshIndex,
  freshManifest,
  namesOf,
  pushIndex,
  pushManifest,
  rejectsWith,
} from './targetFixture.ts';

/**
 * What `src/engine/target.ts` promises, held against one kind of target. After the suites of containerd's content stores
 * (https://github.com/containerd/containerd/blob/v2.0.0/core/content/testsuite/testsuite.go) and of oras's targets.
 */
export function describeTarget(name: string, create: CreateTarget): void {
  describe(`${name} as a target`, function () {
    this.timeout(60_000);
    describeNaming(create);
    describeFetching(create);
    describePushing(create);
    describeCancelling(create);
  });
}

function describeNaming(create: CreateTarget): void {
  it('has a label for messages', async () => {
    await using fixture = await create();
    assert.notEqual(fixture.target.label, '');
  });

  it('resolves a name to what was tagged', async () => {
    await using fixture = await create();
    const manifest = freshManifest();
    await pushManifest(fixture, manifest);
    await fixture.target.tag(plainDescriptor(manifest.descriptor), fixture.name('one'));
    const found = await fixture.target.resolve(fixture.name('one'));
    assert.deepEqual(plainDescriptor(found), plainDescriptor(manifest.descriptor));
  });

  it('resolves the digest of a manifest', async () => {
    await using fixture = await create();
    const manifest = freshManifest();
    await pushManifest(fixture, manifest);
    const found = await fixture.target.resolve(manifest.descriptor.digest);
    assert.deepEqual(plainDescriptor(found), plainDescriptor(manifest.descriptor));
  });

  it('resolves an index as an index', async () => {
    await using fixture = await create();
    const index = freshIndex();
    await pushIndex(fixture, index);
    await fixture.target.tag(index.descriptor, fixture.name('many'));
    const found = await fixture.target.resolve(fixture.name('many'));
    assert.deepEqual(plainDescriptor(found), plainDescriptor(index.descriptor));
  });

  it('does not find a name that nothing has', async () => {
    await using fixture = await create();
    await rejectsWith('NotFound', fixture.target.resolve(fixture.name('nothing')));
  });

  it('does not find a name beside others', async () => {
    await using fixture = await create();
    const manifest = freshManifest();
    await pushManifest(fixture, manifest);
    await fixture.target.tag(manifest.descriptor, fixture.name('here'));
    await rejectsWith('NotFound', fixture.target.resolve(fixture.name('elsewhere')));
  });

  it('does not find a digest that nothing has', async () => {
    await using fixture = await create();
    await rejectsWith('NotFound', fixture.target.resolve(digestOf('nowhere')));
  });

  it('refuses to tag what is not there', async () => {
    await using fixture = await create();
    const { descriptor } = freshManifest();
    await rejectsWith('NotFound', fixture.target.tag(descriptor, fixture.name('early')));
    await rejectsWith('NotFound', fixture.target.resolve(fixture.name('early')));
  });

  it('moves a name from what had it, which stays', async () => {
    await using fixture = await create();
    const [before, after] = [freshManifest(), freshManifest()];
    for (const manifest of [before, after]) {
      await pushManifest(fixture, manifest);
      await fixture.target.tag(manifest.descriptor, fixture.name('moving'));
    }
    const found = await fixture.target.resolve(fixture.name('moving'));
    assert.equal(found.digest, after.descriptor.digest);
    assert.deepEqual(await fetchAll(fixture, before.descriptor), before.bytes);
    assert.deepEqual(await namesOf(fixture), [fixture.name('moving')]);
  });

  it('gives one manifest as many names as it is told to', async () => {
    await using fixture = await create();
    const manifest = freshManifest();
    await pushManifest(fixture, manifest);
    const tags = ['a', 'a', 'b.2', 'C_3-x'];
    for (const tag of tags) await fixture.target.tag(manifest.descriptor, fixture.name(tag));
    const expected = [...new Set(tags)].map((tag) => fixture.name(tag));
    assert.deepEqual(await namesOf(fixture), expected.sort());
  });

  it('refuses a name that cannot be one', async () => {
    await using fixture = await create();
    const manifest = freshManifest();
    await pushManifest(fixture, manifest);
    for (const tag of ['', '../up', 'with space', 'a/b:c?d', 'x'.repeat(129)]) {
      await rejectsWith('Invalid', fixture.target.tag(manifest.descriptor, fixture.name(tag)));
    }
  });
}
