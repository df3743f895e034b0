import { l10n } from 'vscode';
import type { StoredImage } from '../engine/image.ts';
import type { HistoryRow } from '../engine/images/imageHistory.ts';
import { alignColumns } from '../engine/listing/tabWriter.ts';
import { shortDigest } from '../engine/oci/digest.ts';
import { formatPlatform } from '../engine/oci/platform.ts';
import { foreignText } from './foreignText.ts';
import { formatSize } from './format.ts';

type ToldImage = Pick<StoredImage, 'id' | 'size'> & Partial<Pick<StoredImage, 'platform'>>;
type ToldStep = Pick<HistoryRow, 'id' | 'created' | 'createdBy' | 'size' | 'comment'>;

const longestStep = 10_000;

/** The steps of an image as a table, with what made each last and whole, since it may be as long as it likes. */
export function historyText(
  title: string,
  { id, platform, size }: ToldImage,
  rows: readonly ToldStep[],
): string {
  const facts = [id, ...(platform ? [foreignText(formatPlatform(platform), 60)] : []), formatSize(size)];
  const hasComments = rows.some(({ comment }) => comment !== '');
  const header = ['IMAGE', 'CREATED', 'SIZE', ...(hasComments ? ['COMMENT'] : []), 'CREATED BY'];
  const table = alignColumns([header, ...rows.map((row) => cells(row, hasComments))]);
  return `${[title, facts.join(' · '), '', ...table].map((line) => line.trimEnd()).join('\n')}\n`;
}

function cells({ id, created, size, comment, createdBy }: ToldStep, hasComments: boolean): string[] {
  return [
    id ? shortDigest(id) : '<missing>',
    created ? created.toISOString().replace(/\.\d+/, '') : l10n.t('unknown'),
    formatSize(size),
    ...(hasComments ? [foreignText(comment, 60)] : []),
    foreignText(createdBy, longestStep),
  ];
}
