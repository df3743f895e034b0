import assert from 'node:assert/strict';
import { isEngineError } from '../../../src/engine/errors.ts';
import { parseTimestamp } from '../../../src/engine/listing/timestamp.ts';

const now = new Date('2026-03-04T05:06:07.890Z');

/** As `now`, somewhere else: a date knows no zone but the process's. */
class DateInZone extends Date {
  readonly #minutesEast: number;

  constructor(date: Date, minutesEast: number) {
    super(date);
    this.#minutesEast = minutesEast;
  }

  override getTimezoneOffset(): number {
    return -this.#minutesEast;
  }
}

const inIndia = new DateInZone(now, 330);

describe('a moment given to until', () => {
  const moments: readonly [text: string, moment: string][] = [
    ['10m', '2026-03-04T04:56:07.000Z'],
    ['1h30m', '2026-03-04T03:36:07.000Z'],
    ['1.5h', '2026-03-04T03:36:07.000Z'],
    ['.5h', '2026-03-04T04:36:07.000Z'],
    ['+24h', '2026-03-03T05:06:07.000Z'],
    ['-24h', '2026-03-05T05:06:07.000Z'],
    ['890ms', '2026-03-04T05:06:07.000Z'],
    ['891ms', '2026-03-04T05:06:06.000Z'],
    ['1m1us1µs1ns', '2026-03-04T05:05:07.000Z'],
    ['0s', '2026-03-04T05:06:07.000Z'],
    ['0', '1970-01-01T00:00:00.000Z'],
    ['1136073600', '2006-01-01T00:00:00.000Z'],
    ['1136073600.5', '2006-01-01T00:00:00.500Z'],
    ['1136073600.000000001', '2006-01-01T00:00:00.000Z'],
    ['2006-01-02', '2006-01-01T18:30:00.000Z'],
    ['2006-01-02Z', '2006-01-02T00:00:00.000Z'],
    ['2006-01-02+01:00', '2006-01-01T23:00:00.000Z'],
    ['2006-01-02-01:00', '2006-01-02T01:00:00.000Z'],
    ['2006-01-02T15', '2006-01-02T09:30:00.000Z'],
    ['2006-01-02T15Z', '2006-01-02T15:00:00.000Z'],
    ['2006-01-02T3:04', '2006-01-01T21:34:00.000Z'],
    ['2006-01-02T15:04-07:00', '2006-01-02T22:04:00.000Z'],
    ['2006-01-02T15:04:05', '2006-01-02T09:34:05.000Z'],
    ['2006-01-02T15:04:05Z', '2006-01-02T15:04:05.000Z'],
    ['2006-01-02T15:04:05.999999999', '2006-01-02T09:34:05.999Z'],
    ['2006-01-02T15:04:05.25Z', '2006-01-02T15:04:05.250Z'],
    ['2006-01-02T15:04:05.25+07:00', '2006-01-02T08:04:05.250Z'],
    ['2024-02-29Z', '2024-02-29T00:00:00.000Z'],
    ['0001-01-01Z', '0001-01-01T00:00:00.000Z'],
  ];
  for (const [text, moment] of moments) {
    it(`${text} is ${moment}`, () => assert.equal(parseTimestamp(text, inIndia).toISOString(), moment));
  }

  const refusals: readonly [text: string, message: string][] = [
    ['', 'failed to parse value as time or duration: ""'],
    ['yesterday', 'failed to parse value as time or duration: "yesterday"'],
    ['10 m', 'failed to parse value as time or duration: "10 m"'],
    ['1d', 'failed to parse value as time or duration: "1d"'],
    ['.m', 'failed to parse value as time or duration: ".m"'],
    ['9999999h', 'failed to parse value as time or duration: "9999999h"'],
    ['99999999999999999999', 'failed to parse value as time or duration: "99999999999999999999"'],
    ['-5', 'parsing time "-5" as "2006-01-02": cannot parse "-5" as "2006"'],
    ['2006-1-02', 'parsing time "2006-1-02" as "2006-01-02": cannot parse "1-02" as "01"'],
    ['2006-13-02', 'parsing time "2006-13-02": month out of range'],
    ['2023-02-29', 'parsing time "2023-02-29": day out of range'],
    ['2006-01-00', 'parsing time "2006-01-00": day out of range'],
    ['2006-01-02T24', 'parsing time "2006-01-02T24": hour out of range'],
    ['2006-01-02 15:04', 'parsing time "2006-01-02 15:04": extra text: " 15:04"'],
    [
      '2006-01-02T15:04:05+0700',
      'parsing time "2006-01-02T15:04:05+0700" as "2006-01-02T15:04Z07:00": cannot parse ":05+0700" as "Z07:00"',
    ],
  ];
  for (const [text, message] of refusals) {
    it(`${JSON.stringify(text)} is refused: ${message}`, () => {
      assert.throws(
        () => parseTimestamp(text, inIndia),
        (error) => isEngineError(error, 'Invalid') && error.message === message,
      );
    });
  }
});
