import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ImageEngine } from '../../src/engine/imageEngine.ts';
import { parsePlatform } from '../../src/engine/oci/platform.ts';
import { canonicalReference, parseReference } from '../../src/engine/oci/reference.ts';
import { skopeo } from '../support/realParts/skopeo.ts';
import { moveTag } from '../support/sampleRegistry/moveTag.ts';
import { sampleImages } from '../support/sampleRegistry/sampleImages.ts';
import { type SampleRegistry, startSampleRegistry } from '../support/sampleRegistry/start.ts';

const platform = parsePlatform('linux/amd64');
const references = sampleImages().flatMap(({ repository, tags, image }) =>
  tags.map((tag) => ({ name: `${repository}:${tag}`, image })),
);

describe('the engine and the sample registry', function () {
  this.timeout(60_000);
  let registry: SampleRegistry;
  let folder: string;
  let engine: ImageEngine;
  before(async () => {
    registry = await startSampleRegistry();
    folder = await mkdtemp(path.join(tmpdir(), 'strata-sample-pull-'));
    engine = new ImageEngine({
      storeDirectory: path.join(folder, 'store'),
      workerFile: new URL('../../src/engine/layers/layerWorker.ts', import.meta.url),
      credentials: async () => undefined,
      userAgent: 'strata-test',
    });
  });
  after(async () => {
    await engine[Symbol.asyncDispose]();
    await registry.close();
    await rm(folder, { recursive: true, force: true });
  });

  const pull = async (name: string) => {
    const events = engine.pull(parseReference(`${registry.host}/${name}`), { platform });
    for await (const event of events) if (event.kind === 'done') return event;
    throw new Error(`the pull of ${name} ended without an end`);
  };
  const paths = async (name: string) => {
    const image = await engine.image(`${registry.host}/${name}`);
    return new Map([...(await engine.files(image))].map((row) => [row.path, row]));
  };

  for (const { name, image } of references) {
    it(`pulls ${name}`, async () => {
      assert.equal((await pull(name)).digest, image.descriptor.digest);
      assert.ok((await paths(name)).size > 10);
    });
  }

  it('refuses a signature, which is no image', async () => {
    const tags = sampleImages().flatMap(({ referrers = [] }) => referrers.flatMap(({ tag }) => tag ?? []));
    assert.equal(tags.length, 1);
    await assert.rejects(pull(`acme/api:${tags[0]}`), {
      reason: 'Unsupported',
      message: /\.sig is no image$/,
    });
  });

  it('shows the files that a container would see', async () => {
    const files = await paths('acme/web:2.0.0');
    const row = (name: string) => files.get(name);
    assert.equal(row('/etc/motd'), undefined);
    assert.equal(row('/root/.npm/_cacache'), undefined);
    assert.equal(row('/var/cache/web/warm'), undefined);
    assert.equal(row('/var/cache/web/ready')?.size, 6);
    assert.equal(row('/srv/web/public/app.2.0.0.css')?.linkName, '/srv/web/public/app.css');
    assert.equal(row('/usr/local/bin/web')?.linkName, '/srv/web/bin/web.mjs');
    assert.equal(row('/srv/web/bin/web.mjs')?.uid, 1000);
    assert.equal(row('/srv/web/public/Änderungen.txt')?.type, 'file');
  });

  it('holds what skopeo copies out by name', async () => {
    const oci = references.filter(({ name }) => !name.startsWith('acme/legacy:'));
    for (const { name, image } of oci) {
      const stored = canonicalReference(parseReference(`${registry.host}/${name}`));
      const copy = path.join(folder, name.replaceAll(/[/:]/g, '-'));
      await skopeo(['copy', `oci:${path.join(folder, 'store')}:${stored}`, `dir:${copy}`]);
      assert.deepEqual(await readFile(path.join(copy, 'manifest.json')), image.manifests[0]?.bytes);
    }
  });

  it('follows a tag that has moved', async () => {
    await moveTag(registry.host, 'acme/web', 'moving', '1.4.0');
    const before = await pull('acme/web:moving');
    await moveTag(registry.host, 'acme/web', 'moving', '2.0.0');
    const after = await pull('acme/web:moving');
    assert.notEqual(after.id, before.id);
    const image = await engine.image(`${registry.host}/acme/web:moving`);
    assert.equal(image.id, after.id);
  });

  it('finds every byte whole', async () => {
    assert.deepEqual(await engine.verify(), []);
  });
});
