import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import type { Descriptor } from '../../src/engine/oci/descriptor.ts';
import { digestOf } from '../../src/engine/oci/digest.ts';
import { maxManifestBytes, parseManifest } from '../../src/engine/oci/manifest.ts';
import { readCapped } from '../../src/engine/readCapped.ts';
import type { Target } from '../../src/engine/target.ts';
import { classicArchive, type PlainImage, plainImage } from '../support/archives/sampleArchives.ts';
import { freshBlob, freshManifest, rejectsWith } from './targetFixture.ts';

/** A target whose images come and go whole: it offers no `push`. */
export interface ImageTargetFixture extends AsyncDisposable {
  readonly target: Target & Required<Pick<Target, 'tag' | 'list'>>;
  /** How the target spells the name of a tag. */
  name(tag: string): string;
  /** Brings a docker-archive into it. */
  load(archive: Uint8Array): Promise<void>;
}

export type CreateImageTarget = () => Promise<ImageTargetFixture>;

/** What `src/engine/target.ts` promises, as far as it can be seen of a target that takes whole images only. */
export function describeImageTarget(name: string, create: CreateImageTarget): void {
  describe(`${name} as a target`, function () {
    this.timeout(60_000);
    describeNaming(create);
    describeReading(create);
    describeCancelling(create);
  });
}

/** An image that no other test has, under the name. */
async function loadFresh({ load }: ImageTargetFixture, ...tags: string[]): Promise<PlainImage> {
  const image = plainImage([randomBytes(8).toString('hex'), 'top'], tags, 300_000);
  await load(classicArchive(image));
  return image;
}

async function fetchAll(
  { target }: ImageTargetFixture,
  ...call: Parameters<Target['fetch']>
): Promise<Buffer> {
  return buffer(await target.fetch(...call));
}

async function namesOf({ target }: ImageTargetFixture): Promise<string[]> {
  const names: string[] = [];
  for await (const one of target.list()) names.push(one);
  return names;
}

/** Config and layers of the image that the name leads to. */
async function partsOf({ target }: ImageTargetFixture, name: string): Promise<readonly Descriptor[]> {
  const descriptor = await target.resolve(name);
  const bytes = await readCapped(await target.fetch(descriptor), maxManifestBytes, 'the manifest');
  assert.equal(digestOf(bytes), descriptor.digest);
  const manifest = parseManifest(bytes, descriptor.mediaType);
  assert.equal(manifest.kind, 'manifest');
  return manifest.kind === 'manifest' ? [manifest.config, ...manifest.layers] : [];
}

function describeNaming(create: CreateImageTarget): void {
  it('has a label for messages', async () => {
    await using fixture = await create();
    assert.notEqual(fixture.target.label, '');
  });

  it('resolves a name, and the digest that it gave, to the same manifest', async () => {
    await using fixture = await create();
    await loadFresh(fixture, fixture.name('one'));
    const found = await fixture.target.resolve(fixture.name('one'));
    assert.deepEqual(await fixture.target.resolve(found.digest), found);
  });

  it('finds neither a name nor a digest that nothing has', async () => {
    await using fixture = await create();
    await loadFresh(fixture, fixture.name('here'));
    await rejectsWith('NotFound', fixture.target.resolve(fixture.name('elsewhere')));
    await rejectsWith('NotFound', fixture.target.resolve(digestOf('nowhere')));
  });

  it('moves a name from what had it, which stays', async () => {
    await using fixture = await create();
    await loadFresh(fixture, fixture.name('old'), fixture.name('moving'));
    await loadFresh(fixture, fixture.name('new'));
    const [before, after] = [
      await fixture.target.resolve(fixture.name('old')),
      await fixture.target.resolve(fixture.name('new')),
    ];
    await fixture.target.tag(after, fixture.name('moving'));
    assert.deepEqual(await fixture.target.resolve(fixture.name('moving')), after);
    assert.deepEqual(await fixture.target.resolve(fixture.name('old')), before);
  });

  it('lists names, those that were given last among them', async () => {
    await using fixture = await create();
    await loadFresh(fixture, fixture.name('a'));
    await fixture.target.tag(await fixture.target.resolve(fixture.name('a')), fixture.name('C_3-x'));
    const names = await namesOf(fixture);
    for (const tag of ['a', 'C_3-x']) assert.ok(names.includes(fixture.name(tag)), names.join(' '));
  });

  it('refuses to tag what is not there, and names that cannot be', async () => {
    await using fixture = await create();
    await loadFresh(fixture, fixture.name('there'));
    await rejectsWith('NotFound', fixture.target.tag(freshManifest().descriptor, fixture.name('early')));
    const manifest = await fixture.target.resolve(fixture.name('there'));
    for (const tag of ['', '../up', 'with space', 'a/b:c?d', 'x'.repeat(129)]) {
      await rejectsWith('Invalid', fixture.target.tag(manifest, fixture.name(tag)));
    }
  });
}

