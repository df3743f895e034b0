import { l10n, type MarkdownString } from 'vscode';
import { formatSize } from '../format.ts';
import { appendForeign, markdown } from '../markdown.ts';
import type { LineFile, WasteLine } from './wasteLines.ts';

/** As many paths are in a hover. */
export const mostFiles = 8;
const longestPath = 120;

/** Beside the line. */
export function wasteLabel({ wastedBytes }: WasteLine): string {
  return l10n.t('{0} wasted', formatSize(wastedBytes));
}

/** What the instruction's layers waste, the largest files first. */
export function wasteHover(line: WasteLine, imageName: string): MarkdownString {
  const text = markdown();
  const size = formatSize(line.wastedBytes);
  text.appendMarkdown(`$(trash) **${l10n.t('{0} wasted', size)}** · `);
  appendForeign(text, imageName);
  text.appendMarkdown(
    `\n\n${line.isBase ? l10n.t('Files of the base image that later steps replaced or removed:') : l10n.t('Files of this step that later steps replaced or removed:')}\n`,
  );
  for (const file of line.files.slice(0, mostFiles)) {
    text.appendMarkdown('\n- ');
    appendForeign(text, file.path, longestPath);
    text.appendMarkdown(` · ${formatSize(file.size)} · ${fateText(file)}`);
  }
  const more = line.files.length - mostFiles;
  if (more > 0) text.appendMarkdown(`\n- ${l10n.t('and more')}`);
  return text;
}

function fateText({ removed, byRange }: LineFile): string {
  const line = byRange && byRange.start.line + 1;
  if (line === undefined) return removed ? l10n.t('removed') : l10n.t('replaced');
  return removed ? l10n.t('removed in line {0}', line) : l10n.t('replaced in line {0}', line);
}
