import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import type { EngineError } from '../../../src/engine/errors.ts';
import type { Credentials } from '../../../src/engine/registry/credentials.ts';
import { deferred } from '../../../src/engine/tasks/deferred.ts';
import {
  type FaultServer,
  replyError,
  replyJson,
  type SeenRequest,
  startFaultServer,
} from '../../support/registryFaults/faultServer.ts';
import { replyManifest, sampleManifest } from '../../support/registryFaults/sampleBlob.ts';
import { appIn, testClient } from '../../support/registryFaults/testClient.ts';

const ada: Credentials = { kind: 'password', username: 'ada', password: 'lovelace' };
const basicOfAda = `Basic ${Buffer.from('ada:lovelace').toString('base64')}`;

/** A registry that wants `Bearer TOKEN` and sends others to the realm. */
function bearerRegistry(realm: () => string, token: () => string) {
  return (request: SeenRequest, response: ServerResponse) => {
    if (request.headers.authorization === `Bearer ${token()}`) return replyManifest(response);
    const challenge = `Bearer realm="${realm()}",service="test",scope="repository:acme/app:pull"`;
    return replyError(response, 401, 'UNAUTHORIZED', { 'WWW-Authenticate': challenge });
  };
}

interface TokenWorld extends AsyncDisposable {
  readonly registry: FaultServer;
  readonly realm: FaultServer;
}

async function startTokenWorld(
  giveToken: (request: SeenRequest, response: ServerResponse) => void,
  token = () => 'good',
): Promise<TokenWorld> {
  const realm = await startFaultServer(giveToken);
  const registry = await startFaultServer(bearerRegistry(() => `${realm.origin}/token?keep=1`, token));
  return {
    registry,
    realm,
    async [Symbol.asyncDispose]() {
      await registry[Symbol.asyncDispose]();
      await realm[Symbol.asyncDispose]();
    },
  };
}

function queryOf({ url }: SeenRequest): Record<string, string> {
  return Object.fromEntries(new URL(url, 'http://realm').searchParams);
}

describe('a registry with a token server', function () {
  this.timeout(60_000);

  it('is given a token got without credentials', async () => {
    await using world = await startTokenWorld((_, response) => replyJson(response, 200, { token: 'good' }));
    await using client = testClient();
    assert.deepEqual(await appIn(client, world.registry.host).resolve('1.0'), sampleManifest.descriptor);
    const [asked] = world.realm.requests;
    assert.ok(asked);
    assert.deepEqual(queryOf(asked), { keep: '1', service: 'test', scope: 'repository:acme/app:pull' });
    assert.equal(asked.headers.authorization, undefined);
  });

  it('is given a token got with name and password, which it never sees itself', async () => {
    await using world = await startTokenWorld((_, response) =>
      replyJson(response, 200, { access_token: 'good' }),
    );
    await using client = testClient({ signIn: ada });
    await appIn(client, world.registry.host).resolve('1.0');
    assert.equal(world.realm.requests[0]?.headers.authorization, basicOfAda);
    for (const { headers } of world.registry.requests) assert.notEqual(headers.authorization, basicOfAda);
  });

  it('costs one token for many requests at once and after', async () => {
    await using world = await startTokenWorld((_, response) => replyJson(response, 200, { token: 'good' }));
    await using client = testClient();
    const repository = appIn(client, world.registry.host);
    await Promise.all(['1', '2', '3', '4'].map((tag) => repository.resolve(tag)));
    await repository.fetchManifest('1.0');
    assert.equal(world.realm.requests.length, 1);
  });

  it('gets a new token where the old one is about to expire', async () => {
    await using world = await startTokenWorld((_, response) =>
      replyJson(response, 200, { token: 'good', expires_in: 0.001 }),
    );
    await using client = testClient();
    await appIn(client, world.registry.host).resolve('1');
    await appIn(client, world.registry.host).resolve('2');
    assert.equal(world.realm.requests.length, 2);
    assert.equal(world.registry.requests.length, 3, 'the second request brings its token along');
  });

  it('gets a new token where the registry does not take the old one any more', async () => {
    let current = 0;
    await using world = await startTokenWorld(
      (_, response) => replyJson(response, 200, { token: `token${++current}` }),
      () => `token${Math.max(current, 2)}`,
    );
    await using client = testClient();
    await assert.rejects(appIn(client, world.registry.host).resolve('1'), { reason: 'Unauthorized' });
    assert.deepEqual(await appIn(client, world.registry.host).resolve('1'), sampleManifest.descriptor);
  });

  it('exchanges an identity token', async () => {
    await using world = await startTokenWorld((request, response) => {
      assert.equal(request.method, 'POST');
      replyJson(response, 200, { access_token: 'good' });
    });
    await using client = testClient({ signIn: { kind: 'identityToken', token: 'refresh me' } });
    await appIn(client, world.registry.host).resolve('1.0');
    const form = new URLSearchParams(world.realm.requests[0]?.body.toString());
    assert.deepEqual(Object.fromEntries(form), {
      grant_type: 'refresh_token',
      service: 'test',
      client_id: 'strata',
      scope: 'repository:acme/app:pull',
      refresh_token: 'refresh me',
    });
  });

  it('is asked with GET where it does not exchange identity tokens', async () => {
    await using world = await startTokenWorld((request, response) =>
      request.method === 'POST'
        ? replyError(response, 404, 'NOT_FOUND')
        : replyJson(response, 200, { token: 'good' }),
    );
    await using client = testClient({ signIn: { kind: 'identityToken', token: 'refresh' } });
    await appIn(client, world.registry.host).resolve('1.0');
    const [, asked] = world.realm.requests;
    assert.equal(asked?.headers.authorization, `Basic ${Buffer.from(':refresh').toString('base64')}`);
  });

  it('keeps a shared token coming where one of those who wait for it leaves', async () => {
    await using world = await startTokenWorld((_, response) => {
      setTimeout(() => replyJson(response, 200, { token: 'good' }), 150);
    });
    await using client = testClient();
    const repository = appIn(client, world.registry.host);
    const abort = new AbortController();
    const leaving = repository.resolve('1', abort.signal);
    const staying = repository.resolve('2');
    setTimeout(() => abort.abort(), 80);
    await assert.rejects(leaving, { reason: 'Cancelled' });
    assert.deepEqual(await staying, sampleManifest.descriptor);
    assert.equal(world.realm.requests.length, 1);
  });

  it('leaves no connection behind where a sign-in is cancelled', async () => {
    await using world = await startTokenWorld(() => undefined);
    await using client = testClient();
    const abort = new AbortController();
    setTimeout(() => abort.abort(), 80);
    await assert.rejects(appIn(client, world.registry.host).resolve('1', abort.signal), {
      reason: 'Cancelled',
    });
    await world.realm.allClosed();
  });
});

