const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** From which age on a unit is used, as everywhere in Strata and in Docker's lists. */
const steps: readonly (readonly [from: number, unit: Intl.RelativeTimeFormatUnit, length: number])[] = [
  [2 * 365 * day, 'year', 365 * day],
  [60 * day, 'month', 30 * day],
  [14 * day, 'week', 7 * day],
  [2 * day, 'day', day],
  [hour, 'hour', hour],
  [0, 'minute', minute],
];

let relative: Intl.RelativeTimeFormat | undefined;
let moments: Intl.DateTimeFormat | undefined;

/** `3 weeks ago`, in the language of the document. @param time milliseconds since 1970 */
export function formatAge(time: number, now = Date.now()): string {
  const age = Math.max(0, now - time);
  const [, unit, length] = steps.find(([from]) => age >= from) ?? ([0, 'minute', minute] as const);
  relative ??= new Intl.RelativeTimeFormat(document.documentElement.lang, { numeric: 'auto' });
  return relative.format(-Math.floor(age / length), unit);
}

/** Its day and minute. */
export function formatMoment(time: number): string {
  const language = document.documentElement.lang;
  moments ??= new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' });
  return moments.format(time);
}
