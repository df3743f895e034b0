import assert from 'node:assert/strict';
import { dayOfYear, formatGoTime } from '../../../src/engine/listing/goTimeFormat.ts';

/** Saturday */
const afternoon = { date: new Date('2026-11-07T15:04:05Z'), nanoseconds: 60_700_000 };
/** Monday */
const midnight = { date: new Date('2024-12-30T00:00:00Z'), nanoseconds: 0 };

// As Go 1.19 answers; the parity tests hold the elements against a real Docker.
const cases: readonly (readonly [layout: string, afternoon: string, midnight: string])[] = [
  ['2006-01-02T15:04:05Z07:00', '2026-11-07T15:04:05Z', '2024-12-30T00:00:00Z'],
  ['Mon, 02 Jan 2006 15:04:05 -0700', 'Sat, 07 Nov 2026 15:04:05 +0000', 'Mon, 30 Dec 2024 00:00:00 +0000'],
  ['Monday, 2. January 06', 'Saturday, 7. November 26', 'Monday, 30. December 24'],
  ['3:04PM 03:04 pm', '3:04PM 03:04 pm', '12:00AM 12:00 am'],
  ['_2|__2|002|1|4|5', ' 7|311|311|11|4|5', '30|365|365|12|0|0'],
  ['05.000 05,00 05.000000000', '05.060 05,06 05.060700000', '00.000 00,00 00.000000000'],
  ['05.999 05,9 05.999999', '05.06 05 05.0607', '00 00 00'],
  [
    'MST Z07 Z0700 -07 -07:00 -07:00:00 -070000',
    'UTC Z Z +00 +00:00 +00:00:00 +000000',
    'UTC Z Z +00 +00:00 +00:00:00 +000000',
  ],
  ['_2006 Janus Monk', '_2026 Janus Monk', '_2024 Janus Monk'],
  // No fraction, as a digit follows: two digits, and a second.
  ['.0005', '.0005', '.0000'],
  ['at', 'at', 'at'],
  ['', '', ''],
];

describe('a time by one of Go’s layouts', () => {
  for (const [layout, later, earlier] of cases) {
    it(JSON.stringify(layout), () => {
      assert.equal(formatGoTime(afternoon, layout), later);
      assert.equal(formatGoTime(midnight, layout), earlier);
    });
  }

  it('counts the days of a year', () => {
    assert.equal(dayOfYear(new Date('2024-01-01T23:59:59Z')), 1);
    assert.equal(dayOfYear(new Date('2024-12-31T23:59:59Z')), 366);
    assert.equal(dayOfYear(new Date('0001-01-01T00:00:00Z')), 1);
  });
});
