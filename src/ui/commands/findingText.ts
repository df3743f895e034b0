import { commands, l10n, type QuickPick, type QuickPickItem, Range, ThemeIcon, window } from 'vscode';
import type { TextMatch, TextQuery } from '../../engine/images/findText.ts';
import type { EngineHost } from '../engineHost.ts';
import { inertText } from '../foreignText.ts';
import { formatCount, formatSize } from '../format.ts';
import { type ImageLocation, imageUri } from '../imageFileSystem/imageLocation.ts';
import { treeImage } from '../imageFileSystem/treeImage.ts';
import { activeFile, chooseLocation } from './chosenLocation.ts';
import { pickWhileFilling } from './loadedPicker.ts';

/** Lines that are shown: who has more of them looks for something else. */
const maxShown = 1000;
/** Milliseconds between two looks at what has been found. */
const interval = 200;

interface MatchItem extends QuickPickItem {
  readonly match: TextMatch;
}

/** Finds text in the files of an image: VS Code's own search looks into folders of the disk alone. */
export async function findTextInImage(host: EngineHost, ...args: readonly unknown[]): Promise<void> {
  const location = await chooseLocation(host, activeFile(args), l10n.t('Find Text in Image'));
  if (!location) return;
  const folder = args[0] === undefined ? { ...location, path: '/' } : location;
  const title = l10n.t('Find Text in {0}', folder.name);
  const prompt = l10n.t('In all text files. The case counts where you type a capital letter.');
  const text = await window.showInputBox({ title, prompt });
  if (!text) return;
  const match = await pickMatch(title, (onProgress, signal) =>
    matchesIn(host, folder, { text, onProgress }, signal),
  );
  if (match) await show(folder, match, text.length);
}

async function* matchesIn(
  { engine }: EngineHost,
  location: ImageLocation,
  query: Pick<TextQuery, 'text' | 'onProgress'>,
  signal: AbortSignal,
): AsyncGenerator<TextMatch, void, undefined> {
  const { layer, path } = location;
  const image = await treeImage(engine, location, signal);
  const matchCase = query.text !== query.text.toLowerCase();
  yield* engine.findText(image, path, { layer, matchCase, ...query }, signal);
}

async function show(
  location: ImageLocation,
  { path, line, column }: TextMatch,
  length: number,
): Promise<void> {
  const [row, start] = [line - 1, column - 1];
  const selection = new Range(row, start, row, start + length);
  await commands.executeCommand('vscode.open', imageUri({ ...location, path }), { selection });
}

type Progress = NonNullable<TextQuery['onProgress']>;
type Find = (onProgress: Progress, signal: AbortSignal) => AsyncIterable<TextMatch>;

/** From a list that fills while the image is read; who leaves it ends the reading. */
async function pickMatch(title: string, find: Find): Promise<TextMatch | undefined> {
  const picker = window.createQuickPick<MatchItem>();
  picker.title = title;
  picker.placeholder = l10n.t('Looking…');
  picker.matchOnDescription = true;
  picker.matchOnDetail = true;
  picker.keepScrollPosition = true;
  const picked = await pickWhileFilling(picker, (signal) => fill(picker, find, signal));
  return picked?.match;
}

async function fill(picker: QuickPick<MatchItem>, find: Find, signal: AbortSignal): Promise<void> {
  const items: MatchItem[] = [];
  let [looked, total] = [0, 0];
  const show = () => {
    if (looked > 0) picker.placeholder = lookingText(looked, total);
    if (picker.items.length === items.length) return;
    // New rows must not take the person's place in the list from them.
    const { activeItems } = picker;
    picker.items = [...items];
    picker.activeItems = activeItems;
  };
  const timer = setInterval(show, interval);
  try {
    const onProgress: Progress = (...figures) => {
      [looked, total] = figures;
    };
    for await (const match of find(onProgress, signal)) {
      if (items.length === maxShown) break;
      items.push(matchItem(match));
    }
  } finally {
    clearInterval(timer);
  }
  show();
  picker.placeholder = outcomeText(items);
}

function matchItem(match: TextMatch): MatchItem {
  const { path, line, text } = match;
  const slash = path.lastIndexOf('/');
  return {
    match,
    label: inertText(`${path.slice(slash + 1)}:${line}`, 255),
    description: inertText(path.slice(0, slash) || '/', 500),
    detail: inertText(text.trim(), 300),
    iconPath: ThemeIcon.File,
  };
}

function lookingText(looked: number, total: number): string {
  return l10n.t('Looking… {0} of {1}', formatSize(looked), formatSize(total));
}

function outcomeText(items: readonly MatchItem[]): string {
  if (items.length === 0) return l10n.t('No text file has it.');
  if (items.length === maxShown) return l10n.t('The first {0} lines that have it', formatCount(maxShown));
  const files = new Set(items.map(({ match }) => match.path)).size;
  return items.length === 1
    ? l10n.t('One line has it')
    : l10n.t('{0} lines in {1} files', formatCount(items.length), formatCount(files));
}
