/** A time in UTC, to the nanosecond. */
export interface UtcTime {
  readonly date: Date;
  /** Of the second. */
  readonly nanoseconds: number;
}

/** Every element that Go knows in a layout, in the order in which it looks for them. */
const element =
  /January|Jan(?![a-z])|Monday|Mon(?![a-z])|MST|002|0[1-6]|15|1|2006|2|__2|_2(?!006)|[345]|PM|pm|[-Z]07(?:0000|:00:00|00|:00)?|[.,](?:0+|9+)(?!\d)/g;

/**
 * A time as Go writes it by a layout: `Mon Jan 2 15:04:05 MST 2006`. What is no element stands for itself.
 * https://pkg.go.dev/time#Time.Format
 */
export function formatGoTime(time: UtcTime, layout: string): string {
  return layout.replace(element, (found) => elementText(time, found));
}

function elementText({ date, nanoseconds }: UtcTime, element: string): string {
  const year = date.getUTCFullYear();
  const hour = date.getUTCHours();
  const hourOfHalf = hour % 12 || 12;
  switch (element) {
    case 'January':
      return monthName(date);
    case 'Jan':
      return monthName(date).slice(0, 3);
    case '1':
      return String(date.getUTCMonth() + 1);
    case '01':
      return padded(date.getUTCMonth() + 1, 2);
    case 'Monday':
      return weekdayName(date);
    case 'Mon':
      return weekdayName(date).slice(0, 3);
    case '2':
      return String(date.getUTCDate());
    case '_2':
      return String(date.getUTCDate()).padStart(2);
    case '02':
      return padded(date.getUTCDate(), 2);
    case '__2':
      return String(dayOfYear(date)).padStart(3);
    case '002':
      return padded(dayOfYear(date), 3);
    case '15':
      return padded(hour, 2);
    case '3':
      return String(hourOfHalf);
    case '03':
      return padded(hourOfHalf, 2);
    case '4':
      return String(date.getUTCMinutes());
    case '04':
      return padded(date.getUTCMinutes(), 2);
    case '5':
      return String(date.getUTCSeconds());
    case '05':
      return padded(date.getUTCSeconds(), 2);
    case '2006':
      return padded(year, 4);
    case '06':
      return padded(year % 100, 2);
    case 'PM':
      return hour >= 12 ? 'PM' : 'AM';
    case 'pm':
      return hour >= 12 ? 'pm' : 'am';
    case 'MST':
      return 'UTC';
    default:
      return zoneOrFraction(nanoseconds, element);
  }
}

function zoneOrFraction(nanoseconds: number, element: string): string {
  if (element.startsWith('Z')) return 'Z';
  if (element.startsWith('-')) return element.replace('-', '+').replace('7', '0');
  const separator = element.charAt(0);
  const digits = padded(nanoseconds, 9)
    .slice(0, element.length - 1)
    .padEnd(element.length - 1, '0');
  if (element.charAt(1) === '0') return separator + digits;
  const significant = digits.replace(/0+$/, '');
  return significant && separator + significant;
}

export function monthName(date: Date): string {
  return date.toLocaleString('en-US', { month: 'long', timeZone: 'UTC' });
}

export function weekdayName(date: Date): string {
  return date.toLocaleString('en-US', { weekday: 'long', timeZone: 'UTC' });
}

/** 1 on the first of January. */
export function dayOfYear(date: Date): number {
  const start = new Date(date);
  start.setUTCMonth(0, 1);
  return Math.round((date.getTime() - start.getTime()) / 86_400_000) + 1;
}

function padded(number: number, digits: number): string {
  return String(number).padStart(digits, '0');
}
