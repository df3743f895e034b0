import assert from 'node:assert/strict';
import { isEngineError } from '../../../src/engine/errors.ts';
import { type DockerRegistry, startDockerRegistry } from '../../support/dockerRegistry.ts';
import { type Pusher, readWhole, startPusher } from '../../support/pushing.ts';
import { randomImage } from '../../support/randomImage.ts';
import { type CuttingProxy, startCuttingProxy } from '../../support/registryFaults/cuttingProxy.ts';

const kilobyte = 1024;
const [image] = randomImage(['a', 'b', 'c'], 40 * kilobyte).manifests;
assert.ok(image);
const { digest } = image.descriptor;
/** Places along the bytes of a whole push, which are measured first. */
const steps = 16;

describe('a push whose connections break', function () {
  this.timeout(120_000);
  let registry: DockerRegistry;
  let proxy: CuttingProxy;
  let pusher: Pusher;
  let total = 0;
  const repository = (part: number, kind: string) => `acme/${kind}${part}`;
  const name = (host: string, path: string) => `${host}/${path}:1`;

  before(async () => {
    registry = await startDockerRegistry();
    proxy = await startCuttingProxy(registry.host);
    const all = Array.from({ length: steps + 1 }, (_, part) => part);
    const paths = all.flatMap((part) => [repository(part, 'once'), repository(part, 'dead')]);
    pusher = await startPusher(
      image,
      [...paths, 'acme/whole', 'acme/first'].map((path) => name(proxy.host, path)),
    );
    // The first connection of all finds out that there is no TLS.
    await pusher.push(name(proxy.host, 'acme/first'));
    await pusher.engine.remove(name(proxy.host, 'acme/first'));
    await proxy.restore();
  });
  after(async () => {
    await pusher[Symbol.asyncDispose]();
    await proxy[Symbol.asyncDispose]();
    await registry[Symbol.asyncDispose]();
  });

  /** Repositories know nothing of each other here, or the blobs would be mounted. */
  async function pushAlone(path: string): Promise<void> {
    try {
      const { done } = await pusher.push(name(proxy.host, path));
      assert.equal(done.digest, digest);
    } finally {
      await forgetPlaces();
    }
  }

  async function forgetPlaces(): Promise<void> {
    for (const { repoDigests } of await pusher.engine.images()) {
      for (const known of repoDigests) {
        await pusher.engine.remove(`${known.registry}/${known.repository}@${known.digest}`);
      }
    }
  }

  it('goes through where nothing breaks', async () => {
    await pushAlone('acme/whole');
    total = proxy.sent;
    assert.ok(total > 120 * kilobyte, `${total} bytes`);
    assert.equal(await readWhole(name(registry.host, 'acme/whole')), digest);
  });

  for (let part = 0; part < steps; part++) {
    it(`goes through where they break once, at ${part}/${steps} of its bytes`, async () => {
      proxy.cutAfter(Math.floor((total * part) / steps) + part);
      await pushAlone(repository(part, 'once'));
      assert.equal(await readWhole(name(registry.host, repository(part, 'once'))), digest);
    });
  }

  for (let part = 0; part <= steps; part += 4) {
    it(`shows no tag before all is there where the registry is gone at ${part}/${steps}, and is finished by the next`, async () => {
      const path = repository(part, 'dead');
      proxy.cutAfter(Math.floor((total * part) / steps) - part, { dead: true });
      await assert.rejects(pushAlone(path), (error) => isEngineError(error, 'Offline'));
      const shown = await readWhole(name(registry.host, path));
      assert.ok(shown === undefined || shown === digest);
      if (part < steps) assert.equal(shown, undefined);
      await proxy.restore();
      await pushAlone(path);
      assert.equal(await readWhole(name(registry.host, path)), digest);
    });
  }
});
