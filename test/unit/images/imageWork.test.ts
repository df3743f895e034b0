import assert from 'node:assert/strict';
import { isEngineError } from '../../../src/engine/errors.ts';
import type { StoredImage } from '../../../src/engine/image.ts';
import { findImage } from '../../../src/engine/images/findImage.ts';
import { imageSizes } from '../../../src/engine/images/imageSizes.ts';
import { inspectImage } from '../../../src/engine/images/inspectImage.ts';
import { planPrune, pruneFilters, pruneImages } from '../../../src/engine/images/pruneImages.ts';
import { type ImageHome, storedImages } from '../../../src/engine/images/storedImages.ts';
import { parseNewTag, tagSourceName, tagStoredImage } from '../../../src/engine/images/tagImage.ts';
import type { LayerIndexes } from '../../../src/engine/layers/layerIndexes.ts';
import { parseFilterArguments } from '../../../src/engine/listing/filterArguments.ts';
import { canonicalReference } from '../../../src/engine/oci/reference.ts';
import { untag } from '../../../src/engine/store/entries.ts';
import { Store } from '../../../src/engine/store/store.ts';
import { addImage, temporaryFolder } from '../../support/store/sampleStore.ts';

const someDigest = `sha256:${'a'.repeat(64)}`;

interface World extends AsyncDisposable {
  readonly home: ImageHome;
  readonly store: Store;
}

/** `one` and `two` share the layer `base`; layers count ten bytes each. */
async function openWorld(): Promise<World> {
  const folder = await temporaryFolder();
  const store = new Store({ directory: folder.path });
  await addImage(store, ['base', 'first'], 'docker.io/library/one:latest', 'docker.io/library/one:1');
  await addImage(store, ['base', 'second'], 'docker.io/library/two:latest');
  const indexes = { contentSize: async () => 10 } as unknown as LayerIndexes;
  const warn = (message: string) => assert.fail(message);
  const close = async () => {
    await store[Symbol.asyncDispose]();
    await folder[Symbol.asyncDispose]();
  };
  return { home: { store, indexes, warn }, store, [Symbol.asyncDispose]: close };
}

async function find({ home }: World, name: string): Promise<StoredImage> {
  return findImage(await storedImages(home), name).image;
}

describe('Naming a tag', () => {
  const refusals: readonly (readonly [string, RegExp])[] = [
    [`app@${someDigest}`, /^refusing to create a tag with a digest reference$/],
    [`app:1@${someDigest}`, /^refusing to create a tag with a digest reference$/],
    ['sha256:abc', /^refusing to create an ambiguous tag using digest algorithm as name$/],
    ['UPPER', /^Error parsing reference: "UPPER" is not a valid repository\/tag: .*must be lowercase$/],
    ['', /^Error parsing reference: "" is not a valid repository\/tag: invalid reference format$/],
    ['a'.repeat(64), /cannot specify 64-byte hexadecimal strings$/],
  ];
  for (const [text, message] of refusals) {
    it(`refuses ${JSON.stringify(text.slice(0, 20))} in Docker’s words`, () => {
      assert.throws(
        () => parseNewTag(text),
        (error) => isEngineError(error, 'Invalid') && message.test(error.message),
      );
    });
  }

  it('takes latest for a name without a tag', () => {
    assert.equal(canonicalReference(parseNewTag('acme/app')), 'docker.io/acme/app:latest');
    assert.equal(tagSourceName('app'), 'app:latest');
    assert.equal(tagSourceName(someDigest), someDigest);
  });
});

describe('Tagging an image', () => {
  it('moves a tag, and says what that leaves dangling', async () => {
    await using world = await openWorld();
    const two = await find(world, 'two');
    const kept = await tagStoredImage(world.home, 'two', parseNewTag('one:1'));
    const one = await find(world, 'one');
    assert.deepEqual([kept.movedFrom, kept.leftDangling], [one.id, false]);
    const left = await tagStoredImage(world.home, 'two', parseNewTag('one'));
    assert.deepEqual([left.movedFrom, left.leftDangling], [one.id, true]);
    assert.equal((await find(world, 'one')).id, two.id);
    assert.deepEqual((await find(world, one.id)).tags, []);
  });

  it('gives an image a tag that it has without moving anything', async () => {
    await using world = await openWorld();
    const { movedFrom, leftDangling } = await tagStoredImage(world.home, 'one', parseNewTag('one:1'));
    assert.deepEqual([movedFrom, leftDangling], [undefined, false]);
  });

  it('does not name an image that is not there', async () => {
    await using world = await openWorld();
    await assert.rejects(tagStoredImage(world.home, 'three', parseNewTag('x')), (error) =>
      isEngineError(error, 'NotFound'),
    );
  });
});

