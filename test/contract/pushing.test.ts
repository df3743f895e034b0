import assert from 'node:assert/strict';
import { mediaType } from '../../src/engine/oci/mediaType.ts';
import { canonicalReference, parseReference, withTag } from '../../src/engine/oci/reference.ts';
import { type DockerRegistry, startDockerRegistry } from '../support/dockerRegistry.ts';
import { readWhole, startPusher } from '../support/pushing.ts';
import { randomImage } from '../support/randomImage.ts';
import { skopeoInspect } from '../support/realParts/skopeo.ts';
import { startPushWorld } from '../support/registryFaults/pushWorld.ts';
import { type BuiltManifest, jsonBlob } from '../support/sampleRegistry/imageBuilder.ts';
import { sampleImages } from '../support/sampleRegistry/sampleImages.ts';

const runnable = sampleImages().flatMap(({ repository, tags, image }) => {
  const manifest = image.manifests.find(({ descriptor: { platform } }) => platform?.architecture === 'amd64');
  return manifest ? [{ repository, tag: tags[0] ?? '', manifest }] : [];
});

/** The image with its lowest layer one that only its maker may distribute. */
function withForeignLayer(): BuiltManifest {
  const [image] = randomImage(['foreign', 'own'], 1000).manifests;
  assert.ok(image);
  const document = JSON.parse(image.bytes.toString());
  document.mediaType = mediaType.dockerManifest;
  document.config.mediaType = mediaType.dockerConfig;
  const [lowest] = document.layers;
  Object.assign(lowest, {
    mediaType: mediaType.dockerForeignLayerGzip,
    urls: ['https://example.com/foreign.tar.gz'],
  });
  const { bytes, descriptor } = jsonBlob(mediaType.dockerManifest, document);
  return { ...image, bytes, descriptor: { ...image.descriptor, ...descriptor } };
}

describe("a push to Docker's own registry", function () {
  this.timeout(60_000);
  let registry: DockerRegistry;

  before(async () => {
    registry = await startDockerRegistry();
  });
  after(() => registry[Symbol.asyncDispose]());

  for (const { repository, tag, manifest } of runnable) {
    it(`gives ${repository}:${tag} the digest that it had, as skopeo sees it`, async () => {
      const name = `${registry.host}/${repository}:${tag}`;
      await using pusher = await startPusher(manifest, [name]);
      const { done } = await pusher.push(name);
      assert.equal(done.digest, manifest.descriptor.digest);
      assert.equal(done.size, manifest.bytes.length);
      assert.equal((await skopeoInspect(name)).Digest, manifest.descriptor.digest);
    });
  }

  const [first] = runnable;
  assert.ok(first);

  it('has the store know the image by its digest there, as Docker does', async () => {
    const name = `${registry.host}/acme/known:1`;
    await using pusher = await startPusher(first.manifest, [name, 'acme/local']);
    await pusher.push(name);
    const [image, ...others] = await pusher.engine.images();
    assert.deepEqual(others, []);
    assert.deepEqual(image?.repoDigests.map(canonicalReference), [
      `${registry.host}/acme/known@${first.manifest.descriptor.digest}`,
    ]);
    assert.equal(image?.tags.length, 2);
  });

  const missing = [
    [
      'a repository that the store does not have',
      'acme/nothing:1',
      /^An image does not exist locally with the tag: HOST\/acme\/nothing$/,
    ],
    ['a tag that the store does not have', 'acme/there:2', /^tag does not exist: HOST\/acme\/there:2$/],
  ] as const;
  for (const [what, name, message] of missing) {
    it(`refuses ${what} in Docker's words`, async () => {
      await using pusher = await startPusher(first.manifest, [`${registry.host}/acme/there:1`]);
      const reference = withTag(parseReference(`${registry.host}/${name}`), name.split(':')[1] ?? '');
      const events = pusher.engine.push(reference);
      await assert.rejects(events.next(), (error: Error) => {
        assert.match(error.message.replace(registry.host, 'HOST'), message);
        return true;
      });
    });
  }

  it('leaves foreign layers where they are', async () => {
    await using world = await startPushWorld();
    const name = `${world.host}/acme/foreign:1`;
    const manifest = withForeignLayer();
    await using pusher = await startPusher(manifest, [name]);
    const { done, layers } = await pusher.push(name);
    assert.equal(done.digest, manifest.descriptor.digest);
    assert.deepEqual(layers.toSorted(), ['complete', 'skipped']);
    const [, foreign] = manifest.blobs;
    const answer = await fetch(`http://${world.host}/v2/acme/foreign/blobs/${foreign?.descriptor.digest}`);
    assert.equal(answer.status, 404);
  });

  it('brings the very image back', async () => {
    const name = `${registry.host}/acme/back:1`;
    await using pusher = await startPusher(first.manifest, [name]);
    await pusher.push(name);
    assert.equal(await readWhole(name), first.manifest.descriptor.digest);
    await pusher.engine.remove(name, { force: true });
    for await (const _ of pusher.engine.pull(parseReference(name)));
    const image = await pusher.engine.image(name);
    assert.equal(image.manifest.digest, first.manifest.descriptor.digest);
  });
});
