import assert from 'node:assert/strict';
import type { EngineError } from '../../../src/engine/errors.ts';
import type { Credentials } from '../../../src/engine/registry/credentials.ts';
import { type Certificate, makeCertificate } from '../../support/registryFaults/certificate.ts';
import { reply, replyError, replyJson, startFaultServer } from '../../support/registryFaults/faultServer.ts';
import {
  blobDescriptor,
  replyManifest,
  sampleBytes,
  sampleManifest,
} from '../../support/registryFaults/sampleBlob.ts';
import { appIn, bytesOf, collect, testClient } from '../../support/registryFaults/testClient.ts';

const ada: Credentials = { kind: 'password', username: 'ada', password: 'lovelace' };
const bytes = sampleBytes(1000);
const blob = blobDescriptor(bytes);
const basicChallenge = { 'WWW-Authenticate': 'Basic realm="test"' };

describe('a redirect', function () {
  this.timeout(60_000);

  it('leaves credentials behind at another port, and takes them along at the same', async () => {
    await using storage = await startFaultServer((_, response) => reply(response, 200, {}, bytes));
    await using server = await startFaultServer((request, response) => {
      if (!request.headers.authorization) return replyError(response, 401, 'UNAUTHORIZED', basicChallenge);
      const target = request.url.startsWith('/moved')
        ? `${storage.origin}/blob?signature=1`
        : `/moved${request.url}`;
      return reply(response, 307, { Location: target });
    });
    await using client = testClient({ signIn: ada });
    assert.ok((await bytesOf(appIn(client, server.host).fetch(blob))).equals(bytes));
    assert.ok(server.requests.at(-1)?.headers.authorization);
    assert.deepEqual(
      storage.requests.map(({ url, headers }) => [url, headers.authorization]),
      [['/blob?signature=1', undefined]],
    );
  });

  it('is not answered with credentials where its target asks for them', async () => {
    await using storage = await startFaultServer((_, response) =>
      replyError(response, 401, 'UNAUTHORIZED', basicChallenge),
    );
    await using server = await startFaultServer((_, response) =>
      reply(response, 307, { Location: `${storage.origin}/blob` }),
    );
    await using client = testClient({ signIn: ada });
    await assert.rejects(appIn(client, server.host).fetch(blob), { reason: 'Unauthorized' });
    for (const { headers } of storage.requests) assert.equal(headers.authorization, undefined);
  });

  const refused: [string, string][] = [
    ['the metadata service', 'http://169.254.169.254/latest/meta-data'],
    ['the metadata service in IPv6 clothing', 'http://[::ffff:169.254.169.254]/latest'],
    ['the metadata service as a number', 'http://2852039166/latest'],
    ['an unspecified address', 'http://0.0.0.0:1/'],
    ['a file', 'file:///etc/passwd'],
    ['data', 'data:text/plain,hello'],
    ['a name for the metadata service', 'http://metadata.test/latest'],
  ];
  for (const [name, target] of refused) {
    it(`is refused where it leads to ${name}`, async () => {
      await using server = await startFaultServer((_, response) =>
        reply(response, 302, { Location: target }),
      );
      await using client = testClient({ lookup: async () => [{ address: '169.254.169.254', family: 4 }] });
      await assert.rejects(appIn(client, server.host).fetch(blob), { reason: 'Insecure' });
    });
  }

  it('is refused where its name changes address between check and connection', async () => {
    const answers = ['127.0.0.1', '169.254.169.254'];
    let asked = 0;
    await using server = await startFaultServer((_, response) =>
      reply(response, 302, { Location: 'http://rebinding.test/' }),
    );
    await using client = testClient({
      lookup: async () => [{ address: answers[asked++] ?? '', family: 4 }],
    });
    await assert.rejects(appIn(client, server.host).fetch(blob), {
      reason: 'Insecure',
      message: 'refused to connect to rebinding.test: it leads to an address that is not public',
    });
    assert.equal(asked, 2);
  });

  it('is refused inside, where the registry is outside', async () => {
    const addresses: Record<string, string> = { 'registry.test': '198.51.100.7', 'inside.test': '10.0.0.1' };
    const { AddressGuard } = await import('../../../src/engine/registry/addressGuard.ts');
    const guard = new AddressGuard(async (name) => [{ address: addresses[name] ?? '', family: 4 }]);
    for (const target of [
      'http://127.0.0.1/',
      'http://localhost/',
      'https://inside.test/',
      'https://[::1]/',
    ]) {
      const lookup = guard.check(new URL(target.replace('localhost', '127.1')), 'registry.test');
      await assert.rejects(lookup, { reason: 'Insecure' }, target);
    }
    await guard.check(new URL('https://198.51.100.9/'), 'registry.test');
    await guard.check(new URL('https://inside.test/'), '10.1.1.1:5000');
    await assert.rejects(guard.check(new URL('http://127.0.0.1/'), '10.1.1.1:5000'), { reason: 'Insecure' });
  });

  it('ends where it goes in circles', async () => {
    await using server = await startFaultServer((request, response) =>
      reply(response, 302, { Location: request.url }),
    );
    await using client = testClient();
    await assert.rejects(appIn(client, server.host).fetch(blob), {
      reason: 'RegistryError',
      message: `${server.host} redirects in circles`,
    });
    assert.equal(server.requests.length, 11);
  });
});

