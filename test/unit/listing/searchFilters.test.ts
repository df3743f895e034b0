import assert from 'node:assert/strict';
import { parseSearchFilters, type SearchFilters } from '../../../src/engine/listing/searchFilters.ts';

describe('filters of a search', () => {
  const read: readonly (readonly [filters: readonly string[], SearchFilters])[] = [
    [[], {}],
    [[''], {}],
    [['is-official=true'], { official: true }],
    [['is-official=true', 'is-official=true'], { official: true }],
    [[' IS-Official = false '], { official: false }],
    [['is-automated=false', 'stars=3'], { automated: false, stars: 3 }],
    [['stars=3', 'stars=6', 'stars=1'], { stars: 6 }],
    [['stars=-1'], { stars: 0 }],
    [['stars=+2'], { stars: 2 }],
  ];
  for (const [filters, expected] of read) {
    it(`${JSON.stringify(filters)} ask for ${JSON.stringify(expected)}`, () => {
      assert.deepEqual(parseSearchFilters(filters), expected);
    });
  }

  /** What dockerd 20.10 answered to the same. */
  const refused: readonly (readonly [filters: readonly string[], message: string])[] = [
    [['is-official=maybe'], "Invalid filter 'is-official=[maybe]'"],
    [['is-official=1'], "Invalid filter 'is-official=[1]'"],
    [['is-official=true', 'is-official=false'], "Invalid filter 'is-official=[false true]'"],
    [['is-automated='], "Invalid filter 'is-automated=[]'"],
    [['stars=x'], "Invalid filter 'stars=x'"],
    [['stars=3', 'stars='], "Invalid filter 'stars='"],
    [['stars=1.5'], "Invalid filter 'stars=1.5'"],
    [['foo=1'], "Invalid filter 'foo'"],
    [['foo'], 'bad format of filter (expected name=value)'],
  ];
  for (const [filters, message] of refused) {
    it(`${JSON.stringify(filters)} are refused`, () => {
      assert.throws(
        () => parseSearchFilters(filters),
        (error: Error & { reason?: string }) =>
          error.reason === 'Invalid' && error.message.startsWith(`${message}:`),
      );
    });
  }
});
