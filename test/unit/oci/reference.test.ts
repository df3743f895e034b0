import assert from 'node:assert/strict';
import { isEngineError } from '../../../src/engine/errors.ts';
import { parseDigest } from '../../../src/engine/oci/digest.ts';
import {
  canonicalName,
  canonicalReference,
  familiarName,
  familiarReference,
  isOfficial,
  isRegistry,
  isTag,
  parseName,
  parseReference,
  tagOrDigest,
  withDigest,
  withTag,
} from '../../../src/engine/oci/reference.ts';
import { processorMilliseconds } from '../../support/processorTime.ts';

const hex = '0123456789abcdef'.repeat(4);
const sha256 = `sha256:${hex}`;
const sha512 = `sha512:${hex}${hex}`;

type Row = [input: string, canonical: string, familiar: string];

const accepted: readonly Row[] = [
  ['alpine', 'docker.io/library/alpine:latest', 'alpine:latest'],
  ['alpine:3.19', 'docker.io/library/alpine:3.19', 'alpine:3.19'],
  ['library/alpine', 'docker.io/library/alpine:latest', 'alpine:latest'],
  ['docker.io/alpine', 'docker.io/library/alpine:latest', 'alpine:latest'],
  ['index.docker.io/alpine:1', 'docker.io/library/alpine:1', 'alpine:1'],
  ['index.docker.io/acme/app', 'docker.io/acme/app:latest', 'acme/app:latest'],
  [
    'registry-1.docker.io/library/alpine',
    'registry-1.docker.io/library/alpine:latest',
    'registry-1.docker.io/library/alpine:latest',
  ],
  ['library/a/b', 'docker.io/library/a/b:latest', 'library/a/b:latest'],
  ['other/library', 'docker.io/other/library:latest', 'other/library:latest'],
  ['acme/app', 'docker.io/acme/app:latest', 'acme/app:latest'],
  ['a/b/c/d', 'docker.io/a/b/c/d:latest', 'a/b/c/d:latest'],
  ['test_com/app', 'docker.io/test_com/app:latest', 'test_com/app:latest'],
  ['localhost', 'docker.io/library/localhost:latest', 'localhost:latest'],
  ['localhost/app', 'localhost/app:latest', 'localhost/app:latest'],
  ['localhost:5000/app', 'localhost:5000/app:latest', 'localhost:5000/app:latest'],
  ['localhost:5000', 'docker.io/library/localhost:5000', 'localhost:5000'],
  ['192.168.0.1', 'docker.io/library/192.168.0.1:latest', '192.168.0.1:latest'],
  ['192.168.0.1:80', 'docker.io/library/192.168.0.1:80', '192.168.0.1:80'],
  ['127.0.0.1:5000/a/b:5000', '127.0.0.1:5000/a/b:5000', '127.0.0.1:5000/a/b:5000'],
  ['reg:5000/app', 'reg:5000/app:latest', 'reg:5000/app:latest'],
  ['Reg/app', 'Reg/app:latest', 'Reg/app:latest'],
  ['REG/app:V1', 'REG/app:V1', 'REG/app:V1'],
  ['Reg.Example.COM:443/app', 'Reg.Example.COM:443/app:latest', 'Reg.Example.COM:443/app:latest'],
  ['[::1]:5000/app', '[::1]:5000/app:latest', '[::1]:5000/app:latest'],
  ['[2001:db8::]/app:1', '[2001:db8::]/app:1', '[2001:db8::]/app:1'],
  [
    '[FC00:1:2:3:4:5:6:7]:5000/a/b',
    '[FC00:1:2:3:4:5:6:7]:5000/a/b:latest',
    '[FC00:1:2:3:4:5:6:7]:5000/a/b:latest',
  ],
  ['xn--n3h.com:18080/foo', 'xn--n3h.com:18080/foo:latest', 'xn--n3h.com:18080/foo:latest'],
  ['a--b/c---d', 'docker.io/a--b/c---d:latest', 'a--b/c---d:latest'],
  ['a__b/c.d_e-f', 'docker.io/a__b/c.d_e-f:latest', 'a__b/c.d_e-f:latest'],
  ['app:_x.Y-9', 'docker.io/library/app:_x.Y-9', 'app:_x.Y-9'],
  [`app:${'t'.repeat(128)}`, `docker.io/library/app:${'t'.repeat(128)}`, `app:${'t'.repeat(128)}`],
  [`app@${sha256}`, `docker.io/library/app@${sha256}`, `app@${sha256}`],
  [`app:1@${sha256}`, `docker.io/library/app:1@${sha256}`, `app:1@${sha256}`],
  [`[::1]:5000/a:1@${sha512}`, `[::1]:5000/a:1@${sha512}`, `[::1]:5000/a:1@${sha512}`],
  [`docker.io/${hex}`, `docker.io/library/${hex}:latest`, `${hex}:latest`],
  [hex.slice(1), `docker.io/library/${hex.slice(1)}:latest`, `${hex.slice(1)}:latest`],
  [`${hex}:1`, `docker.io/library/${hex}:1`, `${hex}:1`],
  ['0', 'docker.io/library/0:latest', '0:latest'],
  ['scratch', 'docker.io/library/scratch:latest', 'scratch:latest'],
];

