import assert from 'node:assert/strict';
import type { FileRow, PathChange } from '../../../src/engine/image.ts';
import { diffTrees } from '../../../src/engine/layers/diffTrees.ts';
import { UnionTree } from '../../../src/engine/layers/unionTree.ts';
import { indexOfTar, temporaryFolder } from '../../support/layerReading.ts';
import { pseudoRandom } from '../../support/pseudoRandom.ts';
import { directory, file, hardlink, symlink, type TarItem, tarOf } from '../../support/tarWriter.ts';

type Layers = readonly (readonly TarItem[])[];

const device = (path: string, minor: number): TarItem => ({ path, type: 'character', device: [1, minor] });

const cases: readonly (readonly [what: string, before: Layers, after: Layers, changes: readonly string[]])[] =
  [
    ['nothing', [], [], []],
    ['images without a file, one of which has some', [], [[file('a/b')]], ['added /a', 'added /a/b']],
    ['the same layers', [[file('a', '1')]], [[file('a', '1')]], []],
    ['the same files in other layers', [[file('a', '1'), file('b')]], [[file('b')], [file('a', '1')]], []],
    ['times', [[file('a', '1', { mtime: 1 })]], [[file('a', '1', { mtime: 2 })]], []],
    ['bytes of the same length', [[file('a', '1')]], [[file('a', '2')]], ['modified /a']],
    ['a mode', [[file('a', '1')]], [[file('a', '1', { mode: 0o4755 })]], ['modified /a']],
    ['a user', [[directory('a')]], [[directory('a', { uid: 7 })]], ['modified /a']],
    ['a group', [[symlink('a', 'b')]], [[symlink('a', 'b', { gid: 7 })]], ['modified /a']],
    ['a type', [[file('a')]], [[directory('a')]], ['modified /a']],
    ['a link', [[symlink('a', 'b')]], [[symlink('a', 'c')]], ['modified /a']],
    ['a file for a link to it', [[file('a'), symlink('b', 'a')]], [[file('a'), file('b')]], ['modified /b']],
    ['a device', [[device('a', 3)]], [[device('a', 4)]], ['modified /a']],
    ['a folder that one only implies', [[file('a/b')]], [[directory('a'), file('a/b')]], []],
    [
      'all that is below a removed folder',
      [[file('a/b/c'), file('a-b'), file('a/d')]],
      [[file('a-b')]],
      ['removed /a', 'removed /a/b', 'removed /a/b/c', 'removed /a/d'],
    ],
    [
      'a folder in place of a file and the other way round',
      [[file('a'), file('b/c')]],
      [[file('a/x'), file('b')]],
      ['modified /a', 'added /a/x', 'modified /b', 'removed /b/c'],
    ],
    [
      'both names of a file that changes',
      [[file('a', '1'), hardlink('b', 'a')]],
      [[file('a', '2'), hardlink('b', 'a')]],
      ['modified /a', 'modified /b'],
    ],
    [
      'a name that leads to another file of the same bytes',
      [[file('a', '1'), file('c', '1'), hardlink('b', 'a')]],
      [[file('a', '1'), file('c', '1'), hardlink('b', 'c')]],
      ['modified /b'],
    ],
    [
      'a hard link in a shared layer whose file a layer above replaces',
      [[file('a', '1'), hardlink('b', 'a')]],
      [[file('a', '1'), hardlink('b', 'a')], [file('a', '2')]],
      ['modified /a', 'modified /b'],
    ],
    [
      'a hard link in a shared layer to what differs below',
      [[file('a', '1')], [hardlink('b', 'a')]],
      [[file('a', '2')], [hardlink('b', 'a')]],
      ['modified /a', 'modified /b'],
    ],
    [
      'a whiteout above a shared layer',
      [[file('a'), file('d/e'), file('z')]],
      [[file('a'), file('d/e'), file('z')], [file('.wh.d')]],
      ['removed /d', 'removed /d/e'],
    ],
  ];

