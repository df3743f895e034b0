import {
  commands,
  Disposable,
  Hover,
  l10n,
  languages,
  type Position,
  ProgressLocation,
  Range,
  type TextDocument,
  type TextEditor,
  type TextEditorDecorationType,
  ThemeColor,
  window,
  workspace,
} from 'vscode';
import { contextKeys } from '../../contributions.ts';
import { documentKindOf } from '../../documents/documentKind.ts';
import { abortOn } from '../abort.ts';
import { type ChosenImage, imageName } from '../commands/chosenImage.ts';
import type { EngineHost } from '../engineHost.ts';
import { formatSize } from '../format.ts';
import { maxLength, toRange } from '../mentions.ts';
import { inform } from '../notices.ts';
import { chooseBuiltImage } from './chooseBuiltImage.ts';
import { type ImageWaste, type WasteLine, type WasteOfFile, wasteOfFile } from './wasteLines.ts';
import { mostFiles, wasteHover, wasteLabel } from './wasteText.ts';

interface Shown {
  readonly document: TextDocument;
  readonly imageName: string;
  readonly waste: ImageWaste;
}

/**
 * What an image wastes, beside the lines of the Dockerfile whose layers hold it. Shown only where somebody asks for it; until
 * then nothing is registered, read or drawn.
 */
export class WastedSpace implements Disposable {
  readonly #host: EngineHost;
  readonly #shown = new Map<string, Shown>();
  #drawing: Drawing | undefined;

  constructor(host: EngineHost) {
    this.#host = host;
  }

  /** For the Dockerfile in the active editor. @param args the image, where it is known */
  async show(...args: readonly unknown[]): Promise<void> {
    const document = window.activeTextEditor?.document;
    if (!document || !isDockerfile(document)) {
      void inform(l10n.t('Open a Dockerfile first.'));
      return;
    }
    const chosen = await chooseBuiltImage(this.#host, document.getText(), args);
    if (!chosen) return;
    const shown = { document, imageName: imageName(chosen), waste: await this.#read(chosen) };
    const found = wasteOfFile(document.getText(), shown.waste);
    tell(shown, found);
    if (found.lines.length > 0) this.#start(shown);
  }

  /** Everywhere. */
  hide(): void {
    this.#shown.clear();
    this.#drawing?.dispose();
    this.#drawing = undefined;
    void commands.executeCommand('setContext', contextKeys.wastedSpaceShown, false);
  }

  dispose(): void {
    this.#shown.clear();
    this.#drawing?.dispose();
  }

  async #read({ image }: ChosenImage): Promise<ImageWaste> {
    const { engine } = this.#host;
    const location = { location: ProgressLocation.Notification, cancellable: true };
    const title = l10n.t('Looking for wasted space…');
    return window.withProgress({ ...location, title }, async (_, token) => {
      using abort = abortOn(token);
      const layers = await engine.layers(image, abort.signal);
      // A FROM has the files of several layers.
      return { layers, files: await engine.wastedFiles(image, mostFiles + 1, abort.signal) };
    });
  }

  #start(shown: Shown): void {
    this.#shown.set(shown.document.uri.toString(), shown);
    this.#drawing ??= new Drawing(this.#shown, () => this.hide());
    this.#drawing.draw();
    void commands.executeCommand('setContext', contextKeys.wastedSpaceShown, true);
  }
}

function isDockerfile(document: TextDocument): boolean {
  const { uri, languageId } = document;
  if (documentKindOf(uri.path, languageId) !== 'dockerfile') return false;
  return document.getText().length <= maxLength('dockerfile');
}

/** Where the lines do not say it all. */
function tell({ imageName, waste }: Shown, { lines, elsewhere, isMatch }: WasteOfFile): void {
  const all = waste.layers.reduce((sum, { wastedBytes }) => sum + wastedBytes, 0);
  if (all === 0) void inform(l10n.t('{0} wastes no space.', imageName));
  else if (!isMatch) {
    void inform(
      l10n.t('{0} wastes {1}, but its history fits no instruction of this file.', imageName, formatSize(all)),
    );
  } else if (elsewhere > 0 || lines.length === 0) {
    void inform(
      l10n.t('{0} of {1} are wasted by steps that are not in this file.', formatSize(elsewhere), imageName),
    );
  }
}

/** The decorations and hovers, for as long as there are any. */
class Drawing implements Disposable {
  readonly #shown: Map<string, Shown>;
  readonly #style: TextEditorDecorationType;
  readonly #registrations: Disposable;

  constructor(shown: Map<string, Shown>, onEmpty: () => void) {
    this.#shown = shown;
    this.#style = window.createTextEditorDecorationType({
      after: { color: new ThemeColor('editorCodeLens.foreground'), margin: '0 0 0 3em' },
    });
    this.#registrations = Disposable.from(
      this.#style,
      window.onDidChangeVisibleTextEditors(() => this.draw()),
      workspace.onDidSaveTextDocument(() => this.draw()),
      workspace.onDidCloseTextDocument(({ uri }) => {
        if (shown.delete(uri.toString()) && shown.size === 0) onEmpty();
      }),
      languages.registerHoverProvider('*', {
        provideHover: (document, position) => this.#hover(document, position),
      }),
    );
  }

  /** Between two drawings VS Code moves the labels with their lines. */
  draw(): void {
    for (const editor of window.visibleTextEditors) this.#drawIn(editor);
  }

  dispose(): void {
    this.#registrations.dispose();
  }

  #drawIn(editor: TextEditor): void {
    const lines = this.#linesOf(editor.document);
    if (!lines) return;
    const decorations = lines.map((line) => {
      const { range } = editor.document.lineAt(line.range.start.line);
      return {
        range: new Range(range.end, range.end),
        renderOptions: { after: { contentText: wasteLabel(line) } },
      };
    });
    editor.setDecorations(this.#style, decorations);
  }

  #hover(document: TextDocument, position: Position): Hover | undefined {
    const shown = this.#shown.get(document.uri.toString());
    const line = this.#linesOf(document)?.find(({ range }) => toRange(range).contains(position));
    return shown && line && new Hover(wasteHover(line, shown.imageName), toRange(line.range));
  }

  #linesOf(document: TextDocument): readonly WasteLine[] | undefined {
    const shown = this.#shown.get(document.uri.toString());
    return shown && wasteOfFile(document.getText(), shown.waste).lines;
  }
}
