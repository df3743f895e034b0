import assert from 'node:assert/strict';
import { EngineError, isEngineError } from '../../../src/engine/errors.ts';
import {
  type FaultHandler,
  reply,
  replyError,
  replyJson,
  startFaultServer,
} from '../../support/registryFaults/faultServer.ts';
import { testClient } from '../../support/registryFaults/testClient.ts';

const html: FaultHandler = (_, response) =>
  reply(
    response,
    200,
    { 'Content-Type': 'text/html; charset=utf-8' },
    '<!doctype html><title>Welcome</title>',
  );

/** JSON without an end, as long as somebody reads it. */
const endless: FaultHandler = (_, response) => {
  response.writeHead(200, { 'Content-Type': 'application/json' });
  response.write('{"results":[');
  const row = `${JSON.stringify({ name: 'acme/app', description: 'x'.repeat(60_000) })},`;
  const more = () => {
    while (!response.destroyed && response.write(row));
  };
  response.on('drain', more);
  more();
};

async function failure(promise: Promise<unknown>): Promise<EngineError> {
  const error = await promise.then(
    () => assert.fail('it was found'),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof EngineError, String(error));
  return error;
}

describe("Docker Hub's search, when it fails", function () {
  this.timeout(60_000);

  const cases: readonly (readonly [name: string, handler: FaultHandler, reason: string, text: RegExp])[] = [
    [
      'answers with a web page',
      html,
      'RegistryError',
      /^Docker Hub's search did not answer with search results/,
    ],
    [
      'answers with other JSON',
      (_, response) => replyJson(response, 200, { results: null }),
      'RegistryError',
      /^Docker Hub's search did not answer/,
    ],
    ['answers without an end', endless, 'TooLarge', /^Docker Hub could not be searched: .* 4 MiB$/],
    [
      'has had too many requests',
      (_, response) => replyError(response, 429, 'TOOMANYREQUESTS', { 'Retry-After': '3600' }),
      'RateLimited',
      /^Docker Hub could not be searched: .*too many requests; try again at 20/,
    ],
    [
      'is not there',
      (_, response) => reply(response, 404, {}, 'gone'),
      'NotFound',
      /^Docker Hub could not be searched/,
    ],
    [
      'wants a sign-in',
      (_, response) => reply(response, 401),
      'Unauthorized',
      /^Docker Hub could not be searched/,
    ],
    ['says nothing', () => undefined, 'TimedOut', /^Docker Hub could not be searched: .*sent nothing/],
    ['breaks off', (_, response) => void response.destroy(), 'Offline', /^Docker Hub could not be searched/],
  ];
  for (const [name, handler, reason, text] of cases) {
    it(`says so where it ${name}`, async () => {
      await using server = await startFaultServer(handler);
      await using client = testClient({ hubSearch: server.origin, idleTimeout: 1500 });
      const error = await failure(client.search('alpine'));
      assert.equal(error.reason, reason, error.message);
      assert.match(error.message, text);
      assert.equal(error.facts.registry, 'docker.io');
    });
  }

  it('lets nobody redirect the search to this machine', async () => {
    await using inside = await startFaultServer(html);
    await using server = await startFaultServer((_, response) =>
      reply(response, 302, { Location: `http://169.254.169.254/${inside.host}` }),
    );
    await using client = testClient({ hubSearch: server.origin });
    assert.equal((await failure(client.search('alpine'))).reason, 'Insecure');
  });

  it('ends at once when cancelled, its connection with it', async () => {
    await using server = await startFaultServer(() => undefined);
    await using client = testClient({ hubSearch: server.origin });
    const controller = new AbortController();
    const error = failure(client.search('alpine', { details: true }, controller.signal));
    setTimeout(() => controller.abort(), 100);
    assert.equal((await error).reason, 'Cancelled');
    await server.allClosed();
  });

  it('gives the rows although the badges never come', async () => {
    const results = [{ name: 'alpine', star_count: 1 }];
    await using server = await startFaultServer(({ url }, response) => {
      if (url.startsWith('/v1/')) replyJson(response, 200, { results });
    });
    await using client = testClient({ hubSearch: server.origin, idleTimeout: 1500 });
    const [row] = await client.search('alpine', { details: true });
    assert.deepEqual([row?.name, row?.verifiedPublisher], ['alpine', undefined]);
  });
});

