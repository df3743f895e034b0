import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { canonicalName } from '../../../src/engine/oci/reference.ts';
import type { Credentials } from '../../../src/engine/registry/credentials.ts';
import { parseRegistryPlace } from '../../../src/engine/registry/registryPlace.ts';
import { replyJson, type SeenRequest } from '../../support/registryFaults/faultServer.ts';
import { collect } from '../../support/registryFaults/testClient.ts';
import { startVendorSites, type VendorSites } from '../../support/vendorSites.ts';

const api = 'api.github.com';
const token: Credentials = { kind: 'password', username: 'ann', password: 'ghp_good' };
const registrys: Credentials = { kind: 'password', username: 'ann', password: 'ghp_registry' };

const packages: Readonly<Record<string, readonly string[]>> = {
  '/orgs/acme': Array.from({ length: 130 }, (_, number) => `tool/app-${number}`),
  '/users/ann': ['notes'],
  '/user': ['notes', 'private'],
};

/** GitHub's API as far as packages go: three kinds of owner, a token that may and one that may not. */
function github({ url, headers }: SeenRequest, response: ServerResponse) {
  const { pathname, searchParams } = new URL(url, `https://${api}`);
  if (headers.host !== api) return replyJson(response, 404, { message: 'Not Found' });
  if (headers.authorization === 'Bearer ghp_narrow') return replyJson(response, 403, { message: 'scopes' });
  if (headers.authorization === 'Bearer ghp_tired')
    return replyJson(response, 403, {}, { 'X-RateLimit-Remaining': '0', 'X-RateLimit-Reset': '1893456000' });
  if (headers.authorization !== 'Bearer ghp_good') return replyJson(response, 401, { message: 'Bad' });
  const owner = pathname.replace(/\/packages$/, '');
  const names = packages[owner];
  if (!names || searchParams.get('package_type') !== 'container') return replyJson(response, 404, {});
  const page = Number(searchParams.get('page'));
  const login = owner === '/orgs/acme' ? 'Acme' : 'ann';
  const rows = names.slice((page - 1) * 100, page * 100).map((name) => ({ name, owner: { login } }));
  const isLast = page * 100 >= names.length;
  replyJson(response, 200, rows, isLast ? {} : { Link: '<https://elsewhere.invalid/?page=2>; rel="next"' });
}

describe('the packages of GitHub’s registry', () => {
  let sites: VendorSites;
  before(async () => {
    sites = await startVendorSites([api, 'ghcr.io'], github);
  });
  after(() => sites[Symbol.asyncDispose]());

  async function listed(place: string, signIns: Readonly<Record<string, Credentials>> = { [api]: token }) {
    await using client = sites.client(signIns);
    return (await collect(client.repositories(parseRegistryPlace(place)))).map(canonicalName);
  }

  it('are listed by GitHub’s API: of an organisation page by page, of a user, of whoever has the token', async () => {
    const tools = await listed('ghcr.io/acme');
    assert.equal(tools.length, 130);
    assert.equal(tools.at(-1), 'ghcr.io/acme/tool/app-129');
    assert.deepEqual(await listed('ghcr.io/ann'), ['ghcr.io/ann/notes']);
    assert.deepEqual(await listed('ghcr.io'), ['ghcr.io/ann/notes', 'ghcr.io/ann/private']);
    assert.deepEqual(await listed('ghcr.io/acme/tool/app-7'), ['ghcr.io/acme/tool/app-7']);
    assert.deepEqual([...new Set(sites.tunnels)], [`${api}:443`], 'nobody else is asked');
  });

  it('cost no request without a token for that host: the registry’s own is not sent there', async () => {
    const before = sites.requests.length;
    await assert.rejects(listed('ghcr.io/acme', { 'ghcr.io': registrys }), {
      reason: 'Unauthorized',
      facts: { registry: api, status: 401 },
    });
    assert.equal(sites.requests.length, before);
  });

  const refusals: readonly (readonly [what: string, password: string, reason: string, message: RegExp])[] = [
    ['a bad token', 'ghp_bad', 'Unauthorized', /did not take the token/],
    ['a token that may not read packages', 'ghp_narrow', 'Forbidden', /needs read:packages/],
    ['too many requests', 'ghp_tired', 'RateLimited', /limits requests/],
  ];
  for (const [what, password, reason, message] of refusals) {
    it(`say what is wrong: ${what}`, async () => {
      await assert.rejects(listed('ghcr.io/acme', { [api]: { ...token, password } }), { reason, message });
    });
  }

  it('say that there is no such owner', async () => {
    await assert.rejects(listed('ghcr.io/nobody'), { reason: 'NotFound' });
  });

  it('let a token be checked before it is kept', async () => {
    await using good = sites.client({ [api]: token });
    await good.ping(api);
    await using bad = sites.client({ [api]: { ...token, password: 'ghp_bad' } });
    await assert.rejects(bad.ping(api), { reason: 'Unauthorized' });
  });
});
