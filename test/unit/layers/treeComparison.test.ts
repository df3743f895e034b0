import assert from 'node:assert/strict';
import { TreeComparison } from '../../../src/engine/layers/diffTrees.ts';
import { UnionTree } from '../../../src/engine/layers/unionTree.ts';
import { indexOfTar, temporaryFolder } from '../../support/layerReading.ts';
import { processorMilliseconds } from '../../support/processorTime.ts';
import { pseudoRandom } from '../../support/pseudoRandom.ts';
import { directory, file, hardlink, symlink, type TarItem, tarOf } from '../../support/tarWriter.ts';

type Items = readonly TarItem[];

const cases: readonly (readonly [what: string, before: Items, after: Items, expected: readonly string[]])[] =
  [
    ['a file at another path', [file('a', '1')], [file('b', '1')], ['R /a > /b']],
    ['a file with another mode too', [file('a', '1')], [file('b', '1', { mode: 0o755 })], ['R /a > /b']],
    [
      'a folder',
      [directory('old'), file('old/a', '1'), file('old/b/c', '2')],
      [directory('new'), file('new/a', '1'), file('new/b/c', '2')],
      ['A /new', 'R /old/a > /new/a', 'A /new/b', 'R /old/b/c > /new/b/c', 'D /old', 'D /old/b'],
    ],
    ['empty files', [file('a')], [file('b')], ['D /a', 'A /b']],
    ['a file that stayed', [file('a', '1')], [file('a', '1'), file('b', '1')], ['A /b']],
    ['files of one size', [file('a', '1')], [file('b', '2')], ['D /a', 'A /b']],
    ['links', [symlink('a', 'x')], [symlink('b', 'x')], ['D /a', 'A /b']],
    ['a file that became a link', [file('a', 'x')], [symlink('b', 'x')], ['D /a', 'A /b']],
    [
      'a file over another one',
      [file('a', '1'), file('b', '2')],
      [file('b', '1')],
      // A path that is in both is a changed file there, not a new one.
      ['D /a', 'C /b'],
    ],
    [
      'several of the same bytes by their names first',
      [file('a/one', '1'), file('a/two', '1'), file('a/three', '1')],
      [file('b/two', '1'), file('b/four', '1'), file('b/one', '1')],
      ['D /a', 'A /b', 'R /a/three > /b/four', 'R /a/one > /b/one', 'R /a/two > /b/two'],
    ],
    [
      'several of the same name and bytes in their order',
      [file('a/x', '1'), file('b/x', '1'), file('c/x', '1')],
      [file('d/x', '1'), file('e/x', '1')],
      ['D /a', 'D /b', 'D /c', 'D /c/x', 'A /d', 'R /a/x > /d/x', 'A /e', 'R /b/x > /e/x'],
    ],
    [
      'fewer than there are',
      [file('a', '1'), file('b', '1')],
      [file('c', '1'), file('d', '1'), file('e', '1')],
      ['R /a > /c', 'R /b > /d', 'A /e'],
    ],
    [
      'both names of a hard link',
      [file('a', '1'), hardlink('b', 'a')],
      [file('c', '1'), hardlink('d', 'c')],
      ['R /a > /c', 'R /b > /d'],
    ],
    [
      'a name that is not text',
      [file(Buffer.from([0x61, 0xff]), '1')],
      [file('b', '1')],
      ['R /a\udcff > /b'],
    ],
  ];

describe('the comparison of two trees', () => {
  const folder = temporaryFolder();

  async function compared(before: Items, after: Items): Promise<TreeComparison> {
    return TreeComparison.make(await treeOf(before), await treeOf(after));
  }

  async function treeOf(items: Items): Promise<UnionTree> {
    return UnionTree.build([await indexOfTar(tarOf(...items), folder)]);
  }

  for (const [what, before, after, expected] of cases) {
    const isSeen = expected.some((line) => line.startsWith('R'));
    it(`${isSeen ? 'sees' : 'does not see'} a renamed file in ${what}`, async () => {
      const comparison = await compared(before, after);
      assert.deepEqual(await lines(comparison), expected);
      assertAgrees(comparison, expected);
    });
  }

  it('pairs what random trees have moved: each once, with its own bytes', async () => {
    const random = pseudoRandom(23);
    for (let round = 0; round < 20; round++) {
      const [before, after] = [randomFiles(random), randomFiles(random)];
      const comparison = await compared(before, after);
      assertAgrees(comparison, await lines(comparison));
      const [old, now] = [bytesByPath(before), bytesByPath(after)];
      assert.equal(comparison.renamed, possiblePairs(old, now), `round ${round}`);
      for (const rename of comparison.renames()) {
        assert.equal(old.get(rename.before.path), now.get(rename.after.path), `round ${round}`);
        assert.ok(!now.has(rename.before.path) && !old.has(rename.after.path), `round ${round}`);
      }
    }
  });

  it('takes no time of many files that are all the same', async () => {
    const many = (folderName: string) =>
      Array.from({ length: 5_000 }, (_, at) => file(`${folderName}/${at % 3}/${at}/index.js`, 'same'));
    const [before, after] = [await treeOf(many('a')), await treeOf(many('b'))];
    const started = processorMilliseconds();
    const { renamed } = await TreeComparison.make(before, after);
    assert.equal(renamed, 5_000);
    assert.ok(processorMilliseconds() - started < 10_000);
  });

  it('stops when it is no longer wanted', async () => {
    const tree = await treeOf([file('a')]);
    await assert.rejects(TreeComparison.make(tree, tree, AbortSignal.abort()), { reason: 'Cancelled' });
    const comparison = await TreeComparison.make(tree, tree);
    await assert.rejects(lines(comparison, AbortSignal.abort()), { reason: 'Cancelled' });
  });
});

const letters = { added: 'A', removed: 'D', modified: 'C' };

async function lines(comparison: TreeComparison, signal?: AbortSignal): Promise<readonly string[]> {
  const all: string[] = [];
  for await (const row of comparison.changes(signal)) {
    const isRenamed = row.change === 'renamed';
    all.push(isRenamed ? `R ${row.before.path} > ${row.after.path}` : `${letters[row.change]} ${row.path}`);
  }
  return all;
}

function assertAgrees(comparison: TreeComparison, expected: readonly string[]): void {
  const count = (letter: string) => expected.filter((line) => line.startsWith(letter)).length;
  const { added, removed, modified, renamed } = comparison;
  assert.deepEqual([added, removed, modified, renamed], ['A', 'D', 'C', 'R'].map(count));
  const renames = [...comparison.renames()].map(({ before, after }) => `R ${before.path} > ${after.path}`);
  assert.deepEqual(
    renames,
    expected.filter((line) => line.startsWith('R')),
  );
}

function randomFiles(random: () => number): Items {
  const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].filter(() => random() < 0.5);
  return names.map((name) => file(name, ['', '1', '2'][Math.floor(random() * 3)]));
}

function bytesByPath(items: Items): ReadonlyMap<string, string> {
  return new Map(items.map(({ path, content }) => [`/${path}`, String(content)]));
}

/** Of each content as many as are gone from one place and new at another. */
function possiblePairs(old: ReadonlyMap<string, string>, now: ReadonlyMap<string, string>): number {
  const count = (of: ReadonlyMap<string, string>, not: ReadonlyMap<string, string>, content: string) =>
    [...of].filter(([path, bytes]) => bytes === content && !not.has(path)).length;
  return ['1', '2']
    .map((content) => Math.min(count(old, now, content), count(now, old, content)))
    .reduce((sum, pairs) => sum + pairs, 0);
}
