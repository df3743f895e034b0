import assert from 'node:assert/strict';
import { alignColumns, alignPlainCells, alignText } from '../../../src/engine/listing/tabWriter.ts';

describe('columns as Go’s tabwriter makes them', () => {
  it('are at least 10 wide, the last one as wide as its text', () => {
    assert.deepEqual(alignColumns([['REPOSITORY', 'TAG', 'IMAGE ID', 'CREATED', 'SIZE']]), [
      'REPOSITORY   TAG       IMAGE ID   CREATED   SIZE',
    ]);
  });

  it('are 3 wider than their widest cell', () => {
    assert.deepEqual(
      alignColumns([
        ['TAG', 'IMAGE ID', 'SIZE'],
        ['latest', 'c27526625b80', '15kB'],
      ]),
      ['TAG       IMAGE ID       SIZE', 'latest    c27526625b80   15kB'],
    );
  });

  it('keep their width where a cell is empty', () => {
    assert.deepEqual(alignColumns([['a', '', 'b']]), ['a                   b']);
  });

  it('count characters, not bytes or UTF-16 units', () => {
    assert.deepEqual(
      alignColumns([
        ['ünïcödé-tägs', 'x'],
        ['😀😀😀😀😀😀😀😀😀😀😀😀', 'y'],
      ]),
      ['ünïcödé-tägs   x', '😀😀😀😀😀😀😀😀😀😀😀😀   y'],
    );
  });

  it('end where a line lacks them, and begin anew below', () => {
    assert.deepEqual(alignColumns([['a-rather-long-cell', 'x'], ['alone'], ['b', 'y']]), [
      'a-rather-long-cell   x',
      'alone',
      'b         y',
    ]);
  });

  it('are aligned within the block to their left', () => {
    const lines = [
      ['a', 'b', 'c'],
      ['a', 'a-long-second-cell', 'c'],
      ['a', 'last'],
      ['a', 'b', 'c'],
    ];
    assert.deepEqual(alignColumns(lines, { minWidth: 0, padding: 1 }), [
      'a b                  c',
      'a a-long-second-cell c',
      'a last',
      'a b c',
    ]);
  });

  it('hold a hundred thousand rows', () => {
    const lines = Array.from({ length: 100_000 }, (_, row) => [`row ${row}`, 'x']);
    assert.equal(alignColumns(lines)[99_999], 'row 99999   x');
  });

  it('are none of nothing', () => {
    assert.deepEqual(alignColumns([]), []);
    assert.deepEqual(alignColumns([[]]), ['']);
  });
});

describe('a table of whole, plain columns', () => {
  const columns = [
    ['REPOSITORY', 'a', 'a-rather-long-repository'],
    ['TAG', '', 'latest'],
    ['SIZE', '15kB', ''],
  ];

  it('comes out as the general way makes it', () => {
    const text = columns[0]?.map((_, line) => columns.map((cells) => cells[line]).join('\t')).join('\n');
    assert.equal(alignPlainCells(columns), alignText(`${text}\n`));
  });

  for (const cell of ['two\nlines', 'two\tcells', 'ünïcödé', '\x1b[31m', '\u202e']) {
    it(`is left to the general way where a cell is ${JSON.stringify(cell)}`, () => {
      assert.equal(
        alignPlainCells([
          ['a', cell],
          ['b', 'c'],
        ]),
        undefined,
      );
      assert.equal(
        alignPlainCells([
          ['b', 'c'],
          ['a', cell],
        ]),
        undefined,
      );
    });
  }
});
