import assert from 'node:assert/strict';
import { comparePackages } from '../../../src/engine/packages/comparePackages.ts';
import type { InstalledPackage } from '../../../src/engine/packages/installedPackage.ts';

/** `NAME VERSION [ARCHITECTURE [MANAGER]]` */
function packageOf(text: string): InstalledPackage {
  const [name = '', version = '', architecture = 'amd64', manager = 'dpkg'] = text.split(' ');
  return { name, version, architecture, manager: manager === 'rpm' ? 'rpm' : 'dpkg' };
}

function changes(before: readonly string[], after: readonly string[], ignoreArchitecture = false) {
  const comparison = comparePackages(before.map(packageOf), after.map(packageOf), { ignoreArchitecture });
  const lines = comparison.changes.map(({ name, change, before: left, after: right }) =>
    [
      change,
      name,
      left ? `${left.version}/${left.architecture}` : '-',
      right ? `${right.version}/${right.architecture}` : '-',
    ].join(' '),
  );
  return [...lines, `${comparison.unchanged} alike`];
}

const cases: readonly (readonly [
  what: string,
  before: readonly string[],
  after: readonly string[],
  expected: readonly string[],
])[] = [
  ['nothing', [], [], ['0 alike']],
  ['the same', ['a 1', 'b 1'], ['b 1', 'a 1'], ['2 alike']],
  ['a version that changed', ['a 1', 'b 1'], ['a 2', 'b 1'], ['modified a 1/amd64 2/amd64', '1 alike']],
  ['what came and what went', ['a 1'], ['b 1'], ['removed a 1/amd64 -', 'added b - 1/amd64', '0 alike']],
  [
    'a kernel more',
    ['k 1', 'k 2'],
    ['k 2', 'k 3', 'k 4'],
    ['modified k 1/amd64 3/amd64', 'added k - 4/amd64', '1 alike'],
  ],
  [
    'like with like where one is there for two architectures',
    ['c 1 i386', 'c 1 amd64'],
    ['c 2 amd64', 'c 2 i386'],
    ['modified c 1/amd64 2/amd64', 'modified c 1/i386 2/i386', '0 alike'],
  ],
  ['another architecture', ['c 1 i386'], ['c 1 amd64'], ['modified c 1/i386 1/amd64', '0 alike']],
  ['another manager', ['c 1'], ['c 1 amd64 rpm'], ['removed c 1/amd64 -', 'added c - 1/amd64', '0 alike']],
];

describe('comparing packages', () => {
  for (const [what, before, after, expected] of cases) {
    it(`finds ${what}`, () => {
      const found = changes(before, after);
      assert.deepEqual(found.toSorted(), [...expected].toSorted());
    });
  }

  it('takes another architecture for no change between images for two processors', () => {
    assert.deepEqual(changes(['a 1 amd64', 'b 1 amd64'], ['a 1 arm64', 'b 2 arm64'], true), [
      'modified b 1/amd64 2/arm64',
      '1 alike',
    ]);
  });

  it('is done quickly with twenty thousand of one name', () => {
    const many = Array.from({ length: 20_000 }, (_, number) => `k ${number}`);
    const others = many.map((text) => `${text}a`);
    assert.deepEqual(changes(many, others).length, 20_001);
  });
});