describe('a registry that speaks TLS', function () {
  this.timeout(60_000);

  let certificate: Certificate;

  before(async () => {
    certificate = await makeCertificate();
  });

  it('is taken with any certificate on loopback, and never asked in plain HTTP', async () => {
    await using server = await startFaultServer((_, response) => replyManifest(response), { certificate });
    await using client = testClient();
    const repository = appIn(client, server.host);
    assert.deepEqual(await repository.resolve('1.0'), sampleManifest.descriptor);
    assert.deepEqual(await repository.resolve('1.1'), sampleManifest.descriptor);
  });

  const lookup = async () => [{ address: '127.0.0.1', family: 4 }];

  it('needs a trusted certificate elsewhere, unless listed as insecure', async () => {
    await using server = await startFaultServer((_, response) => replyManifest(response), { certificate });
    const host = server.host.replace('127.0.0.1', 'registry.test');
    await using strict = testClient({ lookup });
    await assert.rejects(appIn(strict, host).resolve('1.0'), {
      reason: 'Offline',
      message: `cannot reach ${host}: its certificate is self-signed and not trusted`,
    });
    assert.equal(server.requests.length, 0);
    await using lenient = testClient({ lookup, insecureRegistries: [host] });
    assert.deepEqual(await appIn(lenient, host).resolve('1.0'), sampleManifest.descriptor);
  });

  it('is the only kind asked elsewhere: a plain one is not spoken to unless listed', async () => {
    await using server = await startFaultServer((_, response) => replyManifest(response));
    const host = server.host.replace('127.0.0.1', 'registry.test');
    await using strict = testClient({ lookup });
    await assert.rejects(appIn(strict, host).resolve('1.0'), { reason: 'Offline' });
    assert.equal(server.requests.length, 0);
    await using lenient = testClient({ lookup, insecureRegistries: [host] });
    assert.deepEqual(await appIn(lenient, host).resolve('1.0'), sampleManifest.descriptor);
  });

  it('may not name a token realm without TLS', async () => {
    await using realm = await startFaultServer((_, response) => replyJson(response, 200, { token: 'good' }));
    const challenge = { 'WWW-Authenticate': `Bearer realm="${realm.origin}/token"` };
    await using server = await startFaultServer(
      (_, response) => replyError(response, 401, 'UNAUTHORIZED', challenge),
      { certificate },
    );
    await using client = testClient({ signIn: ada });
    await assert.rejects(appIn(client, server.host).resolve('1.0'), { reason: 'Insecure' });
    assert.equal(realm.requests.length, 0);
  });

  it('may not redirect to plain HTTP, nor want an upload there', async () => {
    await using plain = await startFaultServer((_, response) => reply(response, 200, {}, bytes));
    await using server = await startFaultServer(
      (request, response) =>
        request.method === 'HEAD'
          ? reply(response, 404)
          : reply(response, request.method === 'POST' ? 202 : 307, { Location: `${plain.origin}/blob` }),
      { certificate },
    );
    await using client = testClient();
    await assert.rejects(appIn(client, server.host).fetch(blob), { reason: 'Insecure' });
    await assert.rejects(appIn(client, server.host).push(blob, one(bytes)), { reason: 'Insecure' });
    assert.equal(plain.requests.length, 0);
  });
});

