import assert from 'node:assert/strict';
import { parsePullCount } from '../../../src/engine/registry/hubDetails.ts';
import { parseSearchTerm } from '../../../src/engine/registry/search.ts';
import type { SearchOptions } from '../../../src/engine/registry/searchResult.ts';
import { deferred } from '../../../src/engine/tasks/deferred.ts';
import {
  type FaultHandler,
  reply,
  replyError,
  replyJson,
  startFaultServer,
} from '../../support/registryFaults/faultServer.ts';
import { testClient } from '../../support/registryFaults/testClient.ts';
import { startSampleRegistry } from '../../support/sampleRegistry/start.ts';

const password = { kind: 'password', username: 'ann', password: 'secret' } as const;

const rows = [
  { name: 'acme/low', description: 'low', star_count: 3, is_automated: true },
  { name: 'alpine', description: 'small\nand plain', star_count: 11_000, is_official: true },
  { name: 'acme/new', description: null },
  { name: 'acme/also-low', description: '', star_count: 3 },
];

/** Speaks the v1 search with the given rows, and the newer one where `details` is given. */
function searchServer(results: readonly unknown[], details?: unknown): FaultHandler {
  return ({ url }, response) => {
    if (url.startsWith('/v1/search?'))
      return replyJson(response, 200, { num_results: results.length, results });
    if (url.startsWith('/api/search/v4?') && details) return replyJson(response, 200, details);
    replyError(response, 404, 'UNSUPPORTED');
  };
}

/** A registry of today: no search, a catalogue. */
function catalogServer(repositories: readonly string[]): FaultHandler {
  return ({ url }, response) =>
    url.startsWith('/v2/_catalog') ? replyJson(response, 200, { repositories }) : reply(response, 404);
}

describe('a term to search for', () => {
  const cases: readonly (readonly [text: string, registry: string, term: string])[] = [
    ['alpine', 'docker.io', 'alpine'],
    ['acme/app', 'docker.io', 'acme/app'],
    ['library/alpine', 'docker.io', 'alpine'],
    ['docker.io/alpine', 'docker.io', 'alpine'],
    ['index.docker.io/library/alpine', 'docker.io', 'alpine'],
    ['quay.io/etcd', 'quay.io', 'etcd'],
    ['localhost/app', 'localhost', 'app'],
    ['registry:5000/acme/app', 'registry:5000', 'acme/app'],
    ['127.0.0.1:5000/', '127.0.0.1:5000', ''],
    ['node.js', 'docker.io', 'node.js'],
    ['', 'docker.io', ''],
  ];
  for (const [text, registry, term] of cases) {
    it(`${JSON.stringify(text)} is ${JSON.stringify(term)} in ${registry}`, () => {
      assert.deepEqual(parseSearchTerm(text), { registry, term });
    });
  }

  it('is refused with a scheme, as in Docker', () => {
    assert.throws(() => parseSearchTerm('https://quay.io/etcd'), { reason: 'Invalid' });
  });
});

