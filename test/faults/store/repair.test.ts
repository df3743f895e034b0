import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { mediaType } from '../../../src/engine/oci/mediaType.ts';
import { Store } from '../../../src/engine/store/store.ts';
import { runInProcess } from '../../support/commandLine.ts';
import {
  pushBlob,
  type SampleBlob,
  sampleBlob,
  sampleImage,
  temporaryFolder,
} from '../../support/store/sampleStore.ts';

type Image = ReturnType<typeof sampleImage>;

/** Makes `index.json` name these, whatever they are, as other tools may. */
async function layoutOf(store: Store, roots: Readonly<Record<string, SampleBlob>>): Promise<void> {
  const manifests = Object.entries(roots).map(([name, { descriptor }]) => ({
    ...descriptor,
    annotations: { 'org.opencontainers.image.ref.name': name },
  }));
  await writeFile(join(store.directory, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests }));
}

async function pushImage(store: Store, image: Image): Promise<Image> {
  for (const blob of image.blobs) await pushBlob(store, blob);
  return image;
}

function indexOf(...images: readonly Image[]): SampleBlob {
  const manifests = images.map(({ manifest }) => manifest.descriptor);
  return sampleBlob(
    JSON.stringify({ schemaVersion: 2, mediaType: mediaType.ociIndex, manifests }),
    mediaType.ociIndex,
  );
}

/** An image as far as its manifest goes, with a config that cannot be read. */
async function pushOddConfig(store: Store, config: string): Promise<SampleBlob> {
  const odd = sampleBlob(config, mediaType.ociConfig);
  const manifest = sampleBlob(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: mediaType.ociManifest,
      config: odd.descriptor,
      layers: [],
    }),
    mediaType.ociManifest,
  );
  for (const blob of [odd, manifest]) await pushBlob(store, blob);
  return manifest;
}

const whole = 'example.com/whole:1';
const broken = 'example.com/broken:1';

describe('repairing a store that other tools wrote to', function () {
  this.timeout(60_000);

  async function assertRepaired(
    prepare: (store: Store) => Promise<Readonly<Record<string, SampleBlob>>>,
    left: readonly string[],
  ): Promise<void> {
    await using folder = await temporaryFolder();
    await using store = new Store({ directory: folder.path });
    await layoutOf(store, await prepare(store));
    const strata = (...verb: string[]) => runInProcess(['--store', folder.path, 'store', ...verb]);
    assert.equal((await strata('verify')).code, 1);
    const repair = await strata('verify', '--repair');
    assert.equal(repair.code, 0, repair.stderr);
    assert.match(repair.stdout, /dropped/);
    const after = await strata('verify');
    assert.deepEqual([after.code, after.stdout], [0, 'Every byte matches its digest.\n']);
    const names = (await new Store({ directory: folder.path }).entries()).map(({ name }) => name);
    assert.deepEqual(names, left);
  }

  it('drops an index of which a platform that is not the host’s lacks a layer', () =>
    assertRepaired(
      async (store) => {
        const one = await pushImage(store, sampleImage(['one']));
        const other = await pushImage(store, sampleImage(['other'], { os: 'linux', architecture: 's390x' }));
        const index = indexOf(one, other);
        await pushBlob(store, index);
        for (const { descriptor } of other.layers) await rm(store.blobPath(descriptor.digest));
        return { [whole]: one.manifest, [broken]: index };
      },
      [whole],
    ));

  const configs: readonly [what: string, config: string][] = [
    [
      'a config with an unknown digest algorithm',
      '{"os":"linux","architecture":"amd64","rootfs":{"type":"layers","diff_ids":["md5:0"]}}',
    ],
    ['a config above the limit', JSON.stringify({ comment: 'x'.repeat(5_000_000) })],
  ];
  for (const [what, config] of configs) {
    it(`is not kept from it by ${what}, whose bytes are whole`, () =>
      assertRepaired(
        async (store) => {
          const damaged = await pushImage(store, sampleImage(['layer']));
          for (const { descriptor } of damaged.layers)
            await writeFile(store.blobPath(descriptor.digest), 'LAYER');
          return { [whole]: await pushOddConfig(store, config), [broken]: damaged.manifest };
        },
        [whole],
      ));
  }

  it('drops a root of an unknown type that is nested without end', () =>
    assertRepaired(async (store) => {
      const deep = sampleBlob(`{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`, 'application/x-unknown');
      await pushBlob(store, deep);
      return { [broken]: deep };
    }, []));

  it('finds no fault with what an artefact of an unknown type names, and keeps it', async () => {
    await using folder = await temporaryFolder();
    await using store = new Store({ directory: folder.path });
    const named = sampleBlob('payload');
    const artefact = sampleBlob(
      JSON.stringify({ parts: [{ digest: named.descriptor.digest }] }),
      'application/x-unknown',
    );
    for (const blob of [named, artefact]) await pushBlob(store, blob);
    await layoutOf(store, { [whole]: artefact });
    const { code, stderr } = await runInProcess(['--store', folder.path, 'store', 'verify', '--repair']);
    assert.deepEqual([code, stderr], [0, '']);
    await store.gc();
    assert.ok(existsSync(store.blobPath(named.descriptor.digest)));
  });
});