describe('a token realm', function () {
  this.timeout(60_000);

  for (const target of ['http://169.254.169.254/token', 'http://metadata.test/token', 'ftp://127.0.0.1/']) {
    it(`is not asked at ${target}`, async () => {
      await using server = await startFaultServer((_, response) =>
        replyError(response, 401, 'UNAUTHORIZED', { 'WWW-Authenticate': `Bearer realm="${target}"` }),
      );
      await using client = testClient({
        signIn: ada,
        lookup: async () => [{ address: '169.254.169.254', family: 4 }],
      });
      await assert.rejects(appIn(client, server.host).resolve('1.0'), (error: EngineError) =>
        target.startsWith('ftp') ? error.reason === 'RegistryError' : error.reason === 'Insecure',
      );
    });
  }

  it('does not pass a password on where it redirects to another host', async () => {
    await using other = await startFaultServer((_, response) => replyJson(response, 200, { token: 'good' }));
    await using realm = await startFaultServer((_, response) =>
      reply(response, 307, { Location: `${other.origin}/token` }),
    );
    await using server = await startFaultServer((request, response) =>
      request.headers.authorization === 'Bearer good'
        ? replyManifest(response)
        : replyError(response, 401, 'UNAUTHORIZED', {
            'WWW-Authenticate': `Bearer realm="${realm.origin}/token"`,
          }),
    );
    await using client = testClient({ signIn: ada });
    await appIn(client, server.host).resolve('1.0');
    assert.ok(realm.requests[0]?.headers.authorization);
    assert.equal(other.requests[0]?.headers.authorization, undefined);
  });

  it('is not sent an identity token on where it redirects to another host', async () => {
    await using other = await startFaultServer((_, response) => replyJson(response, 200, { token: 'good' }));
    await using realm = await startFaultServer((_, response) =>
      reply(response, 307, { Location: `${other.origin}/token` }),
    );
    await using server = await startFaultServer((_, response) =>
      replyError(response, 401, 'UNAUTHORIZED', {
        'WWW-Authenticate': `Bearer realm="${realm.origin}/token"`,
      }),
    );
    await using client = testClient({ signIn: { kind: 'identityToken', token: 'lovelace' } });
    await assert.rejects(appIn(client, server.host).resolve('1.0'), { reason: 'RegistryError' });
    assert.equal(other.requests.length, 0);
  });
});

describe('a list of tags', function () {
  this.timeout(60_000);

  const page = (tags: readonly string[], next?: string) => ({
    body: { name: 'acme/app', tags },
    headers: next === undefined ? {} : { Link: `<${next}>; rel="next"` },
  });

  it('is read page by page', async () => {
    await using server = await startFaultServer((request, response) => {
      const last = new URL(request.url, 'http://registry').searchParams.get('last');
      const { body, headers } =
        last === null
          ? page(['a', 'b', 'not a tag'], '/v2/acme/app/tags/list?last=b&n=3')
          : last === 'b'
            ? page([], 'list?last=c&n=3')
            : page(['d']);
      replyJson(response, 200, body, headers);
    });
    await using client = testClient();
    assert.deepEqual(await collect(appIn(client, server.host).list()), ['a', 'b', 'd']);
    assert.deepEqual(
      server.requests.map(({ url }) => url),
      ['?n=1000', '?last=b&n=3', '?last=c&n=3'].map((query) => `/v2/acme/app/tags/list${query}`),
    );
  });

  it('is read on where a full page comes without a link', async () => {
    const all = Array.from({ length: 1500 }, (_, at) => `t${String(at).padStart(4, '0')}`);
    await using server = await startFaultServer((request, response) => {
      const last = new URL(request.url, 'http://registry').searchParams.get('last');
      const from = last === null ? 0 : all.indexOf(last) + 1;
      replyJson(response, 200, { tags: all.slice(from, from + 1000) });
    });
    await using client = testClient();
    assert.deepEqual(await collect(appIn(client, server.host).list()), all);
  });

  it('ends where a registry that knows no paging repeats itself', async () => {
    const all = Array.from({ length: 1000 }, (_, at) => `t${at}`);
    await using server = await startFaultServer((_, response) => replyJson(response, 200, { tags: all }));
    await using client = testClient();
    assert.deepEqual(await collect(appIn(client, server.host).list()), all);
    assert.equal(server.requests.length, 2);
  });

  it('is empty where there are none', async () => {
    await using server = await startFaultServer((_, response) => replyJson(response, 200, { tags: null }));
    await using client = testClient();
    assert.deepEqual(await collect(appIn(client, server.host).list()), []);
  });

  it('is not followed to another origin', async () => {
    await using other = await startFaultServer((_, response) => replyJson(response, 200, { tags: ['x'] }));
    await using server = await startFaultServer((_, response) => {
      const { body, headers } = page(['a'], `${other.origin}/v2/acme/app/tags/list`);
      replyJson(response, 200, body, headers);
    });
    await using client = testClient();
    await assert.rejects(collect(appIn(client, server.host).list()), { reason: 'Insecure' });
    assert.equal(other.requests.length, 0);
  });

  it('is not followed in circles, nor for ever', async () => {
    let served = 0;
    await using circling = await startFaultServer((_, response) => {
      const { body, headers } = page(['a'], '/v2/acme/app/tags/list?last=a');
      replyJson(response, 200, body, headers);
    });
    await using endless = await startFaultServer((_, response) => {
      const { body, headers } = page(['a'], `/v2/acme/app/tags/list?last=${++served}`);
      replyJson(response, 200, body, headers);
    });
    await using client = testClient();
    await assert.rejects(collect(appIn(client, circling.host).list()), { reason: 'RegistryError' });
    await assert.rejects(collect(appIn(client, endless.host).list()), { reason: 'RegistryError' });
    assert.ok(circling.requests.length <= 3);
    assert.equal(endless.requests.length, 1000);
  });

  it('is said to be of nothing where the registry does not know the repository', async () => {
    await using server = await startFaultServer((_, response) => replyError(response, 404, 'NAME_UNKNOWN'));
    await using client = testClient();
    await assert.rejects(collect(appIn(client, server.host).list()), {
      reason: 'NotFound',
      message: `${server.host} has no repository "acme/app"`,
    });
    await assert.rejects(collect(client.catalog(server.host)), {
      reason: 'Unsupported',
      message: `${server.host} has no catalogue`,
    });
  });
});