describe('Inspecting an image', () => {
  it('gives Docker’s document in Docker’s order, with Go’s empty values', async () => {
    await using world = await openWorld();
    const image = await find(world, 'two');
    const document = await inspectImage(world.home, image);
    assert.deepEqual(
      Object.keys(document).join(' '),
      'Id RepoTags RepoDigests Parent Comment Created Container ContainerConfig DockerVersion Author Config ' +
        'Architecture Os Size VirtualSize GraphDriver RootFS Metadata',
    );
    assert.deepEqual(document.RepoTags, ['two:latest']);
    assert.equal(document.Created, '2024-05-06T07:08:09Z');
    const config = document.Config as Record<string, unknown>;
    assert.deepEqual([config.Hostname, config.Env, config.Labels, config.Shell], ['', null, null, undefined]);
    assert.deepEqual(document.Metadata, { LastTagTime: '0001-01-01T00:00:00Z' });
  });

  it('knows when a tag was last given by hand', async () => {
    await using world = await openWorld();
    const before = Date.now();
    await tagStoredImage(world.home, 'two', parseNewTag('again'));
    const { Metadata } = await inspectImage(world.home, await find(world, 'two'));
    assert.ok(Date.parse((Metadata as { LastTagTime: string }).LastTagTime) >= before);
  });
});

describe('Sizes of images', () => {
  it('tell unique from shared bytes, and what sharing saves', async () => {
    await using world = await openWorld();
    const { images, savedBytes, danglingBytes } = await imageSizes(world.home);
    const [one, two] = [await find(world, 'one'), await find(world, 'two')];
    const size = images.get(one.manifest.digest);
    assert.deepEqual([size?.sharedBytes, savedBytes, danglingBytes], ['base'.length, 'base'.length, 0]);
    assert.deepEqual(size?.sharesWith, [two.manifest.digest]);
    const { totalBytes } = await world.store.usage();
    const unique = [...images.values()].reduce((sum, { uniqueBytes }) => sum + uniqueBytes, 0);
    assert.equal(unique + 'base'.length, totalBytes);
  });
});

describe('Pruning images', () => {
  async function leaveDangling(world: World): Promise<StoredImage> {
    const two = await find(world, 'two');
    await world.store.update((entries) => untag(entries, parseNewTag('two')));
    return two;
  }

  it('takes nothing where every image has a tag', async () => {
    await using world = await openWorld();
    const { images, removals } = await pruneImages(world.home, {});
    assert.deepEqual([images, removals], [[], []]);
  });

  for (const all of [false, true]) {
    it(`does what its plan says, and frees as much of the disk${all ? ', with all images' : ''}`, async () => {
      await using world = await openWorld();
      const two = await leaveDangling(world);
      const plan = await planPrune(world.home, { all });
      const before = await world.store.usage();
      const pruned = await pruneImages(world.home, { all });
      const after = await world.store.usage();
      assert.deepEqual(pruned, plan);
      assert.equal(pruned.freedBytes, before.totalBytes - after.totalBytes);
      assert.ok(pruned.freedBytes > 0);
      assert.equal(pruned.reclaimedBytes, all ? 30 : 10);
      assert.ok(pruned.removals.some(({ kind, name }) => kind === 'deleted' && name === two.id));
      assert.equal(after.images, all ? 0 : 1);
    });
  }

  it('deletes a shared layer with the last image that stands on it', async () => {
    await using world = await openWorld();
    const { removals } = await pruneImages(world.home, { all: true });
    const kinds = removals.map(({ kind, name }) => (kind === 'untagged' ? name : kind));
    const isOneFirst = kinds[0]?.startsWith('one');
    const one = ['one:1', 'one:latest', 'deleted', 'deleted'];
    const two = ['two:latest', 'deleted', 'deleted'];
    assert.deepEqual(kinds, [...(isOneFirst ? one : two), ...(isOneFirst ? two : one), 'deleted']);
  });

  const filters: readonly (readonly [filter: string, count: number])[] = [
    ['until=2024-05-06T07:08:09Z', 1],
    ['until=2024-05-06T07:08:08Z', 0],
    ['label=a', 0],
    ['label!=a', 1],
    ['dangling=false', 2],
  ];
  for (const [filter, count] of filters) {
    it(`takes ${count} by ${filter}`, async () => {
      await using world = await openWorld();
      await leaveDangling(world);
      const plan = await planPrune(world.home, { filters: parseFilterArguments([filter], pruneFilters) });
      assert.equal(plan.images.length, count);
    });
  }

  it('refuses two bounds in time, and a bound that is none', async () => {
    await using world = await openWorld();
    for (const texts of [['until=1h', 'until=2h'], ['until=soon'], ['dangling=perhaps']]) {
      const filters = parseFilterArguments(texts, pruneFilters);
      await assert.rejects(planPrune(world.home, { filters }), (error) => isEngineError(error, 'Invalid'));
    }
  });
});
