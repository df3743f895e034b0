import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import type { EngineError } from '../../../src/engine/errors.ts';
import {
  type FaultHandler,
  reply,
  replyError,
  startFaultServer,
} from '../../support/registryFaults/faultServer.ts';
import {
  askedRange,
  blobDescriptor,
  replyBlob,
  sampleBytes,
} from '../../support/registryFaults/sampleBlob.ts';
import { appIn, bytesOf, testClient } from '../../support/registryFaults/testClient.ts';

const bytes = sampleBytes(50_000);
const blob = blobDescriptor(bytes);

describe('a blob over a connection that breaks', function () {
  this.timeout(60_000);

  for (const cut of [0, 1, 25_000, 49_999]) {
    it(`goes on where it broke off, after ${cut} bytes`, async () => {
      let first = true;
      await using server = await startFaultServer((request, response) => {
        replyBlob(request, response, bytes, first ? cut : undefined);
        first = false;
      });
      await using client = testClient();
      assert.ok((await bytesOf(appIn(client, server.host).fetch(blob))).equals(bytes));
      const [, second] = server.requests;
      assert.deepEqual(second && askedRange(second), cut === 0 ? undefined : { first: cut, last: 49_999 });
    });
  }

  it('arrives over as many connections as it takes', async () => {
    await using server = await startFaultServer((request, response) =>
      replyBlob(request, response, bytes, 5_000),
    );
    await using client = testClient();
    assert.ok((await bytesOf(appIn(client, server.host).fetchUnverified(blob))).equals(bytes));
    assert.equal(server.requests.length, 10);
  });

  it('goes on within a range', async () => {
    await using server = await startFaultServer((request, response) =>
      replyBlob(request, response, bytes, 300),
    );
    await using client = testClient();
    const part = await bytesOf(appIn(client, server.host).fetch(blob, { offset: 1_000, length: 1_000 }));
    assert.ok(part.equals(bytes.subarray(1_000, 2_000)));
    assert.deepEqual(
      server.requests.map((request) => request.headers.range),
      ['bytes=1000-1999', 'bytes=1300-1999', 'bytes=1600-1999', 'bytes=1900-1999'],
    );
  });

  it('fails once new connections bring nothing more', async () => {
    await using server = await startFaultServer((request, response) =>
      replyBlob(request, response, bytes, askedRange(request) ? 0 : 100),
    );
    await using client = testClient();
    await assert.rejects(bytesOf(appIn(client, server.host).fetch(blob)), {
      reason: 'Offline',
      message: `cannot reach ${server.host}: the connection was broken`,
    });
    assert.equal(server.requests.length, 5);
  });

  it('fails where a silent connection stays silent', async () => {
    await using server = await startFaultServer((_, response) => {
      response.writeHead(200, { 'Content-Length': bytes.length });
      response.write(bytes.subarray(0, 10));
    });
    await using client = testClient({ idleTimeout: 150 });
    const started = Date.now();
    await assert.rejects(bytesOf(appIn(client, server.host).fetch(blob)), { reason: 'TimedOut' });
    assert.ok(Date.now() - started < 10_000);
    await server.allClosed();
  });

  it('does not take a slow reader for a silent server', async () => {
    const large = sampleBytes(4 * 1024 * 1024);
    await using server = await startFaultServer((request, response) => replyBlob(request, response, large));
    await using client = testClient({ idleTimeout: 500 });
    const stream = await appIn(client, server.host).fetch(blobDescriptor(large));
    await new Promise((resolve) => setTimeout(resolve, 1500));
    assert.ok((await bytesOf(stream)).equals(large));
    assert.equal(server.requests.length, 1);
  });
});