describe('searching Docker Hub', () => {
  it('lists most stars first and keeps its order among equals', async () => {
    await using server = await startFaultServer(searchServer(rows));
    await using client = testClient({ hubSearch: server.origin });
    const results = await client.search('al');
    assert.deepEqual(
      results.map(({ name, stars }) => [name, stars]),
      [
        ['alpine', 11_000],
        ['acme/low', 3],
        ['acme/also-low', 3],
        ['acme/new', undefined],
      ],
    );
    assert.deepEqual(
      server.requests.map(({ url }) => url),
      ['/v1/search?q=al&n=25'],
    );
  });

  it('tells its rows at once, and again with what the newer search knows', async () => {
    const details = deferred<void>();
    await using server = await startFaultServer(async (request, response) => {
      if (request.url.startsWith('/api/')) await details.promise;
      await searchServer(rows, { results: [{ name: 'alpine', pull_count: '1B+' }] })(request, response);
    });
    await using client = testClient({ hubSearch: server.origin });
    const snapshots = client.searchSnapshots('al', { details: true });
    const first = await snapshots.next();
    assert.deepEqual([first.value?.total, first.value?.results[0]?.pulls], [4, undefined]);
    details.resolve();
    const second = await snapshots.next();
    assert.deepEqual([second.value?.total, second.value?.results[0]?.pulls], [4, 1e9]);
    assert.deepEqual(await snapshots.next(), { value: undefined, done: true });
  });

  it('sends no password, and the term escaped', async () => {
    await using server = await startFaultServer(searchServer([]));
    await using client = testClient({ hubSearch: server.origin, signIn: password });
    await client.search('a b&n=1/ü', { limit: 100, details: true });
    for (const { headers } of server.requests) assert.equal(headers.authorization, undefined);
    assert.ok(server.requests.some(({ url }) => url === '/v1/search?q=a+b%26n%3D1%2F%C3%BC&n=100'));
  });

  const filters: readonly (readonly [name: string, options: SearchOptions, names: readonly string[]])[] = [
    ['official ones', { official: true }, ['alpine']],
    ['those that are not', { official: false }, ['acme/low', 'acme/also-low', 'acme/new']],
    ['automated ones', { automated: true }, ['acme/low']],
    ['those with stars', { stars: 3 }, ['alpine', 'acme/low', 'acme/also-low']],
    ['those with no star too', { stars: 0 }, ['alpine', 'acme/low', 'acme/also-low', 'acme/new']],
    ['no more than were asked for, before filters', { limit: 1, official: true }, []],
  ];
  for (const [name, options, names] of filters) {
    it(`keeps ${name}`, async () => {
      await using server = await startFaultServer(searchServer(rows));
      await using client = testClient({ hubSearch: server.origin });
      const results = await client.search('al', options);
      assert.deepEqual(
        results.map((result) => result.name),
        names,
      );
    });
  }

  for (const limit of [0, -1, 101, 1.5, Number.NaN]) {
    it(`refuses a limit of ${limit} without asking`, async () => {
      await using client = testClient({ hubSearch: 'http://127.0.0.1:1' });
      await assert.rejects(client.search('al', { limit }), {
        reason: 'Invalid',
        message: `Limit ${limit} is outside the range of [1, 100]`,
      });
    });
  }

  it('adds what the newer search knows, and leaves the rest unknown', async () => {
    const results = [
      { name: 'library/alpine', badge: 'official', pull_count: '1B+', updated_at: '2026-01-02T03:04:05Z' },
      { name: 'acme/low', badge: 'verified_publisher', pull_count: '500K+', updated_at: 'yesterday' },
      { name: 'acme/other', badge: null },
    ];
    await using server = await startFaultServer(searchServer(rows, { total: 3, results }));
    await using client = testClient({ hubSearch: server.origin });
    const [alpine, low, alsoLow] = await client.search('al', { details: true });
    assert.deepEqual(
      [alpine?.verifiedPublisher, alpine?.pulls, alpine?.updated?.toISOString()],
      [false, 1e9, '2026-01-02T03:04:05.000Z'],
    );
    assert.deepEqual([low?.verifiedPublisher, low?.pulls, low?.updated], [true, 500_000, undefined]);
    assert.equal(alsoLow?.verifiedPublisher, undefined);
  });

  for (const details of [undefined, { results: 'none' }, { results: [{ badge: 1 }] }, 'text']) {
    it(`does without the newer search where it answers ${JSON.stringify(details)}`, async () => {
      await using server = await startFaultServer(searchServer(rows, details));
      await using client = testClient({ hubSearch: server.origin });
      const results = await client.search('al', { details: true });
      assert.equal(results.length, 4);
      assert.ok(results.every(({ verifiedPublisher }) => verifiedPublisher === undefined));
    });
  }

  for (const origin of ['http://hub.example.com', 'ftp://127.0.0.1', 'hub.example.com', '']) {
    it(`refuses ${JSON.stringify(origin)} in its place`, async () => {
      await using client = testClient({ hubSearch: origin });
      await assert.rejects(client.search('al'), { reason: 'Invalid' });
    });
  }
});

