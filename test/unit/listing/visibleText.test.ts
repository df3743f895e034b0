import assert from 'node:assert/strict';
import { visibleJson, visibleText } from '../../../src/engine/listing/visibleText.ts';

describe('text from outside', () => {
  const cases: readonly [what: string, text: string, shown: string][] = [
    ['plain text', 'RUN echo "ünï" > /x', 'RUN echo "ünï" > /x'],
    ['an escape sequence', '\x1b[31mred\x1b[0m', '\\x1b[31mred\\x1b[0m'],
    ['a single-character sequence introducer', '\x9b31m', '\\x9b31m'],
    ['line ends and tabs', 'a\nb\r\tc', 'a\\nb\\r\\tc'],
    ['a bell, a backspace, a null and a delete', '\x07\b\0\x7f', '\\x07\\x08\\x00\\x7f'],
    ['a change of direction', 'a\u202eb\u2066c', 'a\\u202eb\\u2066c'],
    ['a line separator', 'a\u2028b', 'a\\u2028b'],
    ['a character of no width', 'a\u200bb\ufeff', 'a\\u200bb\\ufeff'],
    ['a byte that is not UTF-8', 'caf\udce9', 'caf\\xe9'],
    ['another lone surrogate', 'x\ud800y', 'x\\ud800y'],
    ['a surrogate pair', '😀', '😀'],
    ['a lone surrogate behind a pair', '😀\udc80', '😀\\x80'],
  ];
  for (const [what, text, shown] of cases) {
    it(`shows ${what} as ${JSON.stringify(shown)}`, () => {
      assert.equal(visibleText(text), shown);
    });
  }

  it('is the same value in JSON, with nothing left for a terminal to obey', () => {
    for (const [, text] of cases) {
      const json = visibleJson({ text });
      assert.deepEqual(JSON.parse(json), { text });
      assert.equal(visibleText(json), json);
    }
  });

  it('writes a byte that is not UTF-8 as the escape that CLI.md promises', () => {
    assert.equal(visibleJson('/caf\udce9'), '"/caf\\udce9"');
  });
});
