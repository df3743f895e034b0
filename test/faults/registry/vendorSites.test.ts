import assert from 'node:assert/strict';
import type { Credentials } from '../../../src/engine/registry/credentials.ts';
import { reply, replyError, replyJson, startFaultServer } from '../../support/registryFaults/faultServer.ts';
import { collect, testClient } from '../../support/registryFaults/testClient.ts';
import { startVendorSites } from '../../support/vendorSites.ts';

const ann: Credentials = { kind: 'password', username: 'ann', password: 'sesame' };
const places = {
  'hub.docker.com': { registry: 'docker.io', namespace: 'ann' },
  'api.github.com': { registry: 'ghcr.io', namespace: 'ann' },
} as const;

describe('a site of a registry’s maker', function () {
  this.timeout(60_000);

  for (const [host, place] of Object.entries(places)) {
    const signIns = { 'docker.io': ann, 'ghcr.io': ann, 'api.github.com': ann };

    for (const port of ['', ':8443']) {
      it(`${host} that leads to another ${port ? 'port' : 'host'} is followed without the credentials`, async () => {
        const other = port ? `${host}${port}` : 'elsewhere.invalid';
        await using sites = await startVendorSites([host, other], ({ url, headers }, response) => {
          if (headers.host === other) return replyJson(response, 200, []);
          if (url === '/v2/auth/token') return replyJson(response, 200, { access_token: 'jwt-sesame' });
          return reply(response, 302, { Location: `https://${other}/list` });
        });
        await using client = sites.client(signIns);
        // What stands there is no list: what counts is what it was told.
        await collect(client.repositories(place)).catch(() => undefined);
        const astray = sites.requests.filter(({ headers }) => headers.host === other);
        assert.ok(astray.length > 0);
        for (const { headers, body } of astray)
          assert.doesNotMatch(JSON.stringify(headers) + body.toString(), /sesame|authorization/i);
        const told = sites.requests.filter(({ headers }) => headers.authorization !== undefined);
        assert.ok(told.length > 0 && told.every(({ headers }) => headers.host === host));
      });
    }

    it(`${host} quotes no secret in what goes wrong`, async () => {
      await using sites = await startVendorSites([host], (_, response) =>
        reply(response, 200, {}, 'sesame sesame'),
      );
      await using client = sites.client(signIns);
      await assert.rejects(collect(client.repositories(place)), (error: Error) => {
        assert.doesNotMatch(error.message, /sesame/);
        return true;
      });
    });
  }

  it('that sends the password of Docker Hub on, with the request, is not followed', async () => {
    await using sites = await startVendorSites(
      ['hub.docker.com', 'elsewhere.invalid'],
      ({ url }, response) =>
        url === '/v2/auth/token'
          ? reply(response, 307, { Location: 'https://elsewhere.invalid/token' })
          : replyJson(response, 200, { next: null, results: [] }),
    );
    await using client = sites.client({ 'docker.io': ann });
    await collect(client.repositories(places['hub.docker.com']));
    assert.deepEqual([...new Set(sites.tunnels)], ['hub.docker.com:443']);
  });

  it('is a registry itself where it is a Harbor, whose password goes to its own port alone', async () => {
    await using elsewhere = await startFaultServer((_, response) => replyJson(response, 200, []));
    await using harbor = await startFaultServer(({ url }, response) => {
      if (url.endsWith('/systeminfo')) return replyJson(response, 200, { auth_mode: 'db_auth' });
      if (url.startsWith('/api/')) return reply(response, 302, { Location: `${elsewhere.origin}/list` });
      return replyError(response, 403, 'DENIED');
    });
    await using client = testClient({ signIn: ann });
    assert.deepEqual(await collect(client.repositories({ registry: harbor.host })), []);
    assert.ok(harbor.requests.some(({ headers }) => headers.authorization !== undefined));
    assert.ok(elsewhere.requests.length > 0);
    for (const { headers } of elsewhere.requests) assert.equal(headers.authorization, undefined);
  });
});
