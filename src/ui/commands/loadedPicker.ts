import { type QuickPickItem, window } from 'vscode';

/**
 * Lets a person pick one of what takes a while to find out: the list is there at once, and filled when it is known.
 * @param load what there is; cancelled where the person leaves first
 * @returns `undefined` where they left
 */
export async function pickLoaded<T extends QuickPickItem>(
  title: string,
  placeholder: string,
  load: (signal: AbortSignal) => Promise<readonly T[]>,
): Promise<T | undefined> {
  const left = new AbortController();
  const picker = window.createQuickPick<T>();
  picker.title = title;
  picker.placeholder = placeholder;
  picker.matchOnDescription = true;
  picker.busy = true;
  const picked = new Promise<T | undefined>((resolve) => {
    picker.onDidAccept(() => resolve(picker.selectedItems[0]));
    picker.onDidHide(() => {
      left.abort();
      resolve(undefined);
    });
  });
  try {
    picker.show();
    const loaded = load(left.signal).then((items) => {
      picker.items = items;
      picker.busy = false;
    });
    await Promise.race([picked, loaded]);
    return await picked;
  } catch (error) {
    if (left.signal.aborted) return undefined;
    throw error;
  } finally {
    picker.dispose();
  }
}
