/** Go's zero time: what it writes where there is none. */
export const zeroTime = '0001-01-01T00:00:00Z';

/**
 * A time of RFC 3339 as Go writes it again: up to nine digits of the second, no zeros at their end, `Z` for no offset. A
 * `Date` would keep milliseconds only. Anything else is given back as it is.
 * https://pkg.go.dev/time#pkg-constants (`RFC3339Nano`)
 */
export function rfc3339Nano(text: string): string {
  const match = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)$/.exec(text);
  if (!match) return text;
  const [, second = '', fraction = '', zone = ''] = match;
  const digits = fraction.slice(0, 9).replace(/0+$/, '');
  return `${second}${digits && `.${digits}`}${/^[+-]00:00$/.test(zone) ? 'Z' : zone}`;
}
