import { l10n, type QuickPick, type QuickPickItem, ThemeIcon, window } from 'vscode';
import { inertText } from '../foreignText.ts';
import { matchingPaths } from '../matchingPaths.ts';
import { pickWhileFilling } from './loadedPicker.ts';

/** Rows that are shown of what fits: nobody reads more, and VS Code would sort a hundred thousand on every key. */
const maxShown = 200;

export interface PathItem extends QuickPickItem {
  readonly path: string;
}

/**
 * Lets a person pick one of very many paths, found by what they type.
 * @param load what there is; cancelled where the person leaves first
 * @param item how a path is shown, a file by default
 * @param fixed rows that stand above all paths; read when they have been loaded
 */
export async function pickPath(
  title: string,
  load: (signal: AbortSignal) => Promise<readonly string[]>,
  item: (path: string) => PathItem = fileItem,
  fixed: readonly PathItem[] = [],
): Promise<string | undefined> {
  const picker = window.createQuickPick<PathItem>();
  picker.title = title;
  picker.placeholder = l10n.t('Words of its path');
  const picked = await pickWhileFilling(picker, async (signal) =>
    fill(picker, await load(signal), item, fixed),
  );
  return picked?.path;
}

/** A file by its name, then its folder. */
export function fileItem(path: string): PathItem {
  const slash = path.lastIndexOf('/');
  return {
    path,
    label: inertText(path.slice(slash + 1), 255),
    description: inertText(path.slice(0, slash) || '/', 500),
    iconPath: ThemeIcon.File,
    // What fits is decided here, by the whole path.
    alwaysShow: true,
  };
}

function fill(
  picker: QuickPick<PathItem>,
  paths: readonly string[],
  item: (path: string) => PathItem,
  fixed: readonly PathItem[],
): void {
  const show = (query: string) => {
    const shown = matchingPaths(paths, query, maxShown);
    picker.items = [...fixed, ...shown.map(item)];
  };
  picker.onDidChangeValue(show);
  show(picker.value);
}
