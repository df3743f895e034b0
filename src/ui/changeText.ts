import { l10n } from 'vscode';
import type { FileRow, PathChange } from '../engine/image.ts';
import { foreignText } from './foreignText.ts';
import { formatMode, formatSize } from './format.ts';

/** What a diff of the bytes does not show of a change, in a few words. */
export function changeText({ before, after }: PathChange): string {
  if (!before) return l10n.t('added');
  if (!after) return l10n.t('removed');
  const size = difference(formatSize(before.size), formatSize(after.size));
  return [metaText(before, after), size].filter(Boolean).join(', ');
}

/** What is otherwise of a path beside its bytes and their number. */
export function metaText(before: FileRow, after: FileRow): string {
  const differences = [
    difference(formatMode(before), formatMode(after)),
    difference(`${before.uid}:${before.gid}`, `${after.uid}:${after.gid}`),
    difference(linkText(before), linkText(after)),
  ];
  return differences.filter(Boolean).join(', ');
}

function difference(before: string, after: string): string {
  return before === after ? '' : `${before || '–'} → ${after || '–'}`;
}

function linkText({ linkName }: FileRow): string {
  return foreignText(linkName ?? '', 100);
}
