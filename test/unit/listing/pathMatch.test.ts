import assert from 'node:assert/strict';
import { isEngineError } from '../../../src/engine/errors.ts';
import { pathMatcher } from '../../../src/engine/listing/pathMatch.ts';
import { processorMilliseconds } from '../../support/processorTime.ts';

// The table of Go's own path/match_test.go, and some more.
const matches: readonly [pattern: string, name: string, fits: boolean][] = [
  ['abc', 'abc', true],
  ['*', 'abc', true],
  ['*c', 'abc', true],
  ['a*', 'a', true],
  ['a*', 'abc', true],
  ['a*', 'ab/c', false],
  ['a*/b', 'abc/b', true],
  ['a*/b', 'a/c/b', false],
  ['a*b*c*d*e*/f', 'axbxcxdxe/f', true],
  ['a*b*c*d*e*/f', 'axbxcxdxexxx/f', true],
  ['a*b*c*d*e*/f', 'axbxcxdxe/xxx/f', false],
  ['a*b*c*d*e*/f', 'axbxcxdxexxx/fff', false],
  ['a*b?c*x', 'abxbbxdbxebxczzx', true],
  ['a*b?c*x', 'abxbbxdbxebxczzy', false],
  ['ab[c]', 'abc', true],
  ['ab[b-d]', 'abc', true],
  ['ab[e-g]', 'abc', false],
  ['ab[^c]', 'abc', false],
  ['ab[^b-d]', 'abc', false],
  ['ab[^e-g]', 'abc', true],
  ['a\\*b', 'a*b', true],
  ['a\\*b', 'ab', false],
  ['a?b', 'a☺b', true],
  ['a[^a]b', 'a☺b', true],
  ['a???b', 'a☺b', false],
  ['a[^a][^a][^a]b', 'a☺b', false],
  ['[a-ζ]*', 'α', true],
  ['*[a-ζ]', 'A', false],
  ['a?b', 'a/b', false],
  ['a*b', 'a/b', false],
  ['[\\]a]', ']', true],
  ['[\\-]', '-', true],
  ['[x\\-]', 'x', true],
  ['[x\\-]', 'z', false],
  ['[\\-x]', '-', true],
  ['[d-b]', 'c', false],
  ['[^d-b]', 'c', true],
  ['a[^x]b', 'a/b', true],
  ['*.io/*', 'ghcr.io/app', true],
  ['.', 'x', false],
  ['(a|b)', 'a', false],
  ['(a|b)', '(a|b)', true],
  ['*:latest', 'alpine:latest', true],
  ['', '', true],
  ['', 'a', false],
  ['**', 'ab', true],
];
const broken = ['[]a]', '[-]', '[x-]', '[-x]', '[a-b-c]', '[', '[^', '[^bc', 'a[', 'a\\', '[a', '[\\'];

describe('shell patterns as Go’s path.Match reads them', () => {
  for (const [pattern, name, fits] of matches) {
    it(`${JSON.stringify(pattern)} ${fits ? 'fits' : 'does not fit'} ${JSON.stringify(name)}`, () => {
      assert.equal(pathMatcher(pattern)(name), fits);
    });
  }

  for (const pattern of broken) {
    it(`${JSON.stringify(pattern)} is refused`, () => {
      assert.throws(
        () => pathMatcher(pattern),
        (error) => isEngineError(error, 'Invalid') && error.message.startsWith('syntax error in pattern'),
      );
    });
  }

  it('does not take for ever over a pattern full of stars', () => {
    const started = processorMilliseconds();
    assert.equal(pathMatcher(`${'a*'.repeat(12)}b`)('a'.repeat(200)), false);
    assert.ok(processorMilliseconds() - started < 1000);
  });
});
