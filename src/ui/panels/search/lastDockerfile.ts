import {
  type Disposable,
  EventEmitter,
  Position,
  Selection,
  TabInputText,
  type TextDocument,
  type TextDocumentShowOptions,
  type TextEditor,
  type Uri,
  type ViewColumn,
  window,
  workspace,
} from 'vscode';
import { imageFileScheme } from '../../../contributions.ts';
import { documentKindOf } from '../../../documents/documentKind.ts';

interface Place {
  readonly uri: Uri;
  readonly viewColumn: ViewColumn;
  /** Unknown of a file whose tab has not been shown since the window was opened. */
  readonly selection?: Selection;
}

/** The Dockerfile that was edited last: where a `FROM` goes while the page has the focus. */
export class LastDockerfile implements Disposable {
  readonly #changed = new EventEmitter<string | undefined>();
  readonly #owned: readonly Disposable[];
  #editor: TextEditor | undefined;

  /** The name of the file, where it may be another one now. */
  readonly onDidChange = this.#changed.event;

  constructor() {
    this.#editor = [window.activeTextEditor, ...window.visibleTextEditors].find(isDockerfile);
    this.#owned = [
      this.#changed,
      window.onDidChangeActiveTextEditor((editor) => isDockerfile(editor) && this.#take(editor)),
      window.tabGroups.onDidChangeTabs(() => this.#changed.fire(this.name)),
      // Also where the language of a document that is open becomes another one.
      workspace.onDidOpenTextDocument((document) => this.#lookAt(document)),
    ];
  }

  get name(): string | undefined {
    const place = this.#place;
    return place && workspace.asRelativePath(place.uri);
  }

  /**
   * Writes a line of its own at the caret: onto the caret's line where that is empty, above it where it is not. The caret
   * goes behind it, and the file is shown.
   * @returns the name of the file; `undefined` where none is open, or it cannot be written to
   */
  async insertLine(text: string): Promise<string | undefined> {
    const place = this.#place;
    if (!place) return undefined;
    const { uri, viewColumn, selection } = place;
    const options: TextDocumentShowOptions = { viewColumn, ...(selection && { selection }) };
    const editor = await window.showTextDocument(uri, options);
    const line = editor.document.lineAt(editor.selection.active.line);
    const isWritten = await editor.edit((edit) => {
      if (line.isEmptyOrWhitespace) edit.replace(line.range, text);
      else edit.insert(line.range.start, `${text}\n`);
    });
    if (!isWritten) return undefined;
    const end = new Position(line.lineNumber, text.length);
    editor.selection = new Selection(end, end);
    editor.revealRange(editor.selection);
    return workspace.asRelativePath(uri);
  }

  dispose(): void {
    for (const owned of this.#owned) owned.dispose();
  }

  /** A file that was closed is none any more; one that is open but was not yet looked at will do. */
  get #place(): Place | undefined {
    const tabs = window.tabGroups.all.flatMap(({ tabs, viewColumn }) =>
      tabs.flatMap(({ input }) => (input instanceof TabInputText ? { uri: input.uri, viewColumn } : [])),
    );
    const editor = this.#editor;
    const own = editor && tabs.find(({ uri }) => uri.toString() === editor.document.uri.toString());
    if (own) return { ...own, selection: editor.selection };
    return tabs.find(({ uri }) => isWritable(uri) && documentKindOf(uri.path) === 'dockerfile');
  }

  #lookAt(document: TextDocument): void {
    const editor = window.activeTextEditor;
    if (editor?.document === document && isDockerfile(editor)) this.#take(editor);
  }

  #take(editor: TextEditor): void {
    this.#editor = editor;
    this.#changed.fire(this.name);
  }
}

function isDockerfile(editor: TextEditor | undefined): editor is TextEditor {
  const document = editor?.document;
  if (!document || !isWritable(document.uri)) return false;
  return documentKindOf(document.uri.path, document.languageId) === 'dockerfile';
}

function isWritable({ scheme }: Uri): boolean {
  return workspace.fs.isWritableFileSystem(scheme) !== false && scheme !== imageFileScheme;
}
