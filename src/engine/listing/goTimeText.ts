/**
 * A time as Go prints it, to the second: `2026-01-02 15:04:05 +0100 CET`.
 * https://pkg.go.dev/time#Time.String
 * @param date its zone is the process's
 */
export function goTimeText(date: Date): string {
  const { day, clock, sign, hours, minutes } = localParts(date);
  return `${day} ${clock} ${sign}${hours}${minutes} ${zoneName(date)}`;
}

/** `2026-01-02T15:04:05+01:00`, `…Z` where that is the local time. https://www.rfc-editor.org/rfc/rfc3339 */
export function localRfc3339(date: Date): string {
  const { day, clock, sign, hours, minutes } = localParts(date);
  const isUtc = hours === '00' && minutes === '00';
  return `${day}T${clock}${isUtc ? 'Z' : `${sign}${hours}:${minutes}`}`;
}

function localParts(date: Date) {
  const offset = -date.getTimezoneOffset();
  const [day = '', clock = ''] = new Date(date.getTime() + offset * 60_000).toISOString().split(/[T.]/);
  const distance = Math.abs(offset);
  return {
    day,
    clock,
    sign: offset < 0 ? '-' : '+',
    hours: twoDigits(Math.floor(distance / 60)),
    minutes: twoDigits(Math.round(distance % 60)),
  };
}

function twoDigits(number: number): string {
  return String(number).padStart(2, '0');
}

/** Each knows the usual abbreviations of its own part of the world only. */
const locales = ['en-US', 'en-GB', 'en-AU', 'en-NZ', 'en-IN', 'en-ZA', 'ja-JP', 'ko-KR'];

/** `CET`; `+03` where the zone has no name, as in Go. */
function zoneName(date: Date): string {
  for (const locale of locales) {
    const name = namedBy(locale, date);
    if (name && /^[A-Z]{3,5}$/.test(name)) return name;
  }
  const { sign, hours, minutes } = localParts(date);
  return `${sign}${hours}${minutes === '00' ? '' : minutes}`;
}

const zoneFormats = new Map<string, Intl.DateTimeFormat>();

function namedBy(locale: string, date: Date): string | undefined {
  const format = zoneFormats.get(locale) ?? new Intl.DateTimeFormat(locale, { timeZoneName: 'short' });
  zoneFormats.set(locale, format);
  const parts = format.formatToParts(date);
  return parts.find(({ type }) => type === 'timeZoneName')?.value;
}
