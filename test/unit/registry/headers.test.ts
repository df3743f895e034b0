import assert from 'node:assert/strict';
import { mergeScopes } from '../../../src/engine/registry/auth.ts';
import { type Challenge, parseChallenges } from '../../../src/engine/registry/challenge.ts';
import { type ContentRange, parseContentRange } from '../../../src/engine/registry/contentRange.ts';
import { parseLinkNext } from '../../../src/engine/registry/paging.ts';
import { parseRateLimit } from '../../../src/engine/registry/rateLimit.ts';
import { backOffDelay, parseRetryAfter } from '../../../src/engine/registry/retry.ts';
import { processorMilliseconds } from '../../support/processorTime.ts';

describe('parseChallenges', () => {
  const hub: Challenge = {
    scheme: 'bearer',
    realm: 'https://auth.docker.io/token',
    service: 'registry.docker.io',
    scopes: ['repository:library/alpine:pull'],
  };
  const cases: [name: string, header: string | null, challenges: readonly Challenge[]][] = [
    ['no header', null, []],
    ['an empty header', '', []],
    ['basic', 'Basic realm="Registry Realm"', [{ scheme: 'basic' }]],
    ['a bare scheme', 'basic', [{ scheme: 'basic' }]],
    [
      'Docker Hub',
      'Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:library/alpine:pull"',
      [hub],
    ],
    [
      'any order, any case, spaces',
      'BEARER  Scope = "repository:library/alpine:pull" , SERVICE="registry.docker.io" ,  Realm="https://auth.docker.io/token"',
      [hub],
    ],
    [
      'unquoted values',
      'Bearer realm=https://auth.docker.io/token,service=registry.docker.io,scope=repository:library/alpine:pull',
      [hub],
    ],
    [
      'commas and escapes within quotes',
      'Bearer realm="https://r/token?a=1,2",service="a \\"b\\" c",scope="repository:a:pull,push repository:b:pull"',
      [
        {
          scheme: 'bearer',
          realm: 'https://r/token?a=1,2',
          service: 'a "b" c',
          scopes: ['repository:a:pull,push', 'repository:b:pull'],
        },
      ],
    ],
    [
      'several challenges in one header',
      'Basic realm="x", Bearer realm="https://r/token", Negotiate',
      [{ scheme: 'basic' }, { scheme: 'bearer', realm: 'https://r/token', scopes: [] }],
    ],
    [
      'an error',
      'Bearer realm="https://r/token",error="insufficient_scope"',
      [{ scheme: 'bearer', realm: 'https://r/token', error: 'insufficient_scope', scopes: [] }],
    ],
    ['bearer without a realm', 'Bearer service="x"', []],
    ['a scheme that registries do not use', 'Digest realm="x", nonce="y"', []],
    ['an unclosed quote', 'Bearer realm="https://r', []],
    ['parameters without a scheme', 'realm="https://r/token"', []],
  ];
  for (const [name, header, challenges] of cases) {
    it(`reads ${name}`, () => assert.deepEqual(parseChallenges(header), challenges));
  }

  it('reads a long header of nonsense in little time', () => {
    const started = processorMilliseconds();
    for (const piece of ['"', '=', ',', 'a=', 'a="', 'Bearer ', '\\']) parseChallenges(piece.repeat(16_384));
    assert.ok(processorMilliseconds() - started < 1_000);
  });
});

describe('parseRetryAfter', () => {
  const now = new Date('2026-07-01T12:00:00Z');
  const cases: [header: string | null, date: string | undefined][] = [
    ['0', '2026-07-01T12:00:00.000Z'],
    ['90', '2026-07-01T12:01:30.000Z'],
    [' 5 ', '2026-07-01T12:00:05.000Z'],
    ['Wed, 01 Jul 2026 12:05:00 GMT', '2026-07-01T12:05:00.000Z'],
    ['Wednesday, 01-Jul-26 12:05:00 GMT', '2026-07-01T12:05:00.000Z'],
    [null, undefined],
    ['', undefined],
    ['-1', undefined],
    ['1.5', undefined],
    ['soon', undefined],
    ['99999999999', undefined],
  ];
  for (const [header, date] of cases) {
    it(`reads ${JSON.stringify(header)} as ${date ?? 'nothing'}`, () =>
      assert.equal(parseRetryAfter(header, now)?.toISOString(), date));
  }
});