function describeReading(create: CreateImageTarget): void {
  it('gives the very bytes of config and layers, whole and in part', async () => {
    await using fixture = await create();
    const image = await loadFresh(fixture, fixture.name('read'));
    const [config, ...layers] = await partsOf(fixture, fixture.name('read'));
    assert.ok(config);
    assert.equal(config.digest, image.id);
    assert.deepEqual(await fetchAll(fixture, config), image.config);
    assert.equal(layers.length, image.layers.length);
    for (const [position, layer] of layers.entries()) {
      const bytes = await fetchAll(fixture, layer);
      assert.ok(image.layers[position]?.equals(bytes), `layer ${position}`);
      const part = await fetchAll(fixture, layer, { offset: 70_001, length: 65_537 });
      assert.ok(part.equals(bytes.subarray(70_001, 70_001 + 65_537)));
      await rejectsWith('Invalid', fetchAll(fixture, layer, { offset: bytes.length + 1 }));
    }
  });

  it('tells what is there from what is not', async () => {
    await using fixture = await create();
    await loadFresh(fixture, fixture.name('there'));
    for (const part of await partsOf(fixture, fixture.name('there'))) {
      assert.equal(await fixture.target.exists(part), true);
    }
    for (const { descriptor } of [freshBlob(10), freshManifest()]) {
      assert.equal(await fixture.target.exists(descriptor), false);
      await rejectsWith('NotFound', fetchAll(fixture, descriptor));
    }
  });

  it('never ends cleanly where the size is off by one', async () => {
    await using fixture = await create();
    await loadFresh(fixture, fixture.name('wrong'));
    const parts = await partsOf(fixture, fixture.name('wrong'));
    for (const part of [await fixture.target.resolve(fixture.name('wrong')), ...parts]) {
      for (const size of [part.size - 1, part.size + 1]) {
        await rejectsWith('DigestMismatch', fetchAll(fixture, { ...part, size }));
      }
    }
  });

  it('lets a stream be closed before its end, and several be read at once', async () => {
    await using fixture = await create();
    await loadFresh(fixture, fixture.name('shared'));
    const layer = (await partsOf(fixture, fixture.name('shared')))[1];
    assert.ok(layer);
    const stream = await fixture.target.fetch(layer);
    for await (const _ of stream) break;
    assert.ok(stream.destroyed);
    const readings = await Promise.all([1, 2, 3].map(() => fetchAll(fixture, layer)));
    for (const bytes of readings) assert.equal(digestOf(bytes), layer.digest);
  });
}

function describeCancelling(create: CreateImageTarget): void {
  it('ends every call where the signal has fired before', async () => {
    await using fixture = await create();
    const { target } = fixture;
    await loadFresh(fixture, fixture.name('here'));
    const manifest = await target.resolve(fixture.name('here'));
    const fired = AbortSignal.abort();
    await rejectsWith('Cancelled', target.resolve(fixture.name('here'), fired));
    await rejectsWith('Cancelled', target.fetch(manifest, undefined, fired));
    await rejectsWith('Cancelled', target.exists(manifest, fired));
    await rejectsWith('Cancelled', target.tag(manifest, fixture.name('there'), fired));
    await rejectsWith('Cancelled', target.list(fired)[Symbol.asyncIterator]().next());
    await rejectsWith('NotFound', target.resolve(fixture.name('there')));
  });
}
