import assert from 'node:assert/strict';
import { errorText } from '../../../src/cli/errorText.ts';
import { EngineError, type ErrorFacts, type Reason } from '../../../src/engine/errors.ts';
import { networkError } from '../../../src/engine/registry/networkError.ts';

const retryAt = new Date('2026-01-02T03:04:05Z');

describe('an error, told to a person at a terminal', () => {
  const cases: readonly [reason: Reason, message: string, facts: ErrorFacts, text: string][] = [
    ['NotFound', 'r.test has no tag "x" in a', {}, 'r.test has no tag "x" in a'],
    ['NotFound', 'no image', { available: ['a', 'b'] }, 'no image; say which: a, b'],
    [
      'Unauthorized',
      'needs a sign-in',
      { registry: 'r.test:5' },
      'needs a sign-in; sign in with "docker login r.test:5"',
    ],
    ['Forbidden', 'not allowed to read it', {}, 'not allowed to read it; ask its owner for access'],
    ['RateLimited', 'too many requests', {}, 'too many requests; try again later'],
    [
      'RateLimited',
      'too many; try again at 2026-01-02T03:04:05.000Z',
      { retryAt },
      'too many; try again at 2026-01-02T03:04:05.000Z',
    ],
    ['RegistryError', 'status 503', { retryAt }, 'status 503; try again after 2026-01-02T03:04:05.000Z'],
    [
      'NoSuchPlatform',
      'no matching manifest',
      { available: ['linux/arm64'] },
      'no matching manifest; choose one with --platform: linux/arm64',
    ],
    ['Ambiguous', 'several images.', { available: ['a', 'b'] }, 'several images; say which: a, b'],
    [
      'TimedOut',
      'r.test sent nothing for 30 s',
      {},
      'r.test sent nothing for 30 s; check the network, then try again',
    ],
    [
      'Insecure',
      'r.test redirects to an address inside',
      { registry: 'r.test' },
      'r.test redirects to an address inside',
    ],
    ['Invalid', 'invalid reference format', {}, 'invalid reference format'],
    ['Io', 'index.json: no space left on the disk', {}, 'index.json: no space left on the disk'],
  ];
  for (const [reason, message, facts, text] of cases) {
    it(`${reason}: ${text}`, () => {
      assert.equal(errorText(new EngineError(reason, message, facts)), text);
    });
  }

  const network: readonly [code: string, advice: RegExp][] = [
    ['ECONNREFUSED', /; check the name and the network, then try again$/],
    ['ENOTFOUND', /; check the name and the network, then try again$/],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', /; if you trust it, add --insecure-registry r\.test$/],
    ['ERR_SSL_WRONG_VERSION_NUMBER', /; if you trust it, add --insecure-registry r\.test$/],
  ];
  for (const [code, advice] of network) {
    it(`${code} gets fitting advice`, () => {
      assert.match(errorText(networkError(Object.assign(new Error('x'), { code }), 'r.test')), advice);
    });
  }

  it('asks for a report of what should not have happened', () => {
    assert.equal(errorText(new TypeError('x is y')), 'x is y; this is a fault in strata, please report it');
    assert.equal(errorText('odd'), 'odd; this is a fault in strata, please report it');
  });

  it('is what went wrong first where cleaning up failed too', () => {
    const first = new EngineError('Io', 'no space left on the disk');
    const both = Object.assign(new Error('suppressed'), {
      name: 'SuppressedError',
      error: new Error('x'),
      suppressed: first,
    });
    assert.equal(errorText(both), 'no space left on the disk');
  });
});
