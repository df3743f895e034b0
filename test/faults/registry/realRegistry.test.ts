import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { type EngineError, isEngineError } from '../../../src/engine/errors.ts';
import type { Descriptor } from '../../../src/engine/oci/descriptor.ts';
import { digestOf } from '../../../src/engine/oci/digest.ts';
import { mediaType } from '../../../src/engine/oci/mediaType.ts';
import { parseReference } from '../../../src/engine/oci/reference.ts';
import type { CredentialProvider } from '../../../src/engine/registry/credentials.ts';
import { RegistryClient } from '../../../src/engine/registry/registryClient.ts';
import type { RegistryRepository } from '../../../src/engine/registry/registryRepository.ts';
import {
  type DockerRegistry,
  startDockerRegistry,
  testAccount,
  testHtpasswd,
} from '../../support/dockerRegistry.ts';
import { bytesOf, collect } from '../../support/registryFaults/testClient.ts';

const userAgent = 'strata/test';

function clientWith(credentials: CredentialProvider = async () => undefined): RegistryClient {
  return new RegistryClient({ credentials, userAgent });
}

function blobOf(bytes: Uint8Array, type: string = mediaType.ociLayerGzip): Descriptor {
  return { mediaType: type, digest: digestOf(bytes), size: bytes.length };
}

async function pushBytes(
  repository: RegistryRepository,
  bytes: Uint8Array,
  type?: string,
): Promise<Descriptor> {
  const descriptor = blobOf(bytes, type);
  await repository.push(descriptor, Readable.from([bytes]));
  return descriptor;
}

/** A manifest of one random layer, under a tag. */
async function pushImage(
  repository: RegistryRepository,
  tag: string,
  layer: Uint8Array,
): Promise<Descriptor> {
  const config = await pushBytes(repository, Buffer.from('{}'), mediaType.ociConfig);
  const layers = [await pushBytes(repository, layer)];
  const manifest = { schemaVersion: 2, mediaType: mediaType.ociManifest, config, layers };
  const descriptor = await pushBytes(
    repository,
    Buffer.from(JSON.stringify(manifest)),
    mediaType.ociManifest,
  );
  await repository.tag(descriptor, tag);
  return descriptor;
}

