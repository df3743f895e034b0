import assert from 'node:assert/strict';
import { ageOf } from '../../../src/protocol/age.ts';

const hour = 3_600_000;
const day = 24 * hour;

describe('an age', () => {
  for (const [milliseconds, told] of [
    [59_999, undefined],
    [-5, undefined],
    [60_000, '1 minute'],
    [hour - 1, '59 minute'],
    [hour, '1 hour'],
    [2 * day - 1, '47 hour'],
    [2 * day, '2 day'],
    [14 * day - 1, '13 day'],
    [14 * day, '2 week'],
    [60 * day - 1, '8 week'],
    [60 * day, '2 month'],
    [730 * day - 1, '24 month'],
    [730 * day, '2 year'],
  ] as const) {
    it(`of ${milliseconds} ms is told as ${told ?? 'none'}`, () => {
      const age = ageOf(milliseconds);
      assert.equal(age && `${age.count} ${age.unit}`, told);
    });
  }
});
