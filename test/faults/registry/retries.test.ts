import assert from 'node:assert/strict';
import type { EngineError } from '../../../src/engine/errors.ts';
import {
  type FaultHandler,
  replyError,
  replyJson,
  startFaultServer,
} from '../../support/registryFaults/faultServer.ts';
import { replyManifest, sampleManifest } from '../../support/registryFaults/sampleBlob.ts';
import { appIn, testClient } from '../../support/registryFaults/testClient.ts';

/** Fails the first `times` requests in the given way, then serves. */
function failing(times: number, fail: FaultHandler): FaultHandler {
  let left = times;
  return (request, response) => (left-- > 0 ? fail(request, response) : replyManifest(response));
}

describe('a registry that fails for a while', function () {
  this.timeout(60_000);

  const passing: [string, FaultHandler][] = [
    ...[408, 429, 500, 502, 503, 504].map((status): [string, FaultHandler] => [
      `status ${status}`,
      (_, response) => replyError(response, status, 'UNAVAILABLE'),
    ]),
    ['a broken connection', (_, response) => void response.destroy()],
  ];
  for (const [name, fail] of passing) {
    it(`is asked again after ${name}`, async () => {
      await using server = await startFaultServer(failing(2, fail));
      await using client = testClient();
      // The first request to a plain host finds out that it is one; that is not what is counted here.
      const descriptor = await appIn(client, server.host).resolve('1.0');
      assert.deepEqual(descriptor, sampleManifest.descriptor);
      assert.equal(server.requests.length, 3);
    });
  }

  it('is asked five times at most, with growing pauses', async () => {
    const times: number[] = [];
    await using server = await startFaultServer((_, response) => {
      times.push(Date.now());
      replyError(response, 503, 'UNAVAILABLE');
    });
    await using client = testClient();
    await assert.rejects(appIn(client, server.host).resolve('1.0'), {
      reason: 'RegistryError',
      message: `${server.host} answered with status 503`,
    });
    assert.equal(times.length, 5);
    const [first = 0, second = 0, , fourth = 0, fifth = 0] = times;
    assert.ok(second - first >= 150, 'the first pause is about 200 ms');
    assert.ok(fifth - fourth >= 1200, 'the fourth is eight times as long');
  });

  it('is not asked again where that cannot help', async () => {
    for (const status of [400, 403, 501]) {
      await using server = await startFaultServer((_, response) => replyError(response, status, 'DENIED'));
      await using client = testClient();
      await assert.rejects(appIn(client, server.host).fetchManifest('1.0'));
      assert.equal(server.requests.length, 1, `status ${status}`);
    }
  });
});