describe('a registry that does ranges wrongly', function () {
  this.timeout(60_000);

  const wrong: [string, FaultHandler][] = [
    ['the whole with 200', (_, response) => reply(response, 200, {}, bytes)],
    [
      'another range',
      (request, response) =>
        askedRange(request)
          ? reply(response, 206, { 'Content-Range': 'bytes 0-49999/50000' }, bytes)
          : reply(response, 200, {}, bytes),
    ],
    [
      'another total',
      (request, response) =>
        askedRange(request)
          ? reply(response, 206, { 'Content-Range': 'bytes 100-199/60000' }, bytes.subarray(100, 200))
          : reply(response, 200, {}, bytes),
    ],
    [
      'two ranges',
      (request, response) =>
        askedRange(request)
          ? reply(
              response,
              206,
              { 'Content-Range': ['bytes 100-199/50000', 'bytes 0-99/50000'] },
              bytes.subarray(100, 200),
            )
          : reply(response, 200, {}, bytes),
    ],
    [
      'no Content-Range',
      (request, response) =>
        askedRange(request)
          ? reply(response, 206, {}, bytes.subarray(0, 100))
          : reply(response, 200, {}, bytes),
    ],
    [
      '416',
      (request, response) => (askedRange(request) ? reply(response, 416) : reply(response, 200, {}, bytes)),
    ],
  ];
  for (const [name, handler] of wrong) {
    it(`is read from the beginning where it sends ${name}`, async () => {
      await using server = await startFaultServer(handler);
      await using client = testClient();
      const part = await bytesOf(appIn(client, server.host).fetch(blob, { offset: 100, length: 100 }));
      assert.ok(part.equals(bytes.subarray(100, 200)));
    });
  }

  it('is read from the beginning to go on where a connection broke', async () => {
    let first = true;
    await using server = await startFaultServer((request, response) => {
      if (!first) return reply(response, 200, {}, bytes);
      first = false;
      return replyBlob(request, response, bytes, 30_000);
    });
    await using client = testClient();
    assert.ok((await bytesOf(appIn(client, server.host).fetch(blob))).equals(bytes));
  });
});

describe('a blob that is not what it should be', function () {
  this.timeout(60_000);

  const other = Buffer.from(bytes);
  other[40_000] = (other[40_000] ?? 0) ^ 1;
  const cases: [string, FaultHandler][] = [
    ['other bytes', (_, response) => reply(response, 200, {}, other)],
    ['a shorter Content-Length', (_, response) => reply(response, 200, {}, bytes.subarray(1))],
    ['a longer Content-Length', (_, response) => reply(response, 200, {}, Buffer.concat([bytes, bytes]))],
    [
      'fewer bytes without Content-Length',
      (_, response) => {
        response.write(bytes.subarray(1));
        response.end();
      },
    ],
    [
      'more bytes without Content-Length',
      (_, response) => {
        response.write(bytes);
        response.end(bytes);
      },
    ],
  ];
  for (const [name, handler] of cases) {
    it(`never ends cleanly: ${name}`, async () => {
      await using server = await startFaultServer(handler);
      await using client = testClient();
      await assert.rejects(bytesOf(appIn(client, server.host).fetch(blob)), { reason: 'DigestMismatch' });
      assert.equal(server.requests.length, 1);
    });
  }

  it('never ends cleanly where two connections brought bytes of different blobs', async () => {
    let first = true;
    await using server = await startFaultServer((request, response) => {
      replyBlob(request, response, first ? bytes : other, first ? 10_000 : undefined);
      first = false;
    });
    await using client = testClient();
    await assert.rejects(bytesOf(appIn(client, server.host).fetch(blob)), { reason: 'DigestMismatch' });
  });

  it('has its size checked where its digest is checked elsewhere', async () => {
    await using server = await startFaultServer((_, response) => {
      response.write(bytes.subarray(1));
      response.end();
    });
    await using client = testClient();
    await assert.rejects(bytesOf(appIn(client, server.host).fetchUnverified(blob)), {
      reason: 'DigestMismatch',
    });
  });

  it('is not inflated, whatever its Content-Encoding says', async () => {
    const packed = gzipSync(bytes);
    await using server = await startFaultServer((_, response) =>
      reply(response, 200, { 'Content-Encoding': 'gzip' }, packed),
    );
    await using client = testClient();
    const layer = blobDescriptor(packed);
    assert.ok((await bytesOf(appIn(client, server.host).fetch(layer))).equals(packed));
  });

  it('is refused where the range begins behind its end', async () => {
    await using client = testClient();
    await assert.rejects(async () => appIn(client, '127.0.0.1:1').fetch(blob, { offset: 50_001 }), {
      reason: 'Invalid',
    });
  });
});