describe('the difference of two images', () => {
  const folder = temporaryFolder();

  async function unionOf(layers: Layers): Promise<UnionTree> {
    return UnionTree.build(await Promise.all(layers.map((items) => indexOfTar(tarOf(...items), folder))));
  }

  async function differences(before: UnionTree, after: UnionTree): Promise<readonly PathChange[]> {
    return collect(diffTrees(before, after));
  }

  for (const [what, before, after, expected] of cases) {
    it(`is ${expected.length === 0 ? 'none for' : 'seen for'} ${what}`, async () => {
      const changes = await differences(await unionOf(before), await unionOf(after));
      assert.deepEqual(
        changes.map(({ change, path }) => `${change} ${path}`),
        expected,
      );
    });
  }

  it('has the rows of both', async () => {
    const [before, after] = [
      await unionOf([[file('a', '1')]]),
      await unionOf([[], [file('a', '22'), file('b')]]),
    ];
    assert.deepEqual(await differences(before, after), [
      { path: '/a', change: 'modified', before: before.lookup('/a'), after: after.lookup('/a') },
      { path: '/b', change: 'added', before: null, after: after.lookup('/b') },
    ]);
  });

  it('is what a plain comparison of all rows finds, whatever the layers', async () => {
    const random = pseudoRandom(17);
    for (let round = 0; round < 25; round++) {
      const shared = randomLayers(random, 2);
      const [left, right] = [randomLayers(random, 2), randomLayers(random, 3)];
      const [before, after] = [await unionOf([...shared, ...left]), await unionOf([...shared, ...right])];
      const expected = plainComparison(before, after);
      const changes = (await differences(before, after)).map(({ path, change }) => `${change} ${path}`);
      assert.deepEqual(changes, expected, `round ${round}`);
    }
  });

  it('stops when it is no longer wanted', async () => {
    const union = await unionOf([[file('a')]]);
    await assert.rejects(collect(diffTrees(union, union, AbortSignal.abort())), {
      reason: 'Cancelled',
    });
  });
});

async function collect(changes: AsyncIterable<PathChange>): Promise<readonly PathChange[]> {
  const all: PathChange[] = [];
  for await (const change of changes) all.push(change);
  return all;
}

function randomLayers(random: () => number, count: number): TarItem[][] {
  const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)] as T;
  const path = () => pick(['a', 'b', 'a/a', 'a/b', 'b/a', 'b/a/c', 'a-']);
  const make = [
    () => file(path(), pick(['', '1', '2'])),
    () => directory(path(), { mode: pick([0o755, 0o700]) }),
    () => symlink(path(), pick(['a', 'b'])),
    () => hardlink(path(), path()),
    () => file(path().replace(/[^/]+$/, '.wh.$&')),
    () => file(path().replace(/[^/]+$/, '.wh..wh..opq')),
  ];
  return Array.from({ length: count }, () => Array.from({ length: 5 }, () => pick(make)()));
}

function plainComparison(before: UnionTree, after: UnionTree): string[] {
  const [left, right] = [described(before), described(after)];
  const paths = [...new Set([...left.keys(), ...right.keys()])].sort();
  return paths.flatMap((path) => {
    if (left.get(path) === right.get(path)) return [];
    return `${!left.has(path) ? 'added' : !right.has(path) ? 'removed' : 'modified'} ${path}`;
  });
}

function described(tree: UnionTree): Map<string, string> {
  return new Map(Array.from(tree.rows(), (row) => [row.path, `${facts(row)} ${contentOf(tree, row.path)}`]));
}

function facts({ type, mode, uid, gid, linkName, size }: FileRow): string {
  return JSON.stringify([type, mode, uid, gid, linkName, size]);
}

function contentOf(tree: UnionTree, path: string): string {
  const place = tree.contentPlace(path);
  return place ? Buffer.from(tree.index(place.layer).contentHash(place.at)).toString('hex') : 'none';
}
