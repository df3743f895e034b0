import { l10n, type QuickPick, type QuickPickItem, ThemeIcon, window } from 'vscode';
import { foreignText } from '../foreignText.ts';
import { matchingPaths } from '../matchingPaths.ts';

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
  const left = new AbortController();
  const picker = window.createQuickPick<PathItem>();
  picker.title = title;
  picker.placeholder = l10n.t('Words of its path');
  picker.busy = true;
  try {
    const picked = pickedPath(picker, left);
    picker.show();
    await Promise.race([picked, fill(picker, await load(left.signal), item, fixed)]);
    return await picked;
  } catch (error) {
    if (left.signal.aborted) return undefined;
    throw error;
  } finally {
    picker.dispose();
  }
}

/** A file by its name, then its folder. */
export function fileItem(path: string): PathItem {
  const slash = path.lastIndexOf('/');
  return {
    path,
    label: foreignText(path.slice(slash + 1), 255),
    description: foreignText(path.slice(0, slash) || '/', 500),
    iconPath: ThemeIcon.File,
    // What fits is decided here, by the whole path.
    alwaysShow: true,
  };
}

async function fill(
  picker: QuickPick<PathItem>,
  paths: readonly string[],
  item: (path: string) => PathItem,
  fixed: readonly PathItem[],
): Promise<void> {
  const show = (query: string) => {
    const shown = matchingPaths(paths, query, maxShown);
    picker.items = [...fixed, ...shown.map(item)];
  };
  picker.onDidChangeValue(show);
  show(picker.value);
  picker.busy = false;
}

function pickedPath(picker: QuickPick<PathItem>, left: AbortController): Promise<string | undefined> {
  return new Promise((resolve) => {
    picker.onDidAccept(() => resolve(picker.selectedItems[0]?.path));
    picker.onDidHide(() => {
      left.abort();
      resolve(undefined);
    });
  });
}
