import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { canonicalName } from '../../../src/engine/oci/reference.ts';
import type { Credentials } from '../../../src/engine/registry/credentials.ts';
import type { RegistryClient } from '../../../src/engine/registry/registryClient.ts';
import { replyJson, type SeenRequest } from '../../support/registryFaults/faultServer.ts';
import { collect } from '../../support/registryFaults/testClient.ts';
import { startVendorSites, type VendorSites } from '../../support/vendorSites.ts';

const ann: Credentials = { kind: 'password', username: 'ann', password: 'secret' };

/** Docker Hub's site: who brings a token sees what is private too. */
function hub({ url, method, headers, body }: SeenRequest, response: ServerResponse) {
  if (url === '/v2/auth/token') {
    const { identifier, secret } = JSON.parse(body.toString());
    if (method !== 'POST' || identifier !== 'ann' || secret !== 'secret') return replyJson(response, 401, {});
    return replyJson(response, 200, { access_token: 'jwt' });
  }
  if (!url.startsWith('/v2/namespaces/')) return replyJson(response, 404, {});
  const isAnn = headers.authorization === 'Bearer jwt';
  const names = isAnn && url.includes('/ann/') ? ['open', 'private'] : ['open'];
  replyJson(response, 200, { next: null, results: names.map((name) => ({ name })) });
}

describe('a namespace of Docker Hub', () => {
  let sites: VendorSites;
  beforeEach(async () => {
    sites = await startVendorSites(['hub.docker.com', 'registry-1.docker.io'], hub);
  });
  afterEach(() => sites[Symbol.asyncDispose]());

  const listed = async (client: RegistryClient, namespace = 'ann') =>
    (await collect(client.repositories({ registry: 'docker.io', namespace }))).map(canonicalName);
  const signIns = () => sites.requests.filter(({ url }) => url === '/v2/auth/token');

  it('shows private repositories to who is signed in, for one token that is used again', async () => {
    await using client = sites.client({ 'docker.io': ann });
    assert.deepEqual(await listed(client), ['docker.io/ann/open', 'docker.io/ann/private']);
    assert.deepEqual(await listed(client), ['docker.io/ann/open', 'docker.io/ann/private']);
    assert.equal(signIns().length, 1);
    client.forget('docker.io');
    await listed(client);
    assert.equal(signIns().length, 2);
    assert.deepEqual([...new Set(sites.tunnels)], ['hub.docker.com:443'], 'nobody else is told');
  });

  it('shows what is public where there is no account, and to one that Docker Hub does not take', async () => {
    await using nobody = sites.client();
    assert.deepEqual(await listed(nobody), ['docker.io/ann/open']);
    assert.equal(signIns().length, 0);
    await using wrong = sites.client({ 'docker.io': { ...ann, password: 'no' } });
    assert.deepEqual(await listed(wrong), ['docker.io/ann/open']);
    assert.deepEqual(await listed(wrong), ['docker.io/ann/open']);
    assert.equal(signIns().length, 1, 'a wrong password is not tried again and again');
    await using token = sites.client({ 'docker.io': { kind: 'identityToken', token: 'x' } });
    assert.deepEqual(await listed(token), ['docker.io/ann/open']);
    assert.equal(signIns().length, 1);
  });

  it('of Docker’s own images asks for no account', async () => {
    await using client = sites.client({ 'docker.io': ann });
    assert.deepEqual(await listed(client, 'library'), ['docker.io/library/open']);
    assert.equal(signIns().length, 0);
  });
});
