import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ImageEngine } from '../../src/engine/imageEngine.ts';
import { parsePlatform } from '../../src/engine/oci/platform.ts';
import { parseName, parseReference } from '../../src/engine/oci/reference.ts';
import type { RequestRecord } from '../../src/engine/registry/transport.ts';
import type { CopyOptions } from '../../src/engine/transfer/copy.ts';
import { type DockerRegistry, startDockerRegistry } from '../support/dockerRegistry.ts';
import { outcomeOf } from '../support/pushing.ts';
import { skopeo, skopeoInspect } from '../support/realParts/skopeo.ts';
import { sampleImages } from '../support/sampleRegistry/sampleImages.ts';
import { type SampleRegistry, startSampleRegistry } from '../support/sampleRegistry/start.ts';

const images = sampleImages().map(({ repository, tags, image }) => ({
  repository,
  tag: tags[0] ?? '',
  image,
}));

describe('a copy between registries', function () {
  this.timeout(60_000);
  let sample: SampleRegistry;
  let docker: DockerRegistry;
  let folder: string;
  let engine: ImageEngine;
  let requests: RequestRecord[] = [];

  before(async () => {
    [sample, docker] = await Promise.all([startSampleRegistry(), startDockerRegistry()]);
    folder = await mkdtemp(path.join(tmpdir(), 'strata-copy-'));
    engine = newEngine(path.join(folder, 'store'));
  });
  after(async () => {
    await engine[Symbol.asyncDispose]();
    await docker[Symbol.asyncDispose]();
    await sample.close();
    await rm(folder, { recursive: true, force: true });
  });
  beforeEach(() => {
    requests = [];
  });

  const newEngine = (storeDirectory: string) =>
    new ImageEngine({
      storeDirectory,
      workerFile: new URL('../../src/engine/layers/layerWorker.ts', import.meta.url),
      credentials: async () => undefined,
      userAgent: 'strata-tests',
      onRequest: (record) => requests.push(record),
    });
  const copy = (source: string, target: string, options: CopyOptions = {}) =>
    outcomeOf(engine.copy(parseReference(source), parseName(target), options));
  /** A repository that nobody has. */
  const fresh = (host: string) => `${host}/copied/${randomBytes(6).toString('hex')}`;
  const sent = (method: string, part: string) =>
    requests.filter((request) => request.method === method && request.url.includes(part));

  for (const { repository, tag, image } of images) {
    it(`keeps every byte of ${repository}:${tag}, there and back`, async () => {
      const there = `${fresh(docker.host)}:${tag}`;
      const back = `${fresh(sample.host)}:${tag}`;
      const first = await copy(`${sample.host}/${repository}:${tag}`, there);
      assert.equal(first.done.digest, image.descriptor.digest);
      assert.equal((await copy(there, back)).done.digest, image.descriptor.digest);
      const parts = image.manifests.filter(({ descriptor }) => descriptor.digest !== image.descriptor.digest);
      for (const { descriptor } of parts) {
        const [name] = back.split(/:[^:/]+$/);
        const found = await engine.manifest(parseReference(`${name}@${descriptor.digest}`));
        assert.equal(found.descriptor.digest, descriptor.digest);
      }
    });
  }

  it('is what skopeo finds and copies on', async () => {
    const target = `${fresh(docker.host)}:2.0.0`;
    const { done } = await copy(`${sample.host}/acme/web:2.0.0`, target);
    assert.equal((await skopeoInspect(target)).Digest, done.digest);
    const to = path.join(folder, 'skopeo');
    await skopeo(['copy', '--all', '--src-tls-verify=false', `docker://${target}`, `dir:${to}`]);
  });

  it('takes one platform where one is asked for', async () => {
    const arm = parsePlatform('linux/arm64');
    const source = `${sample.host}/acme/web:2.0.0`;
    const target = `${fresh(docker.host)}:arm`;
    const { done } = await copy(source, target, { platform: arm });
    const expected = await engine.manifest(parseReference(source), { platform: arm });
    assert.equal(done.digest, expected.descriptor.digest);
    assert.equal((await skopeoInspect(target)).Architecture, 'arm64');
  });

  it('says which platforms there are where the one asked for is not', async () => {
    const s390x = parsePlatform('linux/s390x');
    const rejected = copy(`${sample.host}/acme/web:2.0.0`, `${fresh(docker.host)}:1`, { platform: s390x });
    await assert.rejects(rejected, { reason: 'NoSuchPlatform' });
  });

  it('moves no byte of a blob within a registry', async () => {
    const source = `${fresh(docker.host)}:1`;
    await copy(`${sample.host}/acme/web:2.0.0`, source);
    requests = [];
    const { layers } = await copy(source, `${fresh(docker.host)}:1`);
    assert.ok(layers.every((layer) => layer.startsWith('mounted copied/')));
    assert.deepEqual(sent('GET', '/blobs/'), []);
    assert.deepEqual(sent('PUT', '/blobs/'), []);
  });

  it('gives a tag within a repository without a question for its source', async () => {
    const repository = fresh(docker.host);
    const { done } = await copy(`${sample.host}/acme/web:2.0.0`, `${repository}:1`);
    requests = [];
    const { layers } = await copy(`${repository}:1`, `${repository}:2`);
    assert.ok(layers.every((layer) => layer === 'exists'));
    assert.equal((await engine.resolve(parseReference(`${repository}:2`))).digest, done.digest);
    assert.deepEqual(sent('POST', ''), []);
  });

  it('sends nothing of what is there, save the tag', async () => {
    const target = `${fresh(docker.host)}:1`;
    await copy(`${sample.host}/acme/web:2.0.0`, target);
    requests = [];
    await copy(`${sample.host}/acme/web:2.0.0`, target);
    assert.equal(sent('PUT', '').length, 1);
    assert.deepEqual(sent('POST', ''), []);
  });

  it('goes by digest alone where neither end has a tag', async () => {
    const { digest } = await engine.resolve(parseReference(`${sample.host}/acme/web:2.0.0`));
    const repository = fresh(docker.host);
    const { done } = await copy(`${sample.host}/acme/web@${digest}`, repository);
    assert.equal(done.digest, digest);
    const tags: string[] = [];
    await assert.rejects(async () => {
      for await (const tag of engine.tags(parseName(repository))) tags.push(tag);
    });
    assert.deepEqual(tags, []);
    const found = await engine.resolve(parseReference(`${repository}@${digest}`));
    assert.equal(found.digest, digest);
  });

  it('leaves nothing on the disk', async () => {
    await using other = newEngine(path.join(folder, 'untouched'));
    const target = parseName(`${fresh(docker.host)}:1`);
    await outcomeOf(other.copy(parseReference(`${sample.host}/acme/web:2.0.0`), target));
    await assert.rejects(readdir(path.join(folder, 'untouched')), { code: 'ENOENT' });
  });
});
