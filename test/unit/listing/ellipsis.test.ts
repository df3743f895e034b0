import assert from 'node:assert/strict';
import { ellipsis } from '../../../src/engine/listing/ellipsis.ts';

describe('text cut to a width', () => {
  const cases: readonly [text: string, width: number, cut: string][] = [
    ['', 5, ''],
    ['12345', 5, '12345'],
    ['123456', 5, '1234…'],
    ['ünïcödé', 7, 'ünïcödé'],
    ['ünïcödé', 6, 'ünïcö…'],
    ['한글한글', 8, '한글한글'],
    ['한글한글', 7, '한글한…'],
    ['한글한글', 6, '한글…'],
    ['a한글', 4, 'a한…'],
    ['ｆｕｌｌ', 5, 'ｆｕ…'],
    ['🚀🚀🚀', 5, '🚀🚀…'],
    ['𝒶𝒷𝒸𝒹', 3, '𝒶𝒷…'],
  ];
  for (const [text, width, cut] of cases) {
    it(`${JSON.stringify(text)} at ${width}: ${cut}`, () => assert.equal(ellipsis(text, width), cut));
  }
});
