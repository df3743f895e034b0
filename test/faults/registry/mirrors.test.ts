import assert from 'node:assert/strict';
import { parseReference, tagOrDigest } from '../../../src/engine/oci/reference.ts';
import type { RegistryOptions } from '../../../src/engine/registry/registryClient.ts';
import { type FaultHandler, reply, startFaultServer } from '../../support/registryFaults/faultServer.ts';
import { bytesOf, testClient } from '../../support/registryFaults/testClient.ts';
import { type SampleRegistry, startSampleRegistry } from '../../support/sampleRegistry/start.ts';

describe('a mirror of a registry', () => {
  let registry: SampleRegistry;
  before(async () => {
    registry = await startSampleRegistry();
  });
  after(() => registry.close());

  const reference = () => parseReference(`${registry.host}/acme/base:1.0`);
  const client = (mirrors: readonly string[], options: Partial<RegistryOptions> = {}) =>
    testClient({ mirrors: new Map([[registry.host, mirrors]]), ...options });

  it('is asked in the place of the registry, and only its own credentials are sent to it', async () => {
    await using other = await startSampleRegistry();
    const asked: string[] = [];
    const mirrors = new Map([['gone.invalid', [other.host]]]);
    await using mirrored = testClient({
      mirrors,
      credentials: async (host) => {
        asked.push(host);
        return undefined;
      },
    });
    const repository = mirrored.repository(parseReference('gone.invalid/acme/base:1.0'));
    const { descriptor, bytes } = await repository.fetchManifest('1.0');
    assert.equal((await repository.resolve('1.0')).digest, descriptor.digest);
    assert.deepEqual(await bytesOf(repository.fetch(descriptor)), Buffer.from(bytes));
    assert.deepEqual([...mirrored.requestCounts().keys()], [other.host]);
    assert.ok(!asked.includes('gone.invalid'), asked.join());
  });

  const failures: readonly (readonly [what: string, handler: FaultHandler])[] = [
    ['has nothing', (_, response) => reply(response, 404)],
    ['wants a sign-in', (_, response) => reply(response, 401, { 'WWW-Authenticate': 'Basic realm="m"' })],
    ['answers nonsense', (_, response) => reply(response, 200, { 'Content-Type': 'text/html' }, '<p>')],
    [
      'has other bytes under the digest',
      (_, response) =>
        reply(response, 200, { 'Content-Type': 'application/vnd.oci.image.manifest.v1+json' }, '{}'),
    ],
  ];
  for (const [what, handler] of failures) {
    it(`that ${what} costs nothing but the question`, async () => {
      await using mirror = await startFaultServer(handler);
      await using mirrored = client([mirror.host]);
      await using plain = testClient();
      const expected = await plain.repository(reference()).resolve(tagOrDigest(reference()));
      const found = await mirrored.repository(reference()).fetchManifest(expected.digest);
      assert.equal(found.descriptor.digest, expected.digest);
      assert.ok(mirror.requests.length > 0);
    });
  }

  it('is never written to', async () => {
    await using mirror = await startFaultServer((_, response) => reply(response, 404));
    await using mirrored = client([mirror.host]);
    const repository = mirrored.repository(reference());
    const { descriptor } = await repository.fetchManifest('1.0');
    await repository.tag(descriptor, 'mirrored');
    await repository.untag('mirrored');
    assert.ok(mirror.requests.every(({ method }) => method === 'GET' || method === 'HEAD'));
  });

  it('hands a cancel on at once', async () => {
    await using mirror = await startFaultServer(() => undefined);
    await using mirrored = client([mirror.host]);
    const resolving = mirrored.repository(reference()).resolve('1.0', AbortSignal.timeout(100));
    await assert.rejects(resolving, { reason: 'Cancelled' });
  });
});
