import { ageOf } from '../../src/protocol/age.ts';

let relative: Intl.RelativeTimeFormat | undefined;
let moments: Intl.DateTimeFormat | undefined;

/** `3 weeks ago`, in the language of the document. @param time milliseconds since 1970 */
export function formatAge(time: number, now = Date.now()): string {
  const { unit, count } = ageOf(now - time) ?? { unit: 'minute', count: 0 };
  relative ??= new Intl.RelativeTimeFormat(document.documentElement.lang, { numeric: 'auto' });
  return relative.format(-count, unit);
}

/** Its day and minute. */
export function formatMoment(time: number): string {
  const language = document.documentElement.lang;
  moments ??= new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' });
  return moments.format(time);
}
