import assert from 'node:assert/strict';
import { matchingPaths } from '../../../src/ui/matchingPaths.ts';

describe('finding one of very many paths', () => {
  const paths = [
    '/bin/sh',
    '/etc/os-release',
    '/usr/lib/os-release',
    '/usr/share/SH/notes',
    '/usr/share/shells',
  ];
  const found: readonly (readonly [query: string, paths: readonly string[]])[] = [
    ['', paths],
    ['sh', ['/bin/sh', '/usr/share/shells', '/usr/share/SH/notes']],
    ['OS-Release', ['/etc/os-release', '/usr/lib/os-release']],
    ['os usr', ['/usr/lib/os-release']],
    ['/usr/lib', ['/usr/lib/os-release']],
    ['nothing', []],
  ];
  for (const [query, expected] of found) {
    it(`finds ${expected.length} by ${JSON.stringify(query)}`, () => {
      assert.deepEqual(matchingPaths(paths, query, 10), expected);
    });
  }

  it('gives no more than it is asked for', () => {
    assert.deepEqual(matchingPaths(paths, 'os-release', 1), ['/etc/os-release']);
  });
});
