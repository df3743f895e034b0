import { l10n } from 'vscode';
import type { FileRow } from '../../engine/image.ts';
import { inertText } from '../foreignText.ts';

/** Why there is nothing to open at a path: it is no file, or a link to what is not there. */
export function noContentText({ path, linkName }: FileRow): string {
  const name = inertText(path, 200);
  return linkName === null
    ? l10n.t('{0} is no file: it has no content.', name)
    : l10n.t('{0} is a link to {1}, which is not there.', name, inertText(linkName, 200));
}