describe('a foreign layer', function () {
  this.timeout(60_000);

  it('comes from its URLs, without credentials, where the registry has none', async () => {
    await using elsewhere = await startFaultServer((request, response) =>
      replyBlob(request, response, bytes),
    );
    await using server = await startFaultServer((request, response) =>
      request.headers.authorization
        ? replyError(response, 404, 'BLOB_UNKNOWN')
        : replyError(response, 401, 'UNAUTHORIZED', { 'WWW-Authenticate': 'Basic realm="test"' }),
    );
    await using client = testClient({ signIn: { kind: 'password', username: 'ada', password: 'secret' } });
    const urls = ['ftp://127.0.0.1/layer', `${elsewhere.origin}/layer`];
    assert.ok((await bytesOf(appIn(client, server.host).fetch({ ...blob, urls }))).equals(bytes));
    assert.equal(server.requests.length, 2);
    assert.deepEqual(
      elsewhere.requests.map(({ url, headers }) => [url, headers.authorization]),
      [['/layer', undefined]],
    );
  });

  it('goes on at the same URL where a connection breaks', async () => {
    let first = true;
    await using elsewhere = await startFaultServer((request, response) => {
      replyBlob(request, response, bytes, first ? 20_000 : undefined);
      first = false;
    });
    await using server = await startFaultServer((_, response) => replyError(response, 404, 'BLOB_UNKNOWN'));
    await using client = testClient();
    const urls = [`${elsewhere.origin}/layer`];
    assert.ok((await bytesOf(appIn(client, server.host).fetch({ ...blob, urls }))).equals(bytes));
    assert.equal(server.requests.length, 1);
    assert.equal(elsewhere.requests.length, 2);
  });

  it('is not fetched from an address that only we can reach', async () => {
    await using server = await startFaultServer((_, response) => replyError(response, 404, 'BLOB_UNKNOWN'));
    await using client = testClient();
    const urls = ['http://169.254.169.254/latest/meta-data'];
    await assert.rejects(appIn(client, server.host).fetch({ ...blob, urls }), { reason: 'Insecure' });
  });
});

describe('a fetch that is cancelled', function () {
  this.timeout(60_000);

  const hanging: [string, FaultHandler][] = [
    ['before the answer', () => undefined],
    [
      'within the answer',
      (_, response) => {
        response.writeHead(200, { 'Content-Length': bytes.length });
        response.write(bytes.subarray(0, 10));
      },
    ],
    [
      'while it waits to try again',
      (_, response) => replyError(response, 503, 'UNAVAILABLE', { 'Retry-After': '30' }),
    ],
    [
      'within an error',
      (_, response) => {
        response.writeHead(403, { 'Content-Length': 100 });
        response.write('{');
      },
    ],
  ];
  for (const [stage, handler] of hanging) {
    it(`ends at once and leaves no connection behind: ${stage}`, async () => {
      const abort = new AbortController();
      await using server = await startFaultServer((request, response) => {
        setTimeout(() => abort.abort(), 50);
        return handler(request, response);
      });
      await using client = testClient({ idleTimeout: 20_000 });
      const reading = async () => bytesOf(appIn(client, server.host).fetch(blob, undefined, abort.signal));
      const started = Date.now();
      await assert.rejects(reading(), { reason: 'Cancelled' });
      assert.ok(Date.now() - started < 10_000);
      await client[Symbol.asyncDispose]();
      await server.allClosed();
    });
  }

  it('leaves no connection behind where the reader goes away', async () => {
    await using server = await startFaultServer((_, response) => {
      response.writeHead(200, { 'Content-Length': bytes.length });
      response.write(bytes.subarray(0, 10));
    });
    await using client = testClient();
    const stream = await appIn(client, server.host).fetch(blob);
    stream.destroy();
    await server.allClosed();
  });

  it('does nothing where the signal has fired before', async () => {
    await using server = await startFaultServer((_, response) => reply(response, 200, {}, bytes));
    await using client = testClient();
    const fetching = appIn(client, server.host).fetch(blob, undefined, AbortSignal.abort());
    await assert.rejects(fetching, (error: EngineError) => error.reason === 'Cancelled');
    assert.equal(server.requests.length, 0);
  });
});
