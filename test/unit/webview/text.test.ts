import assert from 'node:assert/strict';
import { fill, formatCount, formatPercent, formatSize, setLanguage } from '../../../webview/common/format.ts';
import { visibleText } from '../../../webview/common/visibleText.ts';
import { stackShares } from '../../../webview/layers/stackShares.ts';

describe('foreign text in a page', () => {
  const texts: readonly (readonly [text: string, shown: string])[] = [
    ['plain name', 'plain name'],
    ['<img src=x onerror=alert(1)>', '<img src=x onerror=alert(1)>'],
    ['日本語 émoji 🙂', '日本語 émoji 🙂'],
    ['safe\u202eexe.txt', 'safe\\u202eexe.txt'],
    ['zero\u200bwidth\ufeff', 'zero\\u200bwidth\\ufeff'],
    ['\u001b[31mred\u0007', '\\x1b[31mred\\x07'],
    ['tab\tline\n', 'tab\\x09line\\x0a'],
    ['byte \udcff', 'byte \\xff'],
    ['half \ud83d', 'half \\ud83d'],
    ['tag \u{e0041}', 'tag \\u{e0041}'],
  ];
  for (const [text, shown] of texts) {
    it(`shows ${JSON.stringify(text)} as ${JSON.stringify(shown)}`, () =>
      assert.equal(visibleText(text), shown));
  }

  it('is cut where it is longer than anybody reads, and not through a character', () => {
    assert.equal(visibleText('x'.repeat(10_000)).length, 500);
    assert.equal(visibleText('abc🙂def', 5), 'abc…');
  });
});

describe('figures in a page', () => {
  before(() => setLanguage('en'));

  const sizes: readonly (readonly [bytes: number, text: string])[] = [
    [0, '0B'],
    [999, '999B'],
    [1000, '1kB'],
    [7_834_000, '7.83MB'],
    [125_400_000, '125MB'],
    [999_999, '1MB'],
    [1_500_000_000, '1.5GB'],
  ];
  for (const [bytes, text] of sizes) it(`say ${text}`, () => assert.equal(formatSize(bytes), text));

  it('are written as the language has them', () => {
    for (const count of [0, 999, 1000, 12_345, 1_234_567])
      assert.equal(formatCount(count), new Intl.NumberFormat('en').format(count));
    assert.equal(formatPercent(0.9876), '98.8%');
    setLanguage('de');
    assert.equal(formatCount(12_345), '12.345');
  });

  it('fill the places of a text, and what is filled in fills no other', () => {
    assert.equal(fill('{0} of {1}', '{1}', 2), '{1} of 2');
    assert.equal(fill('{0} {2}', 'a'), 'a {2}');
  });
});

describe('the layers to scale', () => {
  it('are as large as their share', () => {
    assert.deepEqual(stackShares([1, 3]), [0.25, 0.75]);
  });

  it('leave something to see of the smallest', () => {
    const [small = 0, large = 0] = stackShares([0, 1_000_000]);
    assert(small > 0.005 && large > 0.99);
    assert.deepEqual(stackShares([0, 0]), [0.5, 0.5]);
    assert.deepEqual(stackShares([]), []);
  });
});