const refused: readonly string[] = [
  '',
  ' ',
  ':',
  '@',
  '/',
  ':tag',
  `@${sha256}`,
  'app:',
  'app@',
  'app/',
  '/app',
  'a//b',
  'a///b',
  'app:-x',
  'app:.x',
  'app: 1',
  ' app',
  'app ',
  'app\n',
  'app\n:1',
  'app\u0000',
  'äpp',
  'app:ü',
  'Alpine',
  'ALPINE:1',
  'acme/App',
  'docker.io/acme/App',
  'ghcr.io/Acme',
  'test:5000/Upper/lower:tag',
  '-app',
  'app-',
  '_app',
  'app_',
  '.app',
  'app.',
  '-docker/app',
  'docker-/app',
  '____/____',
  'a___b',
  'a..b',
  'a_.b',
  'a-.b',
  'a._b',
  'https://ghcr.io/acme/app',
  'docker://alpine',
  'aa/asdf$$^/aa',
  '[::1]',
  '[::1]:5000',
  '[::1]:tag',
  '[]/app',
  '[fe80::1%eth0]:5000/app',
  '[2001:db8:3:4::192.0.2.33]:5000/app',
  'fc00::1:5000/app',
  'reg:port/app',
  'reg:/app',
  '-reg.io/app',
  'reg-.io/app',
  'reg..io/app',
  `app:${'t'.repeat(129)}`,
  'app:1:2',
  `app@${hex}`,
  'app@sha256:',
  `app@sha256:${hex.slice(1)}`,
  `app@sha256:${hex}0`,
  `app@sha256:${hex.toUpperCase()}`,
  `app@sha512:${hex}`,
  `app@md5:${hex.slice(32)}`,
  `app@sha384:${hex}${hex.slice(32)}`,
  `app@${sha256}:1`,
  `app@${sha256}@${sha256}`,
  `app@sha256:${'g'.repeat(64)}`,
  hex,
  '../app',
  'reg.io/../app',
  'reg.io/./app',
  'a/..',
  'reg.io/a%2fb',
  'a\\b',
  '$X',
  'alpine:$X',
];

