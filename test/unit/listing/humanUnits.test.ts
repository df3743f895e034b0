import assert from 'node:assert/strict';
import { humanDuration, humanSize, parseHumanSize } from '../../../src/engine/listing/humanUnits.ts';

describe('sizes in Docker’s units', () => {
  const cases: readonly [bytes: number, three: string, four: string][] = [
    [0, '0B', '0B'],
    [1, '1B', '1B'],
    [999, '999B', '999B'],
    [1000, '1kB', '1kB'],
    [1023, '1.02kB', '1.023kB'],
    [1024, '1.02kB', '1.024kB'],
    [1050, '1.05kB', '1.05kB'],
    [9999, '10kB', '9.999kB'],
    [15_000, '15kB', '15kB'],
    [123_456, '123kB', '123.5kB'],
    [999_400, '999kB', '999.4kB'],
    [999_600, '1e+03kB', '999.6kB'],
    [999_999, '1e+03kB', '1000kB'],
    [1_000_000, '1MB', '1MB'],
    [7_340_032, '7.34MB', '7.34MB'],
    [111_000_000, '111MB', '111MB'],
    [5_021_000, '5.02MB', '5.021MB'],
    [1_700_000_000, '1.7GB', '1.7GB'],
    [2 ** 40, '1.1TB', '1.1TB'],
    [Number.MAX_SAFE_INTEGER, '9.01PB', '9.007PB'],
  ];
  for (const [bytes, three, four] of cases) {
    it(`writes ${bytes} bytes as ${three} in lists and ${four} elsewhere`, () => {
      assert.equal(humanSize(bytes, 3), three);
      assert.equal(humanSize(bytes), four);
    });
  }
});

describe('spans of time in Docker’s words', () => {
  const second = 1000;
  const minute = 60 * second;
  const hour = 60 * minute;
  const day = 24 * hour;
  const cases: readonly [milliseconds: number, text: string][] = [
    [-5 * day, 'Less than a second'],
    [0, 'Less than a second'],
    [999, 'Less than a second'],
    [second, '1 second'],
    [45 * second, '45 seconds'],
    [59.9 * second, '59 seconds'],
    [minute, 'About a minute'],
    [119 * second, 'About a minute'],
    [2 * minute, '2 minutes'],
    [45.5 * minute, '45 minutes'],
    [59.9 * minute, '59 minutes'],
    [hour, 'About an hour'],
    [hour + 29 * minute, 'About an hour'],
    [hour + 31 * minute, '2 hours'],
    [47 * hour, '47 hours'],
    [48 * hour, '2 days'],
    [13.9 * day, '13 days'],
    [14 * day, '2 weeks'],
    [59 * day, '8 weeks'],
    [60 * day, '2 months'],
    [729 * day, '24 months'],
    [730 * day, '2 years'],
    [10 * 365 * day, '10 years'],
    [2025 * 365 * day, '292 years'],
  ];
  for (const [milliseconds, text] of cases) {
    it(`writes ${milliseconds} ms as “${text}”`, () => {
      assert.equal(humanDuration(milliseconds), text);
    });
  }
});

describe('sizes as a person writes them', () => {
  const cases: readonly [text: string, bytes: number | undefined][] = [
    ['0', 0],
    ['32025', 32_025],
    ['1B', 1],
    ['50kB', 50_000],
    ['50KB', 50_000],
    ['50k', 50_000],
    ['1.5 MB', 1_500_000],
    ['20MB', 20_000_000],
    ['2g', 2_000_000_000],
    ['1TB', 1e12],
    ['1PB', 1e15],
    ['1KiB', 1024],
    ['1.5MiB', 1_572_864],
    ['2Gi', 2 ** 31],
    ['0.5B', 0],
    ['', undefined],
    ['kB', undefined],
    ['-1kB', undefined],
    ['1,5kB', undefined],
    ['1  kB', undefined],
    ['1iB', undefined],
    ['1XB', undefined],
    ['1kB ', undefined],
    ['1e3', undefined],
  ];
  for (const [text, bytes] of cases) {
    it(`reads ${JSON.stringify(text)} as ${bytes ?? 'none'}`, () => {
      assert.equal(parseHumanSize(text), bytes);
    });
  }
});
