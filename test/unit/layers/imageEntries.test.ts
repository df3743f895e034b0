import assert from 'node:assert/strict';
import { isEngineError, type Reason } from '../../../src/engine/errors.ts';
import { encodePath } from '../../../src/engine/layers/entryText.ts';
import { entriesIn, entryAt } from '../../../src/engine/layers/imageEntries.ts';
import { UnionTree } from '../../../src/engine/layers/unionTree.ts';
import { indexOfTar, temporaryFolder } from '../../support/layerReading.ts';
import { directory, file, hardlink, symlink, tarOf } from '../../support/tarWriter.ts';

const lower = tarOf(
  directory('etc'),
  file('etc/os', 'Debian'),
  file('etc/gone', '1'),
  symlink('above', '../../../../etc/os'),
  symlink('host', '/../../etc'),
  symlink('loop', 'pool'),
  symlink('pool', 'loop'),
  symlink('broken', '/nowhere'),
  symlink('etc/up', '../../..'),
);
const upper = tarOf(hardlink('hard', 'etc/os'), hardlink('open', 'etc/none'), file('etc/.wh.gone'));

describe('what is at a path of an image', () => {
  const folder = temporaryFolder();
  let tree: UnionTree;
  let layer: UnionTree;

  before(async () => {
    const top = await indexOfTar(upper, folder);
    tree = UnionTree.build([await indexOfTar(lower, folder), top]);
    layer = UnionTree.build([top], [7]);
  });

  const at = (path: string, of = tree) => entryAt(of, encodePath(path));
  const names = (path: string, of = tree) => entriesIn(of, encodePath(path)).map(({ row }) => row.path);

  const leading: readonly (readonly [path: string, row: string, target: string | undefined])[] = [
    ['/', '/', '/'],
    ['/etc/os', '/etc/os', '/etc/os'],
    ['/above', '/above', '/etc/os'],
    ['/host', '/host', '/etc'],
    ['/host/os', '/etc/os', '/etc/os'],
    ['/etc/up/etc/up/above', '/above', '/etc/os'],
    ['/loop', '/loop', undefined],
    ['/broken', '/broken', undefined],
    ['/hard', '/hard', '/hard'],
    ['/open', '/open', undefined],
  ];
  for (const [path, row, target] of leading) {
    it(`${path} is ${row} and leads to ${target ?? 'nothing'}`, () => {
      const entry = at(path);
      assert.deepEqual([entry.row.path, entry.target?.path], [row, target]);
    });
  }

  it('is in its folder, also where the folder is reached through links', () => {
    assert.deepEqual(names('/etc'), ['/etc/os', '/etc/up']);
    assert.deepEqual(names('/host'), names('/etc'));
    assert.deepEqual(names('/etc/up'), names('/'));
    assert.equal(names('/').length, 8);
  });

  it('is, of one layer, what that layer holds, without its deletions', () => {
    assert.deepEqual(names('/', layer), ['/etc', '/hard', '/open']);
    assert.deepEqual(names('/etc', layer), []);
    assert.equal(at('/hard', layer).row.layer, 7);
  });

  it('is nothing where a hard link leads to what lower layers have', () => {
    assert.equal(at('/hard', layer).target, undefined);
  });

  const refused: readonly (readonly [path: string, reason: Reason])[] = [
    ['/etc/none', 'NotFound'],
    ['/etc/gone', 'NotFound'],
    ['/etc/os/', 'NotFound'],
    ['/loop/x', 'Invalid'],
  ];
  for (const [path, reason] of refused) {
    it(`refuses ${path}: ${reason}`, () => {
      assert.throws(
        () => at(path),
        (error) => isEngineError(error, reason),
      );
    });
  }

  it('refuses to list a file', () => {
    assert.throws(
      () => names('/etc/os'),
      (error) => isEngineError(error, 'NotFound'),
    );
  });
});
