import { env, l10n } from 'vscode';
import type { FileRow, LayerEntryType } from '../engine/image.ts';
import { humanSize } from '../engine/listing/humanUnits.ts';
import { ageOf } from '../protocol/age.ts';

/** Bytes as Docker's lists print them: decimal units, three digits (`7.83MB`, `125MB`). */
export function formatSize(bytes: number): string {
  return humanSize(bytes, 3);
}

const day = 24 * 60 * 60 * 1000;

let relativeTime: Intl.RelativeTimeFormat | undefined;

/** `3 weeks ago`, in the editor's language. */
export function formatAge(date: Date, now = new Date()): string {
  const age = ageOf(now.getTime() - date.getTime());
  if (!age) return l10n.t('just now');
  // Making one takes longer than a whole row otherwise does.
  relativeTime ??= new Intl.RelativeTimeFormat(env.language);
  return relativeTime.format(-age.count, age.unit);
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