describe('searching another registry', () => {
  it('asks its own search, and names what can be pulled', async () => {
    await using server = await startFaultServer(searchServer(rows));
    await using client = testClient();
    const [first] = await client.search(`${server.host}/al`, { details: true });
    assert.equal(first?.name, `${server.host}/alpine`);
    assert.equal(first?.listedName, 'alpine');
    assert.equal(server.requests.length, 1);
  });

  it('finds names in the catalogue where it has no search: the nearest first', async () => {
    const names = ['acme/app', 'acme/app-web', 'app', 'other', 'x/APP', 'acme/my-app', 'b/app'];
    await using server = await startFaultServer(catalogServer(names));
    await using client = testClient();
    const results = await client.search(`${server.host}/app`);
    assert.deepEqual(
      results.map(({ name }) => name),
      ['app', 'acme/app', 'b/app', 'acme/app-web', 'acme/my-app'].map((name) => `${server.host}/${name}`),
    );
    assert.ok(results.every(({ stars }) => stars === undefined));
  });

  it('tells how many of the catalogue fit where they are more than the limit', async () => {
    const names = Array.from({ length: 5000 }, (_, at) => `acme/app-${String(at).padStart(4, '0')}`);
    await using server = await startFaultServer(catalogServer([...names, 'deep/app-4242']));
    await using client = testClient();
    const found = [];
    for await (const snapshot of client.searchSnapshots(`${server.host}/app-4242`)) found.push(snapshot);
    assert.deepEqual(found.at(-1)?.results.length, 2);
    for await (const snapshot of client.searchSnapshots(`${server.host}/app`, { limit: 2 }))
      found.push(snapshot);
    const last = found.at(-1);
    assert.deepEqual(
      [last?.total, last?.results.map(({ listedName }) => listedName)],
      [5001, [`${server.host}/acme/app-0000`, `${server.host}/acme/app-0001`]],
    );
  });

  it('lists all of the catalogue up to the limit where there is no term', async () => {
    const names = Array.from({ length: 60 }, (_, number) => `acme/app${String(number).padStart(2, '0')}`);
    await using server = await startFaultServer(catalogServer(names.toReversed()));
    await using client = testClient();
    assert.equal((await client.search(`${server.host}/`)).length, 25);
    const all = await client.search(`${server.host}/`, { limit: 100 });
    assert.deepEqual(
      all.map(({ name }) => name),
      names.map((name) => `${server.host}/${name}`),
    );
  });

  it('finds the sample registry’s images by name and by description', async () => {
    await using registry = await startSampleRegistry();
    await using client = testClient({ hubSearch: registry.url });
    const found = await client.search(`${registry.host}/web`);
    assert.deepEqual(
      found.map(({ listedName, stars }) => [listedName, stars]),
      [
        ['acme/web', 412],
        ['acme/cron', 9],
      ],
    );
    const [web] = await client.search('web', { details: true });
    assert.deepEqual([web?.name, web?.verifiedPublisher, web?.pulls], ['acme/web', true, 10_000_000]);
  });
});

describe('a count of pulls', () => {
  const cases: readonly (readonly [unknown, number | undefined])[] = [
    ['1B+', 1e9],
    ['500K+', 500_000],
    ['1.5M', 1_500_000],
    ['7,204', 7204],
    [312, 312],
    ['many', undefined],
    [null, undefined],
    [-1, undefined],
    ['9'.repeat(30), undefined],
    [{}, undefined],
  ];
  for (const [text, count] of cases) {
    it(`reads ${JSON.stringify(text)} as ${count}`, () => assert.equal(parsePullCount(text), count));
  }
});
