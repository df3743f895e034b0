import assert from 'node:assert/strict';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { mediaType } from '../../../src/engine/oci/mediaType.ts';
import { Store } from '../../../src/engine/store/store.ts';
import { run } from '../../support/realParts/command.ts';
import { skopeo } from '../../support/realParts/skopeo.ts';
import { requirePart } from '../../support/requirePart.ts';
import { hasCommand } from '../../support/running/command.ts';
import {
  addImage,
  pushBlob,
  sampleBlob,
  sampleImage,
  temporaryFolder,
} from '../../support/store/sampleStore.ts';

describe('other tools and the store', function () {
  this.timeout(60_000);

  before(function () {
    requirePart(this, 'skopeo', hasCommand('skopeo'));
  });

  it('skopeo reads every image that we wrote', async () => {
    await using folder = await temporaryFolder();
    const directory = join(folder.path, 'store');
    const store = new Store({ directory });
    const names = ['docker.io/library/alpine:latest', '127.0.0.1:5000/acme/app:1.0'];
    for (const [number, name] of names.entries()) {
      const image = await addImage(store, ['base', `layer ${number}`], name);
      const seen = JSON.parse(await skopeo(['inspect', `oci:${directory}:${name}`]));
      assert.equal(seen.Digest, image.manifest.digest);
      assert.deepEqual(
        seen.Layers,
        image.layers.map(({ digest }) => digest),
      );
      const copy = join(folder.path, `copy${number}`);
      await skopeo(['copy', '--preserve-digests', `oci:${directory}:${name}`, `dir:${copy}`]);
      assert.deepEqual(
        await readFile(join(copy, 'manifest.json')),
        Buffer.from(await store.readBlob(image.manifest, 10_000)),
      );
    }
  });

  it('we read, tag and keep what skopeo adds to our store', async () => {
    await using folder = await temporaryFolder();
    const [ours, theirs] = [join(folder.path, 'ours'), join(folder.path, 'theirs')];
    const store = new Store({ directory: ours });
    await addImage(store, ['base', 'ours'], 'example.com/ours:1');
    const source = new Store({ directory: theirs });
    const { manifest, config } = await addImage(source, ['base', 'theirs'], 'example.com/theirs:1');
    await skopeo([
      'copy',
      '--preserve-digests',
      `oci:${theirs}:example.com/theirs:1`,
      `oci:${ours}:v1.0-theirs`,
    ]);

    assert.deepEqual(
      (await store.entries()).map(({ name }) => name),
      ['example.com/ours:1', 'v1.0-theirs'],
    );
    const entry = (await store.entries())[1];
    assert.ok(entry);
    assert.equal(entry.descriptor.digest, manifest.digest);
    assert.equal((await store.describe(entry))?.id, config.digest);
    await store.tag(entry.descriptor, 'example.com/copied:1');
    assert.deepEqual((await store.gc()).blobs, []);
    assert.deepEqual(await store.verify(), []);
    for (const name of ['v1.0-theirs', 'example.com/copied:1', 'example.com/ours:1']) {
      await skopeo(['inspect', `oci:${ours}:${name}`]);
    }
  });

  it('we read what umoci wrote, and change nothing of it when only reading', async function () {
    requirePart(this, 'umoci', hasCommand('umoci'));
    await using folder = await temporaryFolder();
    const layout = join(folder.path, 'layout');
    const content = join(folder.path, 'content');
    await mkdir(content);
    await run('umoci', ['init', '--layout', layout]);
    await run('umoci', ['new', '--image', `${layout}:made`]);
    await run('umoci', ['insert', '--rootless', '--image', `${layout}:made`, content, '/content']);
    const before = (await readdir(layout, { recursive: true })).sort();
    const store = new Store({ directory: layout, readOnly: true });
    const made = (await store.entries()).find(({ name }) => name === 'made');
    assert.ok(made);
    const described = await store.describe(made);
    assert.equal(described?.manifest.layers.length, 1);
    assert.equal(described?.platform.os, 'linux');
    assert.deepEqual(await store.verify(), []);
    assert.equal((await store.usage()).images, 1);
    assert.deepEqual((await readdir(layout, { recursive: true })).sort(), before);
  });

  it('manifests in the Docker format keep their bytes and type', async () => {
    await using folder = await temporaryFolder();
    const store = new Store({ directory: join(folder.path, 'store') });
    const layer = sampleBlob(gzipSync('layer'), mediaType.dockerLayerGzip);
    const { config } = sampleImage([]);
    const manifest = sampleBlob(
      JSON.stringify({
        schemaVersion: 2,
        mediaType: mediaType.dockerManifest,
        config: { ...config.descriptor, mediaType: mediaType.dockerConfig },
        layers: [layer.descriptor],
      }),
      mediaType.dockerManifest,
    );
    for (const blob of [layer, config, manifest]) await pushBlob(store, blob);
    await store.tag(manifest.descriptor, 'example.com/docker:1');
    const [entry] = await store.entries();
    assert.equal(entry?.descriptor.mediaType, mediaType.dockerManifest);
    assert.equal(entry?.imageId, config.descriptor.digest);
    assert.deepEqual(await readFile(store.blobPath(manifest.descriptor.digest)), Buffer.from(manifest.bytes));
  });
});
