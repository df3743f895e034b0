import { env, l10n } from 'vscode';
import type { FileRow, LayerEntryType } from '../engine/image.ts';
import { humanSize } from '../engine/listing/humanUnits.ts';

/** Bytes as Docker's lists print them: decimal units, three digits (`7.83MB`, `125MB`). */
export function formatSize(bytes: number): string {
  return humanSize(bytes, 3);
}

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** From which age on a unit is used, as Docker does: weeks from two weeks, months from two months, years from two years. */
const steps: readonly (readonly [from: number, unit: Intl.RelativeTimeFormatUnit, length: number])[] = [
  [2 * 365 * day, 'year', 365 * day],
  [60 * day, 'month', 30 * day],
  [14 * day, 'week', 7 * day],
  [2 * day, 'day', day],
  [hour, 'hour', hour],
  [minute, 'minute', minute],
];

let relativeTime: Intl.RelativeTimeFormat | undefined;

/** `3 weeks ago`, in the editor's language. */
export function formatAge(date: Date, now = new Date()): string {
  const age = now.getTime() - date.getTime();
  const step = steps.find(([from]) => age >= from);
  if (!step) return l10n.t('just now');
  const [, unit, length] = step;
  // Making one takes longer than a whole row otherwise does.
  relativeTime ??= new Intl.RelativeTimeFormat(env.language);
  return relativeTime.format(-Math.floor(age / length), unit);
}

/** An image built for reproducibility says it was created at the start of 1970, which is no age to tell. */
export function formatCreated(date: Date | undefined): string | undefined {
  return date && date.getTime() > day ? formatAge(date) : undefined;
}

/** A date with its time, in the editor's language and the machine's time zone. */
export function formatDateTime(date: Date): string {
  return new Intl.DateTimeFormat(env.language, { dateStyle: 'medium', timeStyle: 'short' }).format(date);
}

/** `14:05`, with the date where it is another day. */
export function formatMoment(date: Date, now = new Date()): string {
  if (date.toDateString() !== now.toDateString()) return formatDateTime(date);
  return new Intl.DateTimeFormat(env.language, { timeStyle: 'short' }).format(date);
}

export function formatCount(count: number): string {
  return new Intl.NumberFormat(env.language).format(count);
}

const typeLetters: Record<LayerEntryType, string> = {
  file: '-',
  hardlink: '-',
  directory: 'd',
  symlink: 'l',
  character: 'c',
  block: 'b',
  fifo: 'p',
  whiteout: '-',
  opaque: 'd',
};

/** `-rwxr-xr-x`, as `ls -l` prints it, set-ID and sticky bits included. */
export function formatMode({ type, mode }: Pick<FileRow<LayerEntryType>, 'type' | 'mode'>): string {
  const triple = (shift: number, special: boolean, letter: string) => {
    const bits = mode >> shift;
    const executable = (bits & 1) !== 0;
    const last = special ? (executable ? letter : letter.toUpperCase()) : executable ? 'x' : '-';
    return (bits & 4 ? 'r' : '-') + (bits & 2 ? 'w' : '-') + last;
  };
  return (
    typeLetters[type] +
    triple(6, (mode & 0o4000) !== 0, 's') +
    triple(3, (mode & 0o2000) !== 0, 's') +
    triple(0, (mode & 0o1000) !== 0, 't')
  );
}