describe('a manifest', function () {
  this.timeout(60_000);

  it('is refused beyond 4 MiB, whether or not its length is given', async () => {
    const large = Buffer.alloc(5 * 1024 * 1024, 0x20);
    for (const length of [{}, { 'Content-Length': String(large.length) }]) {
      await using server = await startFaultServer((_, response) => {
        for (const [name, value] of Object.entries(length)) response.setHeader(name, value);
        response.write(large.subarray(0, 1000));
        response.end(large.subarray(1000));
      });
      await using client = testClient();
      await assert.rejects(appIn(client, server.host).fetchManifest('1.0'), { reason: 'TooLarge' });
    }
  });

  it('is refused where its bytes are not what was asked for or announced', async () => {
    const other = `sha256:${'0'.repeat(64)}`;
    await using server = await startFaultServer((request, response) =>
      replyManifest(response, request.url.includes('sha256:') ? {} : { 'Docker-Content-Digest': other }),
    );
    await using client = testClient();
    const repository = appIn(client, server.host);
    await assert.rejects(repository.fetchManifest('1.0'), { reason: 'DigestMismatch' });
    await assert.rejects(repository.fetchManifest(other), { reason: 'DigestMismatch' });
    await assert.rejects(repository.resolve(other), { reason: 'DigestMismatch' });
    const oversize = { ...sampleManifest.descriptor, size: sampleManifest.bytes.length + 1 };
    await assert.rejects(repository.fetch(oversize), { reason: 'DigestMismatch' });
  });

  it('is what it says it is where the registry does not', async () => {
    for (const type of ['application/json', 'text/plain; charset=utf-8', '']) {
      await using server = await startFaultServer((_, response) =>
        replyManifest(response, { 'Content-Type': type }),
      );
      await using client = testClient();
      const { descriptor } = await appIn(client, server.host).fetchManifest('1.0');
      assert.deepEqual(descriptor, sampleManifest.descriptor);
    }
  });

  it('of schema 1 is refused by its type', async () => {
    await using server = await startFaultServer((_, response) =>
      replyManifest(response, {
        'Content-Type': 'application/vnd.docker.distribution.manifest.v1+prettyjws',
      }),
    );
    await using client = testClient();
    await assert.rejects(appIn(client, server.host).resolve('1.0'), { reason: 'Unsupported' });
  });

  it('is not asked for by a name that does not belong in a URL', async () => {
    await using client = testClient();
    for (const name of ['../../other', 'a/b', '', 'sha256:xyz', 'a?b', `sha256:${'A'.repeat(64)}`]) {
      await assert.rejects(appIn(client, '127.0.0.1:1').fetchManifest(name), { reason: 'Invalid' }, name);
    }
  });
});

async function* one(content: Uint8Array): AsyncGenerator<Uint8Array> {
  yield content;
}
