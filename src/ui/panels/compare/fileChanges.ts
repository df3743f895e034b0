import type { FileRename, PathChange } from '../../../engine/image.ts';
import { changeKinds, type FileChanges } from '../../../protocol/comparePage.ts';
import { metaText } from '../../changeText.ts';

/** Rows of a comparison as the page is sent them. */
export function fileChanges(rows: readonly (PathChange | FileRename)[]): FileChanges {
  return {
    paths: rows.map(({ path }) => path),
    kinds: rows.map(({ change }) => changeKinds.indexOf(change)),
    openable: rows.map(hasContent),
    isFolder: rows.map(({ before, after }) => (after ?? before)?.type === 'directory'),
    sizesBefore: rows.map(({ before }) => before?.size ?? 0),
    sizesAfter: rows.map(({ after }) => after?.size ?? 0),
    details: rows.map(detailOf),
  };
}

/** Whether there are bytes on either side. */
export function hasContent({ before, after }: PathChange | FileRename): boolean {
  return [before, after].some((row) => row?.type === 'file' || row?.type === 'hardlink');
}

function detailOf(row: PathChange | FileRename): string {
  if (row.change === 'renamed') return row.before.path;
  return row.before && row.after ? metaText(row.before, row.after) : '';
}