describe('A reference', () => {
  for (const [input, canonical, familiar] of accepted) {
    it(`${input.slice(0, 80)} is ${canonical.slice(0, 80)}`, () => {
      const reference = parseReference(input);
      assert.equal(canonicalReference(reference), canonical);
      assert.equal(familiarReference(reference), familiar);
      assert.deepEqual(parseReference(canonical), reference, 'the canonical form reads back to the same');
      assert.deepEqual(parseReference(familiar), reference, 'the familiar form reads back to the same');
      assert.equal(canonicalName(reference), `${reference.registry}/${reference.repository}`);
      if (!input.includes(hex))
        assert.equal(parseName(familiarName(reference)).repository, reference.repository);
    });
  }

  for (const input of refused) {
    it(`is refused as Invalid: ${JSON.stringify(input).slice(0, 100)}`, () => {
      assert.throws(
        () => parseReference(input),
        (error: unknown) => isEngineError(error, 'Invalid') && error.facts.reference === input,
      );
    });
  }

  it('says in Docker’s words what is wrong', () => {
    const cases: [string, RegExp][] = [
      ['Alpine', /^invalid reference format: repository name must be lowercase$/],
      ['a..b', /^invalid reference format$/],
      [hex, /cannot specify 64-byte hexadecimal strings$/],
      [`${'a/'.repeat(128)}ab`, /^repository name must not be more than 255 characters$/],
    ];
    for (const [input, message] of cases) assert.throws(() => parseReference(input), { message });
  });

  it('has a path of at most 255 characters, whatever its host’s length', () => {
    const host = `${'h'.repeat(60)}.example.com`;
    const path = (length: number) => 'a'.repeat(length);
    assert.equal(parseReference(`${host}/${path(255)}:tag`).repository.length, 255);
    assert.throws(() => parseReference(`${host}/${path(256)}`), { reason: 'Invalid' });
    assert.equal(parseReference(path(247)).repository, `library/${path(247)}`);
    assert.throws(() => parseReference(path(248)), { reason: 'Invalid' }, 'library/ counts');
  });

  it('is read in time linear in its length, whatever it holds', () => {
    const started = processorMilliseconds();
    for (const piece of ['a', 'a-', 'a.', 'a_', 'a/', '[', ':', 'A', 'a__', '0-', 'a@', '-']) {
      const hostile = piece.repeat(50_000);
      for (const input of [hostile, `${hostile}!`, `reg.io/${hostile}!`, `a:${hostile}!`, `a@${hostile}!`]) {
        assert.throws(() => parseReference(input), { reason: 'Invalid' });
      }
    }
    assert.ok(processorMilliseconds() - started < 3000);
  });

  it('without tag and digest keeps none where the default is not wanted', () => {
    assert.equal(parseName('alpine').tag, undefined);
    assert.equal(canonicalReference(parseName('alpine')), 'docker.io/library/alpine');
    assert.equal(parseReference(`alpine@${sha256}`).tag, undefined);
  });

  it('tells official images from others', () => {
    const official = ['alpine', 'library/alpine', 'docker.io/library/alpine:3', `alpine@${sha256}`];
    const unofficial = ['acme/alpine', 'ghcr.io/library/alpine', 'localhost/alpine', 'library.io/alpine'];
    assert.deepEqual(
      official.map((name) => isOfficial(parseReference(name))),
      official.map(() => true),
    );
    assert.deepEqual(
      unofficial.map((name) => isOfficial(parseReference(name))),
      unofficial.map(() => false),
    );
  });

  it('asks a registry for the digest where there is one', () => {
    assert.equal(tagOrDigest(parseReference(`alpine:3@${sha256}`)), sha256);
    assert.equal(tagOrDigest(parseReference('alpine:3')), '3');
    assert.equal(tagOrDigest(parseName('alpine')), 'latest');
  });

  it('gets another tag or digest, but only a valid one', () => {
    const reference = parseReference(`ghcr.io/acme/app:1@${sha256}`);
    assert.equal(canonicalReference(withTag(reference, 'v2')), 'ghcr.io/acme/app:v2');
    assert.equal(
      canonicalReference(withDigest(reference, parseDigest(sha512))),
      `ghcr.io/acme/app@${sha512}`,
    );
    for (const tag of ['', '-x', '.x', 'a/b', 'a b', 'a:b', 't'.repeat(129), '../x']) {
      assert.throws(() => withTag(reference, tag), { reason: 'Invalid' });
      assert.equal(isTag(tag), false);
    }
  });

  it('knows a registry from what is none', () => {
    for (const host of ['docker.io', 'localhost:5000', '[::1]:5000', '[::1]', 'reg', 'a.b-c.d:1']) {
      assert.equal(isRegistry(host), true, host);
    }
    for (const host of ['', 'reg:', 'reg:x', '-reg', 'reg/', 'http://reg', 'a_b', '::1', 'reg\n', 'reg.']) {
      assert.equal(isRegistry(host), false, host);
    }
  });
});
