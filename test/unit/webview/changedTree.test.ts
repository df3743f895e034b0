import assert from 'node:assert/strict';
import { type ChangeKind, changeKinds, type FileChanges } from '../../../src/protocol/comparePage.ts';
import { ChangedTree } from '../../../webview/compare/changedTree.ts';

/** `A /path`, a folder with a slash at its end. */
function changesOf(...lines: readonly string[]): FileChanges {
  const letters = ['A', 'D', 'M', 'R'];
  return {
    paths: lines.map((line) => line.slice(2).replace(/\/$/, '')),
    kinds: lines.map(([letter = '']) => letters.indexOf(letter)),
    openable: lines.map((line) => !line.endsWith('/')),
    isFolder: lines.map((line) => line.endsWith('/')),
    sizesBefore: lines.map(() => 1),
    sizesAfter: lines.map(() => 2),
    details: lines.map(() => ''),
  };
}

/** `- name` of an unfolded folder, `+ name` of a folded one. */
function linesOf(tree: ChangedTree): string[] {
  return tree.visible.map(({ node, expanded, position, setSize }) => {
    const twistie = expanded === undefined ? ' ' : expanded ? '-' : '+';
    return `${'  '.repeat(node.level - 1)}${twistie} ${node.name} ${position}/${setSize}`;
  });
}

const look = (search: string, ...hidden: readonly ChangeKind[]) => ({ search, hidden: new Set(hidden) });
const rows = ['A /a-b', 'D /a/', 'D /a/x', 'M /b', 'R /c/d/E.txt', 'A /c/d/f'];

describe('the tree of changed paths', () => {
  it('has folders first, then by name, with those that only hold something', () => {
    const tree = new ChangedTree();
    tree.add(changesOf(...rows));
    assert.deepEqual(linesOf(tree), [
      ...['- a 1/4', '    x 1/1'],
      ...['- c 2/4', '  - d 1/1', '      E.txt 1/2', '      f 2/2'],
      ...['  a-b 3/4', '  b 4/4'],
    ]);
  });

  it('is the same whatever pieces it comes in', () => {
    const [whole, pieces] = [new ChangedTree(), new ChangedTree()];
    whole.add(changesOf(...rows));
    for (const row of rows) {
      pieces.add(changesOf(row));
      assert.ok(pieces.visible.length > 0);
    }
    assert.deepEqual(linesOf(pieces), linesOf(whole));
  });

  it('shows what is searched for, whatever its case, with the folders above', () => {
    const tree = new ChangedTree();
    tree.add(changesOf(...rows));
    const searches: readonly (readonly [search: string, lines: readonly string[]])[] = [
      ['e.TXT', ['- c 1/1', '  - d 1/1', '      E.txt 1/1']],
      ['/a/', ['- a 1/1', '    x 1/1']],
      ['c*f', ['- c 1/1', '  - d 1/1', '      f 1/1']],
      ['f*c', []],
      ['**', linesOf(tree)],
    ];
    for (const [search, lines] of searches) {
      tree.show(look(search));
      assert.deepEqual(linesOf(tree), lines, search);
    }
  });

  it('leaves out the kinds that are not wanted, also of what comes later', () => {
    const tree = new ChangedTree();
    tree.show(look('', 'removed', 'modified'));
    tree.add(changesOf(...rows));
    assert.deepEqual(linesOf(tree), ['- c 1/2', '  - d 1/1', '      E.txt 1/2', '      f 2/2', '  a-b 2/2']);
    tree.show(look('', ...changeKinds));
    assert.deepEqual([tree.visible, tree.size], [[], rows.length]);
  });

  it('folds and unfolds, and remembers what was', () => {
    const tree = new ChangedTree();
    tree.add(changesOf('A /a/b/c', 'A /d'));
    const [first] = tree.visible;
    assert.ok(first);
    tree.toggle(first.node);
    assert.deepEqual(linesOf(tree), ['+ a 1/2', '  d 2/2']);
    const later = new ChangedTree(tree.toggled);
    later.add(changesOf('A /a/b/c', 'A /d'));
    assert.deepEqual(linesOf(later), linesOf(tree));
    later.toggle(first.node);
    assert.deepEqual(later.toggled, []);
  });

  it('is folded at first where there is much, and unfolded to what is searched for', () => {
    const tree = new ChangedTree();
    tree.add(changesOf(...Array.from({ length: 500 }, (_, at) => `A /many/${at}`)));
    assert.deepEqual(linesOf(tree), ['+ many 1/1']);
    tree.show(look('499'));
    assert.deepEqual(linesOf(tree), ['- many 1/1', '    499 1/1']);
  });

  it('finds a row, or the nearest folder that is in sight', () => {
    const tree = new ChangedTree();
    tree.add(changesOf(...rows));
    assert.equal(tree.find('/c/d/f'), 5);
    assert.equal(tree.find('/c/d/gone'), 3);
    assert.equal(tree.find('/nowhere'), 0);
  });

  it('takes paths as deep as there are, and names that are keys of objects', () => {
    const tree = new ChangedTree();
    tree.add(changesOf(`A ${'/x'.repeat(1024)}`, 'A /__proto__/constructor'));
    assert.equal(tree.visible.length, 1026);
  });
});
