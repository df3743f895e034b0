import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Dockerd, startDockerd } from '../support/realParts/dockerd.ts';
import { skopeo, skopeoInspect } from '../support/realParts/skopeo.ts';
import { moveTag } from '../support/sampleRegistry/moveTag.ts';
import { sampleImages } from '../support/sampleRegistry/sampleImages.ts';
import { type SampleRegistry, startSampleRegistry } from '../support/sampleRegistry/start.ts';

const images = sampleImages();
const references = images.flatMap(({ repository, tags, image }) =>
  tags.map((tag) => ({ name: `${repository}:${tag}`, image })),
);

describe('the sample registry and clients of others', function () {
  this.timeout(60_000);
  let registry: SampleRegistry;
  let folder: string;
  before(async () => {
    registry = await startSampleRegistry();
    folder = await mkdtemp(path.join(tmpdir(), 'strata-clients-'));
  });
  after(async () => {
    await registry.close();
    await rm(folder, { recursive: true, force: true });
  });

  describe('skopeo', () => {
    for (const { name, image } of references) {
      it(`copies ${name} with every platform, byte for byte`, async () => {
        const copy = path.join(folder, name.replaceAll(/[/:]/g, '-'));
        await skopeo([
          ...['copy', '--all', '--preserve-digests', '--src-tls-verify=false'],
          ...[`docker://${registry.host}/${name}`, `dir:${copy}`],
        ]);
        assert.deepEqual(await readFile(path.join(copy, 'manifest.json')), image.bytes);
      });
    }

    it('says the digest and the tags that we know', async () => {
      const { Digest, RepoTags, Layers } = await skopeoInspect(`${registry.host}/acme/web:2.0.0`);
      const expected = references.find(({ name }) => name === 'acme/web:2.0.0')?.image;
      assert.equal(Digest, expected?.descriptor.digest);
      assert.deepEqual(RepoTags, ['1.4', '1.4.0', '1.4.1', '2', '2.0.0', 'latest']);
      assert.equal(Layers.length, 8);
    });

    it('copies an image out to a layout and in under another name', async () => {
      const layout = `oci:${path.join(folder, 'layout')}:web`;
      const copy = `${registry.host}/copies/web:1`;
      await skopeo(['copy', '--all', '--src-tls-verify=false', `docker://${registry.host}/acme/web`, layout]);
      await skopeo(['copy', '--all', '--dest-tls-verify=false', layout, `docker://${copy}`]);
      const [original, copied] = await Promise.all(
        [`${registry.host}/acme/web`, copy].map((reference) => skopeoInspect(reference)),
      );
      assert.equal(copied?.Digest, original?.Digest);
    });

    it('deletes a manifest', async () => {
      const source = `docker://${registry.host}/acme/cron`;
      const copy = `docker://${registry.host}/copies/cron:1`;
      await skopeo(['copy', '--src-tls-verify=false', '--dest-tls-verify=false', source, copy]);
      await skopeo(['delete', '--tls-verify=false', copy]);
      await assert.rejects(skopeo(['inspect', '--tls-verify=false', copy]), /manifest unknown/);
    });

    it('sees that a tag has moved', async () => {
      const reference = `${registry.host}/acme/web:moving`;
      for (const version of ['1.4.0', '1.4.1']) {
        await moveTag(registry.host, 'acme/web', 'moving', version);
        const { Digest } = await skopeoInspect(reference);
        assert.equal(
          Digest,
          references.find(({ name }) => name === `acme/web:${version}`)?.image.descriptor.digest,
        );
      }
    });
  });

  describe('a Docker engine', () => {
    let engine: Dockerd;
    before(async function () {
      this.timeout(60_000);
      engine = await startDockerd();
    });
    after(() => engine.close());

    it('pulls images and runs what is in them', async () => {
      for (const name of ['acme/base:1.0', 'acme/base:1.1']) {
        await engine.docker(['pull', '--quiet', `${registry.host}/${name}`]);
      }
      const output = await engine.docker(['run', '--rm', '--network=none', `${registry.host}/acme/base:1.1`]);
      assert.match(output, /^hello from Acme Linux 1\.1 on /);
    });

    for (const name of [
      'acme/web:2.0.0',
      'acme/legacy:3.2',
      'acme/cron:2026.3',
      'acme/api:1.0.0',
      'acme/agent:6.0',
    ]) {
      it(`pulls ${name} and knows its digest`, async () => {
        const reference = `${registry.host}/${name}`;
        await engine.docker(['pull', '--quiet', '--platform=linux/amd64', reference]);
        const [details] = JSON.parse(await engine.docker(['image', 'inspect', reference]));
        const { image } = references.find((candidate) => candidate.name === name) ?? {};
        const [repository] = reference.split(/:(?=[^:/]+$)/);
        assert.deepEqual(details.RepoDigests, [`${repository}@${image?.descriptor.digest}`]);
        const config = image?.manifests[0]?.blobs[0]?.descriptor.digest;
        assert.equal(details.Id, config);
      });
    }

    it('pushes what it has under a new name', async () => {
      const copy = `${registry.host}/copies/base:docker`;
      await engine.docker(['tag', `${registry.host}/acme/base:1.0`, copy]);
      await engine.docker(['push', '--quiet', copy]);
      assert.deepEqual((await skopeoInspect(copy)).RepoTags, ['docker']);
    });
  });
});