describe('a real registry', function () {
  this.timeout(60_000);

  let registry: DockerRegistry;
  let client: RegistryClient;

  before(async () => {
    registry = await startDockerRegistry();
  });
  after(() => registry[Symbol.asyncDispose]());
  beforeEach(() => {
    client = clientWith();
  });
  afterEach(() => client[Symbol.asyncDispose]());

  const repository = (name: string) => client.repository(parseReference(`${registry.host}/${name}`));

  it('gives back what was pushed, byte for byte', async () => {
    const layer = randomBytes(3 * 1024 * 1024);
    const pushed = await pushImage(repository('acme/app'), '1.0', layer);
    const { descriptor, bytes } = await repository('acme/app').fetchManifest('1.0');
    assert.deepEqual(descriptor, pushed);
    assert.equal(digestOf(bytes), pushed.digest);
    assert.ok((await bytesOf(await repository('acme/app').fetch(blobOf(layer)))).equals(layer));
    assert.ok((await bytesOf(await repository('acme/app').fetchUnverified(blobOf(layer)))).equals(layer));
    assert.ok((await bytesOf(await repository('acme/app').fetch(pushed))).equals(bytes));
  });

  it('resolves a tag with one HEAD once it is known how to speak to it', async () => {
    const pushed = await pushImage(repository('acme/head'), 'latest', randomBytes(100));
    const before = client.requestCounts().get(registry.host) ?? 0;
    assert.deepEqual(await repository('acme/head').resolve('latest'), pushed);
    assert.deepEqual(await repository('acme/head').resolve(pushed.digest), pushed);
    assert.equal(client.requestCounts().get(registry.host), before + 2);
  });

  it('gives ranges of blobs and of manifests', async () => {
    const layer = randomBytes(100_000);
    const manifest = await pushImage(repository('acme/ranges'), 'latest', layer);
    const read = async (range: { offset: number; length?: number }) =>
      bytesOf(await repository('acme/ranges').fetch(blobOf(layer), range));
    assert.ok((await read({ offset: 500, length: 1000 })).equals(layer.subarray(500, 1500)));
    assert.ok((await read({ offset: 99_999 })).equals(layer.subarray(99_999)));
    assert.ok((await read({ offset: 0, length: 1 })).equals(layer.subarray(0, 1)));
    assert.equal((await read({ offset: 100_000 })).length, 0);
    const part = await bytesOf(await repository('acme/ranges').fetch(manifest, { offset: 1, length: 15 }));
    assert.equal(part.toString(), '"schemaVersion"');
  });

  it('gives an empty blob', async () => {
    const empty = await pushBytes(repository('acme/empty'), Buffer.alloc(0));
    assert.equal((await bytesOf(await repository('acme/empty').fetch(empty))).length, 0);
  });

  it('tells what exists from what does not', async () => {
    const manifest = await pushImage(repository('acme/exists'), 'latest', Buffer.from('layer'));
    assert.equal(await repository('acme/exists').exists(manifest), true);
    assert.equal(await repository('acme/exists').exists(blobOf(Buffer.from('layer'))), true);
    assert.equal(await repository('acme/exists').exists(blobOf(Buffer.from('other'))), false);
    assert.equal(
      await repository('acme/exists').exists(blobOf(Buffer.from('other'), mediaType.ociManifest)),
      false,
    );
  });

  it('lists tags and repositories', async () => {
    const tags = ['1.0', '1.1', 'latest'];
    for (const tag of tags) await pushImage(repository('acme/tags'), tag, Buffer.from('layer'));
    assert.deepEqual((await collect(repository('acme/tags').list())).sort(), tags);
    assert.ok((await collect(client.catalog(registry.host))).includes('acme/tags'));
  });

  it('mounts a blob from another repository', async () => {
    const blob = await pushBytes(repository('acme/from'), Buffer.from('mounted'));
    assert.equal(await repository('acme/into').mount(blob, 'acme/from'), true);
    assert.equal((await bytesOf(await repository('acme/into').fetch(blob))).toString(), 'mounted');
    assert.equal(await repository('acme/into').mount(blobOf(Buffer.from('nowhere')), 'acme/from'), false);
  });

  it('takes nothing that is not what its descriptor says', async () => {
    const right = Buffer.from('right content');
    for (const wrong of ['wrong content', 'short', 'much too long for it']) {
      const pushed = repository('acme/wrong').push(blobOf(right), Readable.from([Buffer.from(wrong)]));
      await assert.rejects(pushed, { reason: 'DigestMismatch' });
    }
    assert.equal(await repository('acme/wrong').exists(blobOf(right)), false);
  });

  it('says whether the repository or the tag is missing', async () => {
    await pushImage(repository('acme/known'), '1.0', Buffer.from('layer'));
    const cases: [() => Promise<unknown>, string][] = [
      [() => repository('acme/known').resolve('nope'), `${registry.host} has no tag "nope" in acme/known`],
      [
        () => repository('acme/unknown').fetchManifest('1.0'),
        `${registry.host} has no tag "1.0" in acme/unknown`,
      ],
      [
        () => repository('acme/known').fetch(blobOf(Buffer.from('none'))),
        `${registry.host} has no blob ${digestOf('none')} in acme/known`,
      ],
      [() => collect(repository('acme/unknown').list()), `${registry.host} has no repository "acme/unknown"`],
    ];
    for (const [call, message] of cases) {
      await assert.rejects(call(), (error: EngineError) => {
        assert.equal(error.message, message);
        return isEngineError(error, 'NotFound') && error.facts.status === 404;
      });
    }
  });
});

describe('a real registry that wants a password', function () {
  this.timeout(60_000);

  let registry: DockerRegistry;

  before(async () => {
    registry = await startDockerRegistry({ auth: { htpasswd: testHtpasswd } });
  });
  after(() => registry[Symbol.asyncDispose]());

  it('lets in who knows it, and is sent it along from then on', async () => {
    let asked = 0;
    await using client = clientWith(async () => {
      asked++;
      return { kind: 'password', ...testAccount };
    });
    const repository = client.repository(parseReference(`${registry.host}/acme/app`));
    const pushed = await pushImage(repository, '1.0', Buffer.from('layer'));
    assert.deepEqual(await repository.resolve('1.0'), pushed);
    assert.equal(asked, 1);
  });

  it('keeps out who does not', async () => {
    await using anonymous = clientWith();
    await using mistaken = clientWith(async () => ({
      kind: 'password',
      username: testAccount.username,
      password: 'byron',
    }));
    const reference = parseReference(`${registry.host}/acme/app`);
    await assert.rejects(anonymous.repository(reference).resolve('1.0'), {
      reason: 'Unauthorized',
      message: `${registry.host} wants a sign-in`,
    });
    await assert.rejects(mistaken.repository(reference).resolve('1.0'), (error: EngineError) => {
      assert.equal(error.message, `sign-in to ${registry.host} was refused: wrong user name or password`);
      assert.ok(!JSON.stringify(error.facts).includes('byron'));
      return error.reason === 'Unauthorized';
    });
  });
});
