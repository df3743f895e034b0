import assert from 'node:assert/strict';
import { pairLayers } from '../../../webview/compare/pairLayers.ts';

function layersOf(names: string) {
  return [...names].map((name) => ({
    ...{ diffId: name, digest: `digest of ${name}`, instruction: '' },
    ...{ size: 1, unpackedSize: 1, filesVerified: true },
  }));
}

/** `a=` of a common layer, `b|c` of two side by side. */
function paired(before: string, after: string): string {
  const rows = pairLayers(layersOf(before), layersOf(after));
  return rows
    .map(({ before: left, after: right, isCommon }) => {
      const [one = '', other = ''] = [left?.layer.diffId, right?.layer.diffId];
      return isCommon ? `${one}=` : `${one}|${other}`;
    })
    .join(' ');
}

const cases: readonly (readonly [before: string, after: string, rows: string])[] = [
  ['', '', ''],
  ['ab', 'ab', 'a= b='],
  ['', 'ab', '|a |b'],
  ['ab', '', 'a| b|'],
  ['abc', 'abd', 'a= b= c|d'],
  ['abc', 'axc', 'a= b|x c='],
  ['abc', 'abcde', 'a= b= c= |d |e'],
  ['abcd', 'bd', 'a| b= c| d='],
  ['aab', 'ab', 'a= a| b='],
  ['abc', 'xyz', 'a|x b|y c|z'],
];

describe('layers side by side', () => {
  for (const [before, after, rows] of cases) {
    it(`${before || 'none'} and ${after || 'none'}: ${rows || 'nothing'}`, () => {
      assert.equal(paired(before, after), rows);
    });
  }

  it('know the place that each has in its image', () => {
    const [, row] = pairLayers(layersOf('ab'), layersOf('xaab'));
    assert.deepEqual([row?.before?.position, row?.after?.position], [0, 1]);
  });

  it('are compared by their beginning alone where there are thousands', () => {
    const many = layersOf('a'.repeat(2000));
    const rows = pairLayers(many, [...many, ...layersOf('b')]);
    assert.equal(rows.filter(({ isCommon }) => isCommon).length, 2000);
    const others = pairLayers([...layersOf('x'), ...many], [...layersOf('y'), ...many]);
    assert.equal(others.length, 2001);
  });
});
