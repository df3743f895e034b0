import {
  CancellationTokenSource,
  Disposable,
  EventEmitter,
  type LogOutputChannel,
  type TextDocument,
  type Uri,
  workspace,
} from 'vscode';
import { documentGlob, documentKindOf } from '../../../documents/documentKind.ts';
import { findMentions } from '../../../documents/findMentions.ts';
import type { Mention } from '../../../documents/mention.ts';
import { maxLength, mentionsOf } from '../../mentions.ts';

/** A file of the workspace that mentions images. */
export interface FileMentions {
  readonly uri: Uri;
  readonly mentions: readonly Mention[];
}

/** What others wrote or tools made; beside what the user's own `files.exclude` leaves out. */
const foreignFolders = [
  '.git',
  '.hg',
  '.svn',
  'node_modules',
  'bower_components',
  '.venv',
  '.terraform',
  '.yarn',
];
const excluded = `**/{${foreignFolders.join(',')}}/**`;

export const maxFiles = 2000;
const readersAtOnce = 8;
/** Milliseconds after the last change before a file is read again. */
const settle = 300;

/** Every image reference in the workspace's files. Looks when first asked to, then follows changes, file by file. */
export class WorkspaceMentions implements Disposable {
  readonly #log: LogOutputChannel;
  readonly #files = new Map<string, FileMentions>();
  readonly #changed = new EventEmitter<void>();
  readonly #stale = new Map<string, Uri>();
  readonly #owned: Disposable[] = [this.#changed];
  #timer: NodeJS.Timeout | undefined;
  #scanning: CancellationTokenSource | undefined;
  #state: 'idle' | 'scanning' | 'ready' = 'idle';
  #truncated = false;

  readonly onDidChange = this.#changed.event;

  constructor(log: LogOutputChannel) {
    this.#log = log;
  }

  get ready(): boolean {
    return this.#state === 'ready';
  }

  /** There are more files than are looked at. */
  get truncated(): boolean {
    return this.#truncated;
  }

  /** By path. */
  get files(): readonly FileMentions[] {
    return [...this.#files.values()].sort((a, b) => (a.uri.path < b.uri.path ? -1 : 1));
  }

  /** Begins to look and to follow, the first time it is called. */
  start(): void {
    if (this.#state !== 'idle') return;
    const watcher = workspace.createFileSystemWatcher(documentGlob);
    const read = (uri: Uri) => this.#readSoon(uri);
    const readDocument = (document: TextDocument) => documentKindOf(document.uri.path) && read(document.uri);
    this.#owned.push(
      watcher,
      watcher.onDidCreate(read),
      watcher.onDidChange(read),
      watcher.onDidDelete(read),
      workspace.onDidChangeTextDocument(({ document }) => readDocument(document)),
      workspace.onDidCloseTextDocument(readDocument),
      workspace.onDidChangeWorkspaceFolders(() => this.#scanInBackground()),
    );
    this.#scanInBackground();
  }

  /** Looks at all of the workspace anew; a scan under way is given up for it. */
  async scan(): Promise<void> {
    this.#scanning?.cancel();
    const scanning = new CancellationTokenSource();
    this.#scanning = scanning;
    if (this.#state === 'idle') this.#state = 'scanning';
    const uris = await workspace.findFiles(documentGlob, excluded, maxFiles, scanning.token);
    const found = await readAll(uris, (uri) => this.#read(uri), scanning);
    scanning.dispose();
    if (this.#scanning !== scanning) return;
    this.#scanning = undefined;
    this.#files.clear();
    for (const file of found) this.#files.set(file.uri.toString(), file);
    this.#truncated = uris.length >= maxFiles;
    this.#state = 'ready';
    this.#changed.fire();
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#scanning?.cancel();
    Disposable.from(...this.#owned).dispose();
  }

  #scanInBackground(): void {
    this.scan().catch((error) => this.#log.error('looking for images in the workspace', error));
  }

  #readSoon(uri: Uri): void {
    if (!isOwn(uri)) return;
    this.#stale.set(uri.toString(), uri);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#readStale().catch((error) => this.#log.error('reading changed files', error));
    }, settle);
  }

  async #readStale(): Promise<void> {
    const uris = [...this.#stale.values()];
    this.#stale.clear();
    for (const uri of uris) {
      const file = await this.#read(uri);
      if (file) this.#files.set(uri.toString(), file);
      else this.#files.delete(uri.toString());
    }
    this.#changed.fire();
  }

  /** `undefined` where there is nothing to show, or no file any more. */
  async #read(uri: Uri): Promise<FileMentions | undefined> {
    const open = workspace.textDocuments.find((document) => document.uri.toString() === uri.toString());
    const mentions = open ? mentionsOf(open) : await this.#readFile(uri);
    return mentions.length > 0 ? { uri, mentions } : undefined;
  }

  async #readFile(uri: Uri): Promise<readonly Mention[]> {
    const kind = documentKindOf(uri.path);
    if (!kind) return [];
    try {
      const { size } = await workspace.fs.stat(uri);
      if (size > maxLength(kind)) return [];
      return findMentions(kind, new TextDecoder().decode(await workspace.fs.readFile(uri)));
    } catch (error) {
      this.#log.debug(`${uri.toString()} cannot be read`, error);
      return [];
    }
  }
}

/** Not in a folder that the scan leaves out, and in the workspace at all. */
function isOwn(uri: Uri): boolean {
  if (!workspace.getWorkspaceFolder(uri)) return false;
  const folders = workspace.asRelativePath(uri, false).split('/');
  return !folders.some((name) => foreignFolders.includes(name));
}

async function readAll(
  uris: readonly Uri[],
  read: (uri: Uri) => Promise<FileMentions | undefined>,
  { token }: CancellationTokenSource,
): Promise<FileMentions[]> {
  const found: FileMentions[] = [];
  const rest = uris.values();
  const reader = async () => {
    for (const uri of rest) {
      if (token.isCancellationRequested) return;
      const file = await read(uri);
      if (file) found.push(file);
    }
  };
  await Promise.all(Array.from({ length: readersAtOnce }, reader));
  return found;
}
