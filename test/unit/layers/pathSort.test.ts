import assert from 'node:assert/strict';
import { type PathTable, sortByPath } from '../../../src/engine/layers/pathSort.ts';
import { pseudoRandom } from '../../support/pseudoRandom.ts';

describe('sorting paths', () => {
  const cases: readonly (readonly [what: string, paths: readonly string[]])[] = [
    ['nothing', []],
    ['one path', ['/a']],
    ['what is sorted already', ['', '/a', '/a-b', '/a/b', '/b']],
    ['what stands the wrong way round', ['/b', '/a/b', '/a-b', '/a', '']],
    ['the same path many times', ['/b', '/a', '/b', '/a', '/a/c', '/a', '/b']],
    ['beginnings of one another', ['/aaaa', '/a', '/aaa', '/aa', '/aaaaa', '/']],
    ['bytes beyond ASCII', ['/ÿ', '/é', '/z', '/é/a', '/\x01', '/é']],
    ['two sorted runs', [...numbered(0, 40, 2), ...numbered(1, 40, 2)]],
    ['random paths', randomPaths(3000)],
  ];

  for (const [what, paths] of cases) {
    it(`puts ${what} in byte order and says what neighbours have in common`, () => {
      const encoded = paths.map((path) => Buffer.from(path));
      const { rows, common } = sortByPath(tableOf(encoded), Uint32Array.from(paths.keys()));
      const expected = [...paths.keys()].sort(
        (left, right) => Buffer.compare(bytes(encoded, left), bytes(encoded, right)) || left - right,
      );
      assert.deepEqual([...rows], expected);
      assert.deepEqual(
        [...common],
        expected.map((row, at) => commonBytes(encoded, expected[at - 1], row)),
      );
    });
  }
});

function tableOf(paths: readonly Buffer[]): PathTable {
  let end = 0;
  const starts = paths.map(({ length }) => {
    end += length;
    return end - length;
  });
  return {
    heap: Buffer.concat(paths),
    starts: Uint32Array.from(starts),
    lengths: Uint16Array.from(paths, ({ length }) => length),
    twins: (left, right) => left - right,
  };
}

function bytes(paths: readonly Buffer[], at: number | undefined): Buffer {
  return paths[at ?? -1] ?? Buffer.alloc(0);
}

function commonBytes(paths: readonly Buffer[], left: number | undefined, right: number): number {
  const [before, path] = [bytes(paths, left), bytes(paths, right)];
  let count = 0;
  while (count < Math.min(before.length, path.length) && before[count] === path[count]) count++;
  return count;
}

function numbered(first: number, end: number, step: number): string[] {
  return Array.from(
    { length: (end - first) / step },
    (_, at) => `/run/${String(first + at * step).padStart(3, '0')}`,
  );
}

/** Of few letters, so that they have much in common. */
function randomPaths(count: number): string[] {
  const random = pseudoRandom(7);
  const part = () => 'ab-.'.charAt(Math.floor(random() * 4)).repeat(1 + Math.floor(random() * 2));
  return Array.from({ length: count }, () =>
    Array.from({ length: 1 + Math.floor(random() * 5) }, () => `/${part()}`).join(''),
  );
}
