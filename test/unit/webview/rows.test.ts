import assert from 'node:assert/strict';
import { RowWindow } from '../../../webview/common/rows/rowWindow.ts';
import { type Move, moveFor, type RowShapes } from '../../../webview/common/rows/treeKeys.ts';
import { TypeAhead } from '../../../webview/common/rows/typeAhead.ts';

/** A tree from its rows: `+` folded, `-` unfolded, deeper by two spaces. */
function tree(...lines: readonly string[]): RowShapes & { label(at: number): string } {
  return {
    length: lines.length,
    shape: (at) => {
      const line = lines[at] ?? '';
      const expanded = /^ *-/.test(line) ? true : /^ *\+/.test(line) ? false : undefined;
      return { level: (line.length - line.trimStart().length) / 2 + 1, expanded };
    },
    label: (at) => (lines[at] ?? '').replace(/^[ +-]*/, ''),
  };
}

const sample = tree('- bin', '  cat', '  ls', '+ etc', '- usr', '  + lib', '  - share', '    doc', 'vmlinuz');

describe('the keys of a tree', () => {
  const keys: readonly (readonly [key: string, at: number, expected: Move | undefined])[] = [
    ['ArrowDown', 0, { kind: 'go', at: 1 }],
    ['ArrowDown', 8, { kind: 'go', at: 8 }],
    ['ArrowUp', 0, { kind: 'go', at: 0 }],
    ['Home', 5, { kind: 'go', at: 0 }],
    ['End', 5, { kind: 'go', at: 8 }],
    ['PageDown', 1, { kind: 'go', at: 5 }],
    ['PageDown', 7, { kind: 'go', at: 8 }],
    ['PageUp', 2, { kind: 'go', at: 0 }],
    ['ArrowRight', 3, { kind: 'toggle', at: 3 }],
    ['ArrowRight', 4, { kind: 'go', at: 5 }],
    ['ArrowRight', 1, undefined],
    ['ArrowLeft', 4, { kind: 'toggle', at: 4 }],
    ['ArrowLeft', 3, { kind: 'go', at: 3 }],
    ['ArrowLeft', 7, { kind: 'go', at: 6 }],
    ['ArrowLeft', 5, { kind: 'go', at: 4 }],
    ['Enter', 1, { kind: 'open', at: 1 }],
    [' ', 1, { kind: 'open', at: 1 }],
    [' ', 3, { kind: 'toggle', at: 3 }],
    ['Escape', 3, undefined],
  ];
  for (const [key, at, expected] of keys) {
    const does = expected ? `${expected.kind} ${expected.at}` : 'nothing';
    it(`do at row ${at} for ${key === ' ' ? 'Space' : key}: ${does}`, () => {
      assert.deepEqual(moveFor(key, at, 4, sample), expected);
    });
  }

  it('do nothing in an empty tree', () => {
    assert.equal(moveFor('ArrowDown', 0, 4, tree()), undefined);
  });
});

describe('typing ahead', () => {
  const find = (typed: string, from: number, pauses = 0) => {
    const typeAhead = new TypeAhead();
    let current = from;
    for (const [position, key] of [...typed].entries()) {
      const time = position * (pauses || 50);
      current = typeAhead.find(key, time, current, sample.length, (at) => sample.label(at)) ?? current;
    }
    return sample.label(current);
  };

  it('goes to the next row that begins so, round the end', () => {
    assert.equal(find('v', 0), 'vmlinuz');
    assert.equal(find('b', 5), 'bin');
    assert.equal(find('li', 0), 'lib');
  });

  it('begins anew after a pause', () => {
    assert.equal(find('lb', 0, 1000), 'bin');
  });

  it('goes through the rows of one letter when it is repeated', () => {
    assert.equal(find('l', 0), 'ls');
    assert.equal(find('ll', 0), 'lib');
  });

  it('stays where nothing begins so', () => {
    assert.equal(find('x', 3), 'etc');
  });
});

describe('the window of a long list', () => {
  it('has the rows in sight and some more', () => {
    const rows = new RowWindow(100_000, 20, 200);
    assert.equal(rows.scrollHeight, 2_000_000);
    assert.deepEqual(rows.range(0, 5), [0, 15]);
    assert.deepEqual(rows.range(1000, 5), [45, 65]);
    assert.deepEqual(rows.range(2_000_000 - 200, 5), [99_985, 100_000]);
    assert.equal(rows.offset(50, 1000), 1000);
    assert.equal(rows.page, 10);
  });

  it('scrolls just so far that a row is in sight', () => {
    const rows = new RowWindow(1000, 20, 200);
    assert.equal(rows.reveal(5, 0), 0);
    assert.equal(rows.reveal(10, 0), 20);
    assert.equal(rows.reveal(3, 1000), 60);
    assert.equal(rows.reveal(999, 0), 20_000 - 200);
  });

  it('reaches every row of a list that is taller than any element may be', () => {
    const rows = new RowWindow(4_000_000, 22, 440);
    const bottom = rows.scrollHeight - 440;
    assert(rows.scrollHeight <= 15_000_000);
    assert.deepEqual(rows.range(bottom, 0)[1], 4_000_000);
    const scrollTop = rows.reveal(2_000_000, 0);
    const [first, end] = rows.range(scrollTop, 0);
    assert(first <= 2_000_000 && 2_000_000 < end);
    const offset = rows.offset(2_000_000, scrollTop) - scrollTop;
    assert(offset >= 0 && offset <= 440, `${offset}`);
  });

  it('is empty without rows', () => {
    assert.deepEqual(new RowWindow(0, 22, 440).range(0, 6), [0, 0]);
  });
});
