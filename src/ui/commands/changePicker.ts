import { l10n, ThemeColor, ThemeIcon } from 'vscode';
import type { PathChange } from '../../engine/image.ts';
import { changeText } from '../changeText.ts';
import { inertText } from '../foreignText.ts';
import { fileItem, type PathItem, pickPath } from './pathPicker.ts';

/** As many as VS Code lays out below one another without taking its time. */
export const maxShownTogether = 100;

/** The row that leads to the Compare page; no change is at the root. */
const comparisonPath = '/';

/**
 * Lets a person pick one of the changes, or all of them where they can be shown together. None where they left, or where
 * there are none.
 * @param offerComparison whether they may want to see the whole comparison instead
 */
export async function pickChanges(
  title: string,
  load: (signal: AbortSignal) => Promise<readonly PathChange[]>,
  offerComparison = false,
): Promise<readonly PathChange[] | 'comparison'> {
  const changes = new Map<string, PathChange>();
  const every: PathItem[] = offerComparison ? [comparisonItem()] : [];
  const fill = async (signal: AbortSignal) => {
    for (const change of await load(signal)) changes.set(change.path, change);
    const withContent = [...changes.values()].filter(hasContent);
    if (withContent.length > 1 && withContent.length <= maxShownTogether)
      every.push(everyItem(withContent.length));
    if (changes.size === 0) every.push(noneItem());
    return [...changes.keys()];
  };
  const path = await pickPath(title, fill, (one) => changeItem(changes.get(one), one), every);
  if (path === undefined) return [];
  if (path === comparisonPath) return 'comparison';
  const one = changes.get(path);
  return one ? [one] : [...changes.values()].filter(hasContent);
}

/** Whether there are bytes to compare on either side. */
export function hasContent({ before, after }: PathChange): boolean {
  return [before, after].some((row) => row?.type === 'file' || row?.type === 'hardlink');
}

const icons: Record<PathChange['change'], ThemeIcon> = {
  added: new ThemeIcon('diff-added', new ThemeColor('gitDecoration.addedResourceForeground')),
  removed: new ThemeIcon('diff-removed', new ThemeColor('gitDecoration.deletedResourceForeground')),
  modified: new ThemeIcon('diff-modified', new ThemeColor('gitDecoration.modifiedResourceForeground')),
};

function changeItem(change: PathChange | undefined, path: string): PathItem {
  const item = fileItem(path);
  if (!change) return item;
  const facts = [item.description, inertText(changeText(change), 200)];
  return { ...item, description: facts.filter(Boolean).join(' · '), iconPath: icons[change.change] };
}

function comparisonItem(): PathItem {
  const label = l10n.t('Show Comparison');
  const description = l10n.t('Packages, configuration, layers and files on one page');
  return {
    path: comparisonPath,
    label,
    description,
    iconPath: new ThemeIcon('compare-changes'),
    alwaysShow: true,
  };
}

/** No path is empty. */
function everyItem(count: number): PathItem {
  const label = l10n.t('Show All {0} Changed Files', count);
  return { path: '', label, iconPath: new ThemeIcon('diff-multiple'), alwaysShow: true };
}

function noneItem(): PathItem {
  return {
    path: '',
    label: l10n.t('Nothing is different'),
    iconPath: new ThemeIcon('check'),
    alwaysShow: true,
  };
}
