import { zeroTime } from '../oci/rfc3339Nano.ts';
import { namedType } from './goTemplate/goType.ts';
import {
  type GoMethods,
  type GoValue,
  goFunction,
  goInt64,
  goStruct,
  goTyped,
} from './goTemplate/goValue.ts';
import { dayOfYear, formatGoTime, monthName, type UtcTime, weekdayName } from './goTimeFormat.ts';

const duration = namedType('time.Duration', 'int64');
const month = namedType('time.Month', 'int');
const weekday = namedType('time.Weekday', 'int');

/**
 * A time as Go's programs hand it to a template: it prints as Go prints one, and is written to JSON as it stands.
 * @param text RFC 3339 in UTC, with up to nine digits behind the seconds
 */
export function timeValue(text: string): GoValue {
  const printed = `${text.replace('T', ' ').replace('Z', '')} +0000 UTC`;
  const methods = { String: () => printed, IsZero: () => text === zeroTime, ...calendarMethods(text) };
  return goStruct('time.Time', [], methods, () => text);
}

/** https://pkg.go.dev/time#Time */
function calendarMethods(text: string): GoMethods {
  const time = utcTime(text);
  const { date } = time;
  const nanoseconds = BigInt(time.nanoseconds);
  const seconds = BigInt(Math.floor(date.getTime() / 1000));
  return {
    Year: () => BigInt(date.getUTCFullYear()),
    Month: () => goTyped(month, BigInt(date.getUTCMonth() + 1), { String: () => monthName(date) }),
    Day: () => BigInt(date.getUTCDate()),
    YearDay: () => BigInt(dayOfYear(date)),
    Weekday: () => goTyped(weekday, BigInt(date.getUTCDay()), { String: () => weekdayName(date) }),
    Hour: () => BigInt(date.getUTCHours()),
    Minute: () => BigInt(date.getUTCMinutes()),
    Second: () => BigInt(date.getUTCSeconds()),
    Nanosecond: () => nanoseconds,
    Unix: () => goInt64(seconds),
    UnixMilli: () => goInt64(seconds * 1000n + nanoseconds / 1_000_000n),
    UnixMicro: () => goInt64(seconds * 1_000_000n + nanoseconds / 1000n),
    UnixNano: () => goInt64(BigInt.asIntN(64, seconds * 1_000_000_000n + nanoseconds)),
    UTC: (receiver) => receiver,
    Format: goFunction(['string'], (layout) => formatGoTime(time, String(layout))),
  };
}

function utcTime(text: string): UtcTime {
  const fraction = /\.(\d{1,9})/.exec(text)?.[1] ?? '';
  return { date: new Date(text), nanoseconds: Number(fraction.padEnd(9, '0')) };
}

/** A span of time: `1m30s`. */
export function durationValue(nanoseconds: number): GoValue {
  const whole = (unit: number) => goInt64(Math.trunc(nanoseconds / unit));
  return goTyped(duration, BigInt(nanoseconds), {
    String: () => durationText(nanoseconds),
    Hours: () => nanoseconds / 3600e9,
    Minutes: () => nanoseconds / 60e9,
    Seconds: () => nanoseconds / 1e9,
    Milliseconds: () => whole(1e6),
    Microseconds: () => whole(1e3),
    Nanoseconds: () => whole(1),
  });
}

/** https://pkg.go.dev/time#Duration.String */
function durationText(nanoseconds: number): string {
  const size = Math.abs(nanoseconds);
  if (size === 0) return '0s';
  const sign = nanoseconds < 0 ? '-' : '';
  if (size < 1e3) return `${sign}${size}ns`;
  if (size < 1e6) return `${sign}${size / 1e3}µs`;
  if (size < 1e9) return `${sign}${size / 1e6}ms`;
  const [hours, minutes] = [Math.floor(size / 3600e9), Math.floor(size / 60e9) % 60];
  const seconds = `${(size % 60e9) / 1e9}s`;
  if (hours > 0) return `${sign}${hours}h${minutes}m${seconds}`;
  return minutes > 0 ? `${sign}${minutes}m${seconds}` : sign + seconds;
}
