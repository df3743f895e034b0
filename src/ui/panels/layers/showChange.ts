import { l10n } from 'vscode';
import { type FileChange, type LayersSubject, parseRowContext } from '../../../protocol/layersPage.ts';
import { inform } from '../../notices.ts';
import { showDiff } from '../../showDiff.ts';
import { placeInLayer } from './rowLocation.ts';

/** A file as one layer has it beside what was there below; where it was not there or is gone, that side is empty. */
export async function showChange(subject: LayersSubject, { path, before, after }: FileChange): Promise<void> {
  const sides = [before ?? after, after ?? before] as const;
  const [left, right] = sides.map((layer) => layer && placeInLayer(subject, path, layer));
  if (left && right) await showDiff(left, right, { left: before !== undefined, right: after !== undefined });
}

/** The same for the row of a Layers page that a context menu was opened on. */
export async function compareWithLayerBelow(argument: unknown): Promise<void> {
  const row = parseRowContext(argument);
  if (!row) return;
  if (row.before || row.after) await showChange(row.image, row);
  else void inform(l10n.t('The layer does not change it.'));
}
