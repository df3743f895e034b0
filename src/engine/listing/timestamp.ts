import { EngineError } from '../errors.ts';
import { parseGoDuration } from './goDuration.ts';
import { parseGoTime } from './goTime.ts';

/**
 * A moment as Docker's `until` takes it: a span before now (`10m`, `1h30m`), a time of RFC 3339 or a part of one
 * (`2026-01-02`, `2026-01-02T15:04`; in the local zone where it names none), or seconds since 1970 (`1767312000`,
 * `1767312000.5`).
 * https://github.com/moby/moby/blob/v20.10.24/api/types/time/timestamp.go
 * @param now what a span is counted back from; its zone is the local one
 * @throws `Invalid`, in Docker's words
 */
export function parseTimestamp(text: string, now: Date): Date {
  const duration = text === '0' ? undefined : parseGoDuration(text);
  if (duration !== undefined) return wholeSeconds(now.getTime() - duration);
  // Whatever has a dash was meant to be a time of RFC 3339, and what is wrong with it is worth saying.
  if (text.includes('-')) return rfc3339(text, now);
  return unixTime(text);
}

function wholeSeconds(milliseconds: number): Date {
  return new Date(Math.floor(milliseconds / 1000) * 1000);
}

function rfc3339(text: string, now: Date): Date {
  const localOffset = -now.getTimezoneOffset();
  return new Date(parseGoTime(layoutOf(text), text, localOffset));
}

function layoutOf(text: string): string {
  const zone = hasZone(text) ? 'Z07:00' : '';
  if (text.includes('.')) return `2006-01-02T15:04:05.999999999${zone}`;
  if (!text.includes('T')) return `2006-01-02${zone}`;
  return `2006-01-02T${clockLayouts[Math.min(clockColons(text), 2)]}${zone}`;
}

const clockLayouts = ['15', '15:04', '15:04:05'];

function hasZone(text: string): boolean {
  return /[zZ+]/.test(text) || count(text, '-') === 3;
}

/** Those of a zone written in numbers do not count. */
function clockColons(text: string): number {
  const colons = count(text, ':');
  return hasZone(text) && !/[zZ]/.test(text) && colons > 0 ? colons - 1 : colons;
}

function count(text: string, character: string): number {
  return text.split(character).length - 1;
}

function unixTime(text: string): Date {
  const [, seconds, fraction = '0'] = /^(\+?\d{1,15})(?:\.(\d+))?$/.exec(text) ?? [];
  const date = new Date(Math.floor(Number(seconds) * 1000 + Number(`0.${fraction}`) * 1000));
  if (seconds !== undefined && !Number.isNaN(date.getTime())) return date;
  throw new EngineError('Invalid', `failed to parse value as time or duration: ${JSON.stringify(text)}`);
}
