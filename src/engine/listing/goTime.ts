import { EngineError } from '../errors.ts';

/** What Go's layouts are made of, as far as Docker's times need it; what is in none of them stands for itself. */
const elements = ['2006', '01', '02', '15', '04', '05', '.999999999', 'Z07:00'] as const;
type Element = (typeof elements)[number];

interface Fields {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
  milliseconds: number;
  /** Minutes east of Greenwich. */
  offset: number;
}

/** Where an element's text ends, with what of it is out of range. */
interface Taken {
  readonly end: number;
  readonly outOfRange?: string;
}

/**
 * Reads a time by one of Go's layouts.
 * @param defaultOffset minutes east of Greenwich, where the layout has no zone
 * @returns milliseconds since 1970
 * @throws `Invalid`, in Go's words. https://pkg.go.dev/time#Parse
 */
export function parseGoTime(layout: string, text: string, defaultOffset: number): number {
  const fields: Fields = {
    year: 1,
    month: 1,
    day: 1,
    hour: 0,
    minute: 0,
    second: 0,
    milliseconds: 0,
    offset: defaultOffset,
  };
  let at = 0;
  for (const part of partsOf(layout)) {
    const taken = take(part, text, at, fields);
    if (!taken) throw refused(text, layout, text.slice(at), part);
    if (taken.outOfRange) throw outOfRange(text, taken.outOfRange);
    at = taken.end;
  }
  if (at < text.length) throw invalid(`parsing time ${quoted(text)}: extra text: ${quoted(text.slice(at))}`);
  if (fields.day < 1 || fields.day > daysIn(fields)) throw outOfRange(text, 'day');
  return instantOf(fields);
}

function partsOf(layout: string): string[] {
  return layout.split(/(2006|01|02|15|04|05|\.999999999|Z07:00)/).filter((part) => part !== '');
}

function isElement(part: string): part is Element {
  return (elements as readonly string[]).includes(part);
}

function take(part: string, text: string, at: number, fields: Fields): Taken | undefined {
  if (!isElement(part)) return text.startsWith(part, at) ? { end: at + part.length } : undefined;
  switch (part) {
    case '2006':
      return takeNumber(text, at, /\d{4}/y, fields, 'year', 0, 9999);
    case '01':
      return takeNumber(text, at, /\d\d/y, fields, 'month', 1, 12);
    case '02':
      // Whether the month has the day is known only at the end.
      return takeNumber(text, at, /\d\d/y, fields, 'day', 0, 99);
    case '15':
      return takeNumber(text, at, /\d\d?/y, fields, 'hour', 0, 23);
    case '04':
      return takeNumber(text, at, /\d\d/y, fields, 'minute', 0, 59);
    case '05':
      return takeSeconds(text, at, fields);
    case '.999999999':
      return takeFraction(text, at, fields);
    case 'Z07:00':
      return takeZone(text, at, fields);
  }
}

function takeNumber(
  text: string,
  at: number,
  pattern: RegExp,
  fields: Fields,
  name: keyof Fields,
  least: number,
  most: number,
): Taken | undefined {
  const digits = matchAt(pattern, text, at)?.[0];
  if (digits === undefined) return undefined;
  fields[name] = Number(digits);
  const isWithin = fields[name] >= least && fields[name] <= most;
  return { end: at + digits.length, ...(!isWithin && { outOfRange: name }) };
}

/** A fraction is taken also where the layout has none. */
function takeSeconds(text: string, at: number, fields: Fields): Taken | undefined {
  const seconds = takeNumber(text, at, /\d\d/y, fields, 'second', 0, 59);
  return seconds && !seconds.outOfRange ? takeFraction(text, seconds.end, fields) : seconds;
}

function takeFraction(text: string, at: number, fields: Fields): Taken {
  const fraction = matchAt(/[.,](\d+)/y, text, at);
  if (!fraction) return { end: at };
  fields.milliseconds = Math.floor(Number(`0.${fraction[1]}`) * 1000);
  return { end: at + fraction[0].length };
}

function takeZone(text: string, at: number, fields: Fields): Taken | undefined {
  const [zone, sign, hours, minutes] = matchAt(/Z|([+-])(\d\d):(\d\d)/y, text, at) ?? [];
  if (zone === undefined) return undefined;
  const offset = zone === 'Z' ? 0 : Number(hours) * 60 + Number(minutes);
  fields.offset = sign === '-' ? -offset : offset;
  return { end: at + zone.length };
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

function daysIn({ year, month }: Fields): number {
  const date = new Date(0);
  date.setUTCFullYear(year, month, 0);
  return date.getUTCDate();
}

function instantOf({ year, month, day, hour, minute, second, milliseconds, offset }: Fields): number {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  date.setUTCHours(hour, minute - offset, second, milliseconds);
  return date.getTime();
}

function refused(text: string, layout: string, rest: string, part: string): EngineError {
  return invalid(
    `parsing time ${quoted(text)} as ${quoted(layout)}: cannot parse ${quoted(rest)} as ${quoted(part)}`,
  );
}

function outOfRange(text: string, what: string): EngineError {
  return invalid(`parsing time ${quoted(text)}: ${what} out of range`);
}

function invalid(message: string): EngineError {
  return new EngineError('Invalid', message);
}

function quoted(text: string): string {
  return JSON.stringify(text);
}