describe('a sign-in that fails', function () {
  this.timeout(60_000);

  const cases: {
    name: string;
    signIn?: Credentials;
    giveToken: (response: ServerResponse) => void;
    reason: string;
    message: RegExp;
  }[] = [
    {
      name: 'a wrong password',
      signIn: ada,
      giveToken: (response) => replyError(response, 401, 'UNAUTHORIZED'),
      reason: 'Unauthorized',
      message: /^sign-in to 127\.0\.0\.1:\d+ was refused: wrong user name or password$/,
    },
    {
      name: 'a stale identity token',
      signIn: { kind: 'identityToken', token: 'lovelace' },
      giveToken: (response) => replyError(response, 401, 'UNAUTHORIZED'),
      reason: 'Unauthorized',
      message: /^sign-in to 127\.0\.0\.1:\d+ was refused: the identity token is not valid$/,
    },
    {
      name: 'no credentials where they are needed',
      giveToken: (response) => replyError(response, 401, 'UNAUTHORIZED'),
      reason: 'Unauthorized',
      message: /^127\.0\.0\.1:\d+ wants a sign-in$/,
    },
    {
      name: 'an account without the right',
      signIn: ada,
      giveToken: (response) => replyError(response, 403, 'DENIED'),
      reason: 'Forbidden',
      message: /refused access/,
    },
    {
      name: 'a token that allows nothing',
      signIn: ada,
      giveToken: (response) => replyJson(response, 200, { token: 'weak' }),
      reason: 'Unauthorized',
      message: /\/acme\/app does not exist or this account may not read it$/,
    },
    {
      name: 'a token that allows nothing, without credentials',
      giveToken: (response) => replyJson(response, 200, { token: 'weak' }),
      reason: 'Unauthorized',
      message: /\/acme\/app does not exist or needs a sign-in$/,
    },
    {
      name: 'an answer without a token',
      giveToken: (response) => replyJson(response, 200, { tokn: 'good' }),
      reason: 'RegistryError',
      message: /gave no token$/,
    },
    {
      name: 'a token that cannot stand in a header',
      giveToken: (response) => replyJson(response, 200, { token: 'good\r\nX-Evil: 1' }),
      reason: 'RegistryError',
      message: /gave no token$/,
    },
    {
      name: 'an answer that is no JSON',
      giveToken: (response) => void response.end('<html>'),
      reason: 'RegistryError',
      message: /gave no token$/,
    },
    {
      name: 'an answer beyond a mebibyte',
      giveToken: (response) => void response.end(Buffer.alloc(1024 * 1024 + 1)),
      reason: 'TooLarge',
      message: /the token of/,
    },
  ];
  for (const { name, signIn, giveToken, reason, message } of cases) {
    it(`is told as what it is: ${name}`, async () => {
      await using world = await startTokenWorld((_, response) => giveToken(response));
      await using client = testClient(signIn && { signIn });
      await assert.rejects(appIn(client, world.registry.host).resolve('1.0'), (error: EngineError) => {
        assert.equal(error.reason, reason);
        assert.match(error.message, message);
        assert.doesNotMatch(
          JSON.stringify([error.message, error.facts, String(error.cause)]),
          /lovelace|good/,
        );
        return true;
      });
    });
  }

  it('is told as what it is: a challenge of an unknown kind', async () => {
    await using server = await startFaultServer((_, response) =>
      replyError(response, 401, 'UNAUTHORIZED', { 'WWW-Authenticate': 'Negotiate' }),
    );
    await using client = testClient({ signIn: ada });
    await assert.rejects(appIn(client, server.host).resolve('1.0'), { reason: 'Unauthorized' });
    for (const { headers } of server.requests) assert.equal(headers.authorization, undefined);
  });

  it('is told as what it is: access that is denied', async () => {
    await using server = await startFaultServer((_, response) => replyError(response, 403, 'DENIED'));
    await using client = testClient();
    await assert.rejects(appIn(client, server.host).fetchManifest('1.0'), {
      reason: 'Forbidden',
      message: `${server.host}/acme/app: not allowed to read it`,
    });
  });
});

