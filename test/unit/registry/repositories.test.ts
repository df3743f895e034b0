import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { canonicalName } from '../../../src/engine/oci/reference.ts';
import { dockerConfigRegistries } from '../../../src/engine/registry/dockerCredentials.ts';
import { parseRegistryPlace } from '../../../src/engine/registry/registryPlace.ts';
import { startFakeCatalog } from '../../support/fakeCatalog.ts';
import { replyError, replyJson, startFaultServer } from '../../support/registryFaults/faultServer.ts';
import { collect, testClient } from '../../support/registryFaults/testClient.ts';

describe('the repositories of a registry', () => {
  it('come from its catalogue, in the namespace alone where there is one', async () => {
    await using server = await startFakeCatalog({
      repositories: ['acme/app', 'acme/web', 'acmetwo/app', 'Not/A-Name', 'other/app'],
    });
    await using client = testClient();
    const names = async (namespace: string) =>
      (await collect(client.repositories(parseRegistryPlace(server.host + namespace)))).map(
        ({ repository }) => repository,
      );
    assert.deepEqual(await names(''), ['acme/app', 'acme/web', 'acmetwo/app', 'other/app']);
    assert.deepEqual(await names('/acme'), ['acme/app', 'acme/web']);
  });

  it('are unsupported of all of Docker Hub, which nobody is asked for', async () => {
    await using server = await startFaultServer(() => undefined);
    await using client = testClient({ hubSearch: server.origin });
    await assert.rejects(collect(client.repositories({ registry: 'docker.io' })), { reason: 'Unsupported' });
    assert.equal(server.requests.length, 0);
  });

  it('come page by page of a namespace of Docker Hub, with nobody signed in', async () => {
    await using server = await startFaultServer(({ url, headers }, response) => {
      const { pathname, searchParams } = new URL(url, 'http://hub.invalid');
      const page = Number(searchParams.get('page'));
      assert.equal(headers.authorization, undefined);
      if (pathname !== '/v2/namespaces/library/repositories') return replyError(response, 404, 'NOT_FOUND');
      const next = page < 3 ? 'https://elsewhere.invalid/next' : null;
      replyJson(response, 200, { next, results: [{ name: `image-${page}` }] });
    });
    await using client = testClient({
      hubSearch: server.origin,
      signIn: { kind: 'password', username: 'ann', password: 'secret' },
    });
    const found = await collect(client.repositories({ registry: 'docker.io', namespace: 'library' }));
    assert.deepEqual(found.map(canonicalName), [
      'docker.io/library/image-1',
      'docker.io/library/image-2',
      'docker.io/library/image-3',
    ]);
    const none = collect(client.repositories({ registry: 'docker.io', namespace: 'nobody' }));
    await assert.rejects(none, { reason: 'NotFound', message: /no namespace "nobody"/ });
  });
});

describe('the registries of Docker’s configuration', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'strata-config-'));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it('are none where there is no file', async () => {
    assert.deepEqual(await dockerConfigRegistries(path.join(folder, 'absent')), []);
  });

  it('are the hosts that it has sign-ins and helpers for', async () => {
    const config = {
      auths: { 'https://index.docker.io/v1/': {}, 'https://ghcr.io/v2/': {}, 'not a host!': {} },
      credHelpers: { '127.0.0.1:5000': 'x', 'ghcr.io': 'y' },
    };
    await writeFile(path.join(folder, 'config.json'), JSON.stringify(config));
    assert.deepEqual(await dockerConfigRegistries(folder), ['127.0.0.1:5000', 'docker.io', 'ghcr.io']);
  });
});
