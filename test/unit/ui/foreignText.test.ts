import assert from 'node:assert/strict';
import { foreignText } from '../../../src/ui/foreignText.ts';

describe('text from outside', () => {
  const cases: readonly (readonly [what: string, text: string, shown: string])[] = [
    ['plain text', 'nginx: master', 'nginx: master'],
    ['lines and tabs', 'one\r\n\ttwo\n', 'one two '],
    ['a right-to-left override', 'user\u202enimda', 'user\\u202enimda'],
    ['a bell', 'ding\u0007', 'ding\\x07'],
    ['an emoji', 'ship 🚢', 'ship 🚢'],
    ['a byte that is no UTF-8', 'caf\udce9', 'caf\\xe9'],
  ];
  for (const [what, text, shown] of cases) {
    it(`shows ${what}`, () => assert.equal(foreignText(text), shown));
  }

  it('is cut at its longest, the ellipsis counted', () => {
    assert.equal(foreignText('abcdefgh', 5), 'abcd…');
    assert.equal(foreignText('abcde', 5), 'abcde');
  });

  it('is never cut within a character', () => {
    assert.equal(foreignText('abc🚢def', 5), 'abc…');
  });
});