describe('backOffDelay', () => {
  it('doubles from 200 ms to 10 s, give or take a fifth', () => {
    for (const [attempt, middle] of [
      [1, 200],
      [2, 400],
      [4, 1_600],
      [10, 10_000],
    ] as const) {
      const delay = backOffDelay(attempt);
      assert.ok(delay >= middle * 0.8 && delay <= middle * 1.2, `${attempt}: ${delay}`);
    }
  });
});

describe('parseContentRange', () => {
  const cases: [header: string | null, range: ContentRange | undefined][] = [
    ['bytes 0-99/100', { first: 0, last: 99, total: 100 }],
    ['Bytes 5-5/6', { first: 5, last: 5, total: 6 }],
    ['bytes 0-99/*', { first: 0, last: 99 }],
    ['bytes */100', undefined],
    ['bytes 5-4/100', undefined],
    ['bytes 0-100/100', undefined],
    ['bytes 0-1/2, bytes 5-6/9', undefined],
    ['items 0-1/2', undefined],
    ['bytes 0-1', undefined],
    ['bytes 0-9999999999999999999/*', undefined],
    [null, undefined],
  ];
  for (const [header, range] of cases) {
    it(`reads ${JSON.stringify(header)}`, () => assert.deepEqual(parseContentRange(header), range));
  }
});

describe('parseLinkNext', () => {
  const cases: [header: string | null, target: string | undefined][] = [
    ['</v2/a/tags/list?last=b&n=2>; rel="next"', '/v2/a/tags/list?last=b&n=2'],
    ['</next>;rel=next', '/next'],
    ['</next>; title="more"; rel="next"', '/next'],
    ['</first>; rel="first", </next>; rel="next"', '/next'],
    ['</next>; rel="prefetch next"', '/next'],
    ['</prev>; rel="prev"', undefined],
    ['</nextish>; rel="nextish"', undefined],
    ['</nothing>', undefined],
    ['nonsense', undefined],
    [null, undefined],
  ];
  for (const [header, target] of cases) {
    it(`reads ${JSON.stringify(header)}`, () => assert.equal(parseLinkNext(header), target));
  }
});

describe('parseRateLimit', () => {
  const seen = new Date();
  const read = (headers: Record<string, string>) =>
    parseRateLimit({ get: (name) => headers[name] ?? null }, seen);

  it("reads Docker Hub's headers, with and without a window", () => {
    const windowed = { 'ratelimit-limit': '100;w=21600', 'ratelimit-remaining': '76;w=21600' };
    assert.deepEqual(read(windowed), { limit: 100, remaining: 76, window: 21_600, seen });
    const bare = { 'ratelimit-limit': '100', 'ratelimit-remaining': '0' };
    assert.deepEqual(read(bare), { limit: 100, remaining: 0, seen });
  });

  it('reads nothing where a header is missing or nonsense', () => {
    assert.equal(read({}), undefined);
    assert.equal(read({ 'ratelimit-limit': '100' }), undefined);
    assert.equal(read({ 'ratelimit-limit': 'many', 'ratelimit-remaining': '1' }), undefined);
  });
});

describe('mergeScopes', () => {
  const cases: [scopes: string[], merged: string[]][] = [
    [[], []],
    [['repository:a:pull', 'repository:a:pull'], ['repository:a:pull']],
    [['repository:a:push', 'repository:a:pull'], ['repository:a:pull,push']],
    [
      ['repository:b:pull', 'aws', 'repository:a:pull'],
      ['aws', 'repository:a:pull', 'repository:b:pull'],
    ],
    [['registry:catalog:*'], ['registry:catalog:*']],
  ];
  for (const [scopes, merged] of cases) {
    it(`makes [${merged}] of [${scopes}]`, () => assert.deepEqual(mergeScopes(scopes), merged));
  }
});