describe('a registry that asks for patience', function () {
  this.timeout(60_000);

  const forms: [string, () => string][] = [
    ['seconds', () => '1'],
    // A date has whole seconds, so two ahead is more than one from now.
    ['a date', () => new Date(Date.now() + 2_000).toUTCString()],
  ];
  for (const [form, value] of forms) {
    it(`is left alone as long as it says in ${form}`, async () => {
      const times: number[] = [];
      const refuse = failing(1, (_, response) =>
        replyError(response, 429, 'TOOMANYREQUESTS', { 'Retry-After': value() }),
      );
      await using server = await startFaultServer((request, response) => {
        times.push(Date.now());
        return refuse(request, response);
      });
      await using client = testClient();
      await appIn(client, server.host).resolve('1.0');
      const [first = 0, second = 0] = times;
      assert.ok(second - first >= 950, `asked again after ${second - first} ms`);
    });
  }

  it('is left alone by all requests to it, not only the one that was told', async () => {
    let refused = 0;
    const after: number[] = [];
    await using server = await startFaultServer((request, response) => {
      if (request.url.endsWith('/first') && refused === 0) {
        refused = Date.now();
        return replyError(response, 429, 'TOOMANYREQUESTS', { 'Retry-After': '1' });
      }
      if (refused > 0) after.push(Date.now() - refused);
      return replyManifest(response);
    });
    await using client = testClient();
    const repository = appIn(client, server.host);
    const first = repository.resolve('first');
    while (refused === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await new Promise((resolve) => setTimeout(resolve, 50));
    await Promise.all([first, repository.resolve('second')]);
    assert.ok(Math.min(...after) >= 950, `asked again after ${Math.min(...after)} ms`);
  });

  for (const [form, value] of [
    ['seconds', () => '3600'],
    ['a date', () => new Date(Date.now() + 3_600_000).toUTCString()],
  ] as const) {
    it(`ends in an error that says when, where an hour is asked for in ${form}`, async () => {
      await using server = await startFaultServer((_, response) =>
        replyError(response, 429, 'TOOMANYREQUESTS', { 'Retry-After': value() }),
      );
      await using client = testClient();
      await assert.rejects(appIn(client, server.host).resolve('1.0'), (error: EngineError) => {
        assert.equal(error.reason, 'RateLimited');
        const inMinutes = ((error.facts.retryAt?.getTime() ?? 0) - Date.now()) / 60_000;
        assert.ok(inMinutes > 59 && inMinutes <= 60, `${inMinutes} minutes`);
        assert.match(error.message, /too many requests; try again at \d{4}-/);
        return true;
      });
      assert.equal(server.requests.length, 1);
    });
  }

  it('tells how many pulls are left', async () => {
    await using server = await startFaultServer((_, response) =>
      replyManifest(response, { 'ratelimit-limit': '100;w=21600', 'ratelimit-remaining': '76;w=21600' }),
    );
    await using client = testClient();
    assert.equal(client.rateLimit(server.host), undefined);
    await appIn(client, server.host).resolve('1.0');
    const { limit, remaining, window } = client.rateLimit(server.host) ?? {};
    assert.deepEqual({ limit, remaining, window }, { limit: 100, remaining: 76, window: 21_600 });
  });
});

describe('a registry that is not there', function () {
  this.timeout(60_000);

  it('is said to refuse the connection', async () => {
    const server = await startFaultServer((_, response) => replyManifest(response));
    await server[Symbol.asyncDispose]();
    await using client = testClient();
    await assert.rejects(appIn(client, server.host).resolve('1.0'), {
      reason: 'Offline',
      message: `cannot reach ${server.host}: connection refused`,
    });
  });

  it('is said not to exist where its name does not resolve', async () => {
    await using client = testClient({
      lookup: async (name) => {
        throw Object.assign(new Error(`no ${name}`), { code: 'ENOTFOUND' });
      },
    });
    await assert.rejects(appIn(client, 'registry.test').resolve('1.0'), {
      reason: 'Offline',
      message: 'cannot reach registry.test: no such host',
    });
  });

  it('is given up after the idle time', async () => {
    await using server = await startFaultServer(() => undefined);
    await using client = testClient({ idleTimeout: 150 });
    const started = Date.now();
    await assert.rejects(appIn(client, server.host).resolve('1.0'), {
      reason: 'TimedOut',
      message: `${server.host} sent nothing for 0.15 s`,
    });
    assert.ok(Date.now() - started < 10_000);
    await server.allClosed();
  });

  it('is given up after the total time, however busy it is', async () => {
    await using server = await startFaultServer((_, response) => {
      response.setHeader('Content-Type', sampleManifest.descriptor.mediaType);
      response.flushHeaders();
      const drip = setInterval(() => response.write(' '), 20);
      response.once('close', () => clearInterval(drip));
    });
    await using client = testClient({ totalTimeout: 300 });
    await assert.rejects(appIn(client, server.host).fetchManifest('1.0'), {
      reason: 'TimedOut',
      message: `${server.host} did not answer within 0.3 s`,
    });
    await server.allClosed();
  });
});

describe('a registry that answers HEAD badly', function () {
  this.timeout(60_000);

  it('is asked with GET', async () => {
    const cases: [string, FaultHandler][] = [
      ['method not allowed', (_, response) => replyError(response, 405, 'UNSUPPORTED')],
      ['not implemented', (_, response) => replyError(response, 501, 'UNSUPPORTED')],
      ['not found', (_, response) => replyError(response, 404, 'NOT_FOUND')],
      ['no digest', (_, response) => replyJson(response, 200, {}, { 'Content-Type': 'application/json' })],
    ];
    for (const [name, head] of cases) {
      await using server = await startFaultServer((request, response) =>
        request.method === 'HEAD' ? head(request, response) : replyManifest(response),
      );
      await using client = testClient();
      assert.deepEqual(await appIn(client, server.host).resolve('1.0'), sampleManifest.descriptor, name);
      assert.deepEqual(
        server.requests.map(({ method }) => method),
        ['HEAD', 'GET'],
      );
    }
  });
});
