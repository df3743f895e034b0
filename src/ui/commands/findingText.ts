import { commands, l10n, type QuickPick, type QuickPickItem, Range, ThemeIcon, window } from 'vscode';
import type { TextMatch } from '../../engine/images/findText.ts';
import type { EngineHost } from '../engineHost.ts';
import { foreignText } from '../foreignText.ts';
import { formatCount } from '../format.ts';
import { type ImageLocation, imageUri } from '../imageFileSystem/imageLocation.ts';
import { treeImage } from '../imageFileSystem/treeImage.ts';
import { activeFile, chooseLocation } from './chosenLocation.ts';

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
  const match = await new MatchPicker(title).pick((signal) => matchesIn(host, folder, text, signal));
  if (match) await show(folder, match, text.length);
}

async function* matchesIn(
  { engine }: EngineHost,
  location: ImageLocation,
  text: string,
  signal: AbortSignal,
): AsyncGenerator<TextMatch, void, undefined> {
  const { layer, path } = location;
  const image = await treeImage(engine, location, signal);
  const matchCase = text !== text.toLowerCase();
  yield* engine.findText(image, path, { layer, text, matchCase }, signal);
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

/** A list that fills while the image is read, and ends the reading when it is left. */
class MatchPicker {
  readonly #picker: QuickPick<MatchItem> = window.createQuickPick<MatchItem>();
  readonly #left = new AbortController();
  readonly #items: MatchItem[] = [];
  #shown = 0;

  constructor(title: string) {
    this.#picker.title = title;
    this.#picker.placeholder = l10n.t('Looking…');
    this.#picker.matchOnDescription = true;
    this.#picker.matchOnDetail = true;
    this.#picker.keepScrollPosition = true;
    this.#picker.busy = true;
  }

  async pick(find: (signal: AbortSignal) => AsyncIterable<TextMatch>): Promise<TextMatch | undefined> {
    const timer = setInterval(() => this.#refresh(), interval);
    try {
      const picked = this.#picked();
      this.#picker.show();
      await Promise.race([picked, this.#fill(find(this.#left.signal))]);
      return await picked;
    } catch (error) {
      if (this.#left.signal.aborted) return undefined;
      throw error;
    } finally {
      clearInterval(timer);
      this.#left.abort();
      this.#picker.dispose();
    }
  }

  async #fill(matches: AsyncIterable<TextMatch>): Promise<void> {
    for await (const match of matches) {
      if (this.#items.length === maxShown) break;
      this.#items.push(matchItem(match));
    }
    this.#refresh();
    this.#picker.busy = false;
    this.#picker.placeholder = outcomeText(this.#items);
  }

  #refresh(): void {
    if (this.#shown === this.#items.length) return;
    this.#shown = this.#items.length;
    this.#picker.items = [...this.#items];
  }

  #picked(): Promise<TextMatch | undefined> {
    return new Promise((resolve) => {
      this.#picker.onDidAccept(() => resolve(this.#picker.selectedItems[0]?.match));
      this.#picker.onDidHide(() => {
        this.#left.abort();
        resolve(undefined);
      });
    });
  }
}

function matchItem(match: TextMatch): MatchItem {
  const { path, line, text } = match;
  const slash = path.lastIndexOf('/');
  return {
    match,
    label: foreignText(`${path.slice(slash + 1)}:${line}`, 255),
    description: foreignText(path.slice(0, slash) || '/', 500),
    detail: foreignText(text.trim(), 300),
    iconPath: ThemeIcon.File,
  };
}

function outcomeText(items: readonly MatchItem[]): string {
  if (items.length === 0) return l10n.t('No text file has it.');
  if (items.length === maxShown) return l10n.t('The first {0} lines that have it', formatCount(maxShown));
  const files = new Set(items.map(({ match }) => match.path)).size;
  return items.length === 1
    ? l10n.t('One line has it')
    : l10n.t('{0} lines in {1} files', formatCount(items.length), formatCount(files));
}