describe('a hostile search', () => {
  it('cannot name what is elsewhere, or is no repository', async () => {
    const names = [
      'evil.example/app',
      '../../etc',
      'a b',
      '\u001b[31mred',
      'UPPER',
      'app:latest',
      '',
      'acme/ok',
    ];
    await using server = await startFaultServer((_, response) =>
      replyJson(response, 200, { results: names.map((name) => ({ name, description: '\u001b]0;x\u0007' })) }),
    );
    await using client = testClient({ hubSearch: server.origin });
    const results = await client.search(`${server.host}/app`);
    assert.deepEqual(
      results.map(({ name }) => name),
      [`${server.host}/evil.example/app`, `${server.host}/acme/ok`],
    );
  });

  it('cannot make a thousand rows of ten', async () => {
    const results = Array.from({ length: 1000 }, (_, number) => ({ name: `acme/app${number}` }));
    await using server = await startFaultServer((_, response) => replyJson(response, 200, { results }));
    await using client = testClient({ hubSearch: server.origin });
    assert.equal((await client.search('app', { limit: 10 })).length, 10);
  });

  for (const row of [null, 7, {}, { name: 7 }, { name: 'acme/app', description: {} }]) {
    it(`is refused where a row is ${JSON.stringify(row)}`, async () => {
      await using server = await startFaultServer((_, response) =>
        replyJson(response, 200, { results: [row] }),
      );
      await using client = testClient({ hubSearch: server.origin });
      assert.equal((await failure(client.search('app'))).reason, 'RegistryError');
    });
  }
});

describe('a registry without a search', function () {
  this.timeout(60_000);

  /** Answers the search as told and then its catalogue. */
  const withCatalog = (search: FaultHandler): FaultHandler => {
    return (request, response) =>
      request.url.startsWith('/v2/_catalog')
        ? replyJson(response, 200, { repositories: ['acme/app'] })
        : search(request, response);
  };

  const cases: readonly (readonly [name: string, search: FaultHandler])[] = [
    ['a web page', html],
    ['plain text', (_, response) => reply(response, 200, { 'Content-Type': 'text/plain' }, 'hello')],
    ['JSON of another kind', (_, response) => replyJson(response, 200, { hello: 1 })],
    ['404', (_, response) => replyError(response, 404, 'NOT_FOUND')],
    ['401 without a challenge', (_, response) => reply(response, 401)],
    [
      '401 for a sign-in that nobody has',
      (_, response) => reply(response, 401, { 'WWW-Authenticate': 'Basic realm="x"' }),
    ],
    ['403', (_, response) => replyError(response, 403, 'DENIED')],
    ['501', (_, response) => replyError(response, 501, 'UNSUPPORTED')],
  ];
  for (const [name, search] of cases) {
    it(`is searched by its catalogue where it answers with ${name}`, async () => {
      await using server = await startFaultServer(withCatalog(search));
      await using client = testClient();
      const results = await client.search(`${server.host}/app`);
      assert.deepEqual(
        results.map(({ name: found }) => found),
        [`${server.host}/acme/app`],
      );
    });
  }

  it('says that it has neither', async () => {
    await using server = await startFaultServer((_, response) => replyError(response, 404, 'UNSUPPORTED'));
    await using client = testClient();
    await assert.rejects(client.search(`${server.host}/app`), {
      reason: 'Unsupported',
      message: `${server.host} has neither a search nor a catalogue`,
    });
  });

  it('is not asked for its catalogue where it has had too many requests', async () => {
    await using server = await startFaultServer((_, response) =>
      replyError(response, 429, 'TOOMANYREQUESTS', { 'Retry-After': '3600' }),
    );
    await using client = testClient();
    assert.ok(isEngineError(await failure(client.search(`${server.host}/app`)), 'RateLimited'));
    assert.equal(server.requests.length, 1);
  });

  it('is left where its catalogue has no end', async () => {
    let page = 0;
    await using server = await startFaultServer(({ url }, response) => {
      if (!url.startsWith('/v2/_catalog')) return reply(response, 404);
      const repositories = Array.from({ length: 1000 }, (_, number) => `acme/app${page * 1000 + number}`);
      page += 1;
      replyJson(response, 200, { repositories }, { Link: `</v2/_catalog?page=${page}>; rel="next"` });
    });
    await using client = testClient();
    assert.equal((await client.search(`${server.host}/app`, { limit: 3 })).length, 3);
    assert.ok(page <= 102, `${page} pages were asked for`);
  });

  it('gets its own password and sends it nowhere else', async () => {
    await using server = await startFaultServer(({ url, headers }, response) => {
      if (headers.authorization === undefined)
        return reply(response, 401, { 'WWW-Authenticate': 'Basic realm="x"' });
      if (url.startsWith('/v1/')) return replyJson(response, 200, { results: [{ name: 'acme/app' }] });
      reply(response, 404);
    });
    const asked: string[] = [];
    await using client = testClient({
      credentials: async (registry) => {
        asked.push(registry);
        return { kind: 'password', username: 'ann', password: 'secret' };
      },
    });
    assert.equal((await client.search(`${server.host}/app`)).length, 1);
    assert.deepEqual(asked, [server.host]);
  });
});
