import { type QuickPick, type QuickPickItem, window } from 'vscode';

/**
 * Lets a person pick one of what takes a while to find out: the list is there at once, and filled when it is known.
 * @param load what there is; cancelled where the person leaves first
 * @returns `undefined` where they left
 */
export function pickLoaded<T extends QuickPickItem>(
  title: string,
  placeholder: string,
  load: (signal: AbortSignal) => Promise<readonly T[]>,
): Promise<T | undefined> {
  const picker = window.createQuickPick<T>();
  picker.title = title;
  picker.placeholder = placeholder;
  picker.matchOnDescription = true;
  return pickWhileFilling(picker, async (signal) => {
    picker.items = await load(signal);
  });
}

/**
 * Shows a list, fills it while the person looks at it, and disposes of it.
 * @param fill ends when the list is whole; cancelled once the person has taken a row or left
 * @returns `undefined` where they left
 * @throws what filling throws before that
 */
export async function pickWhileFilling<T extends QuickPickItem>(
  picker: QuickPick<T>,
  fill: (signal: AbortSignal) => Promise<void>,
): Promise<T | undefined> {
  const over = new AbortController();
  const picked = new Promise<T | undefined>((resolve) => {
    picker.onDidAccept(() => resolve(picker.selectedItems[0]));
    picker.onDidHide(() => {
      over.abort();
      resolve(undefined);
    });
  });
  picker.busy = true;
  try {
    picker.show();
    const filled = fill(over.signal).then(() => {
      picker.busy = false;
    });
    await Promise.race([picked, filled]);
    return await picked;
  } catch (error) {
    if (over.signal.aborted) return undefined;
    throw error;
  } finally {
    over.abort();
    picker.dispose();
  }
}