describe('a sign-in that is forgotten', function () {
  this.timeout(60_000);

  it('is gone from the next request on, token and all', async () => {
    let known: Credentials | undefined = ada;
    await using world = await startTokenWorld(({ headers }, response) =>
      headers.authorization === basicOfAda
        ? replyJson(response, 200, { token: 'good' })
        : replyError(response, 401, 'UNAUTHORIZED'),
    );
    await using client = testClient({ credentials: async () => known });
    const repository = appIn(client, world.registry.host);
    await repository.resolve('1.0');
    known = undefined;
    await repository.resolve('1.0');
    client.forget(world.registry.host);
    await assert.rejects(repository.resolve('1.0'), {
      reason: 'Unauthorized',
      facts: { registry: world.registry.host, reference: `${world.registry.host}/acme/app:1.0`, status: 401 },
    });
  });

  it('is not kept by a token that was under way', async () => {
    let known: Credentials | undefined = ada;
    const asked = deferred<void>();
    const release = deferred<void>();
    await using world = await startTokenWorld(async ({ headers }, response) => {
      if (headers.authorization !== basicOfAda) return replyError(response, 401, 'UNAUTHORIZED');
      asked.resolve();
      await release.promise;
      replyJson(response, 200, { token: 'good' });
    });
    await using client = testClient({ credentials: async () => known });
    const repository = appIn(client, world.registry.host);
    const first = repository.resolve('1.0');
    await asked.promise;
    known = undefined;
    client.forget(world.registry.host);
    const second = assert.rejects(repository.resolve('1.0'), { reason: 'Unauthorized' });
    release.resolve();
    await first;
    await second;
    await assert.rejects(repository.resolve('1.0'), { reason: 'Unauthorized' });
  });

  it('is gone where it was a name and password', async () => {
    let known: Credentials | undefined = ada;
    await using server = await startFaultServer(({ headers }, response) =>
      headers.authorization === basicOfAda
        ? replyManifest(response)
        : replyError(response, 401, 'UNAUTHORIZED', { 'WWW-Authenticate': 'Basic realm="x"' }),
    );
    await using client = testClient({ credentials: async () => known });
    const repository = appIn(client, server.host);
    await repository.resolve('1.0');
    known = undefined;
    client.forget(server.host);
    await assert.rejects(repository.resolve('1.0'), {
      reason: 'Unauthorized',
      facts: { registry: server.host, reference: `${server.host}/acme/app:1.0`, status: 401 },
    });
  });

  it('leaves other registries signed in', async () => {
    await using world = await startTokenWorld((_, response) => replyJson(response, 200, { token: 'good' }));
    await using client = testClient();
    await appIn(client, world.registry.host).resolve('1.0');
    client.forget('other.example');
    await appIn(client, world.registry.host).resolve('1.0');
    assert.equal(world.realm.requests.length, 1);
  });
});
