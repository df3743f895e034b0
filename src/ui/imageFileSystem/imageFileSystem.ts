import {
  Disposable,
  EventEmitter,
  type FileChangeEvent,
  type FileStat,
  FileSystemError,
  type FileSystemProvider,
  type FileType,
  l10n,
  MarkdownString,
  type Uri,
  workspace,
} from 'vscode';
import { imageFileScheme } from '../../contributions.ts';
import { isEngineError } from '../../engine/errors.ts';
import type { ImageEntry, ReadableImage } from '../../engine/image.ts';
import { canonicalName } from '../../engine/oci/reference.ts';
import type { EngineHost } from '../engineHost.ts';
import { formatSize } from '../format.ts';
import { uriPath } from './fileNames.ts';
import { fileStat, fileType } from './fileStat.ts';
import { fileSystemError } from './fileSystemError.ts';
import { type ImageLocation, type ImageTree, imageLocations } from './imageLocation.ts';
import { noContentText } from './noContentText.ts';
import { treeImage } from './treeImage.ts';

/** Bytes of the largest file that is given to VS Code, which wants every file whole and in memory. */
export const maxFileBytes = 256 * 1024 * 1024;

/** Milliseconds for which an image that was found is not looked for again: a folder is asked for in many small questions. */
const foundFor = 2000;

/** The files of images for VS Code's explorer and editors: read-only, never put on the disk. */
export class ImageFileSystem implements FileSystemProvider, Disposable {
  readonly #host: EngineHost;
  readonly #ended = new AbortController();
  readonly #changed = new EventEmitter<FileChangeEvent[]>();
  readonly #found = new Map<string, Promise<ReadableImage>>();
  readonly #owned: Disposable;

  /** Never: what a digest names cannot change. */
  readonly onDidChangeFile = this.#changed.event;

  constructor(host: EngineHost) {
    this.#host = host;
    const readOnly = new MarkdownString(l10n.t('Files of an image cannot be changed.'));
    this.#owned = Disposable.from(
      this.#changed,
      host.onDidReplace(() => this.#found.clear()),
      workspace.registerFileSystemProvider(imageFileScheme, this, {
        isCaseSensitive: true,
        isReadonly: readOnly,
      }),
    );
  }

  stat(uri: Uri): Promise<FileStat> {
    return this.#at(uri, async (location) => fileStat(await this.#entry(location)));
  }

  readDirectory(uri: Uri): Promise<[string, FileType][]> {
    return this.#at(uri, async (location) => {
      const { path, layer } = location;
      const image = await this.#image(location);
      const entries = await this.#host.engine.folder(image, path, { layer }, this.#ended.signal);
      return entries.map((entry) => [nameOf(entry), fileType(entry)]);
    });
  }

  readFile(uri: Uri): Promise<Uint8Array> {
    return this.#at(uri, async (location) => {
      const { row, target } = await this.#entry(location);
      // A link to nowhere is there, and VS Code would say that it is not.
      if (!target) throw FileSystemError.Unavailable(noContentText(row));
      if (target.type === 'directory') throw FileSystemError.FileIsADirectory(uri);
      const { size } = target;
      if (size > maxFileBytes) throw tooLarge(size);
      const image = await this.#image(location);
      const { path, layer } = location;
      const { signal } = this.#ended;
      return gathered(await this.#host.engine.readFile(image, path, { layer }, signal), size);
    });
  }

  watch(): Disposable {
    return new Disposable(() => undefined);
  }

  createDirectory(uri: Uri): never {
    throw FileSystemError.NoPermissions(uri);
  }

  writeFile(uri: Uri): never {
    throw FileSystemError.NoPermissions(uri);
  }

  delete(uri: Uri): never {
    throw FileSystemError.NoPermissions(uri);
  }

  rename(uri: Uri): never {
    throw FileSystemError.NoPermissions(uri);
  }

  dispose(): void {
    this.#ended.abort();
    this.#owned.dispose();
  }

  async #entry(location: ImageLocation): Promise<ImageEntry> {
    const { path, layer } = location;
    const image = await this.#image(location);
    return this.#host.engine.entry(image, path, { layer }, this.#ended.signal);
  }

  async #at<T>(uri: Uri, read: (location: ImageLocation) => Promise<T>): Promise<T> {
    let absent: unknown = FileSystemError.FileNotFound(uri);
    for (const location of imageLocations(uri)) {
      try {
        return await read(location);
      } catch (error) {
        if (!isEngineError(error, 'NotFound')) throw fileSystemError(error, uri);
        absent = error;
      }
    }
    throw fileSystemError(absent, uri);
  }

  #image(tree: ImageTree): Promise<ReadableImage> {
    const key = `${tree.manifest} ${tree.from ? canonicalName(tree.from) : ''}`;
    const known = this.#found.get(key);
    if (known) return known;
    const found = treeImage(this.#host.engine, tree, this.#ended.signal);
    this.#found.set(key, found);
    const forget = () => this.#found.get(key) === found && this.#found.delete(key);
    found.then(() => setTimeout(forget, foundFor).unref(), forget);
    return found;
  }
}

function nameOf({ row: { path } }: ImageEntry): string {
  return uriPath(path.slice(path.lastIndexOf('/') + 1));
}

/** All of it in one piece, which is as large as the index says. */
async function gathered(content: AsyncIterable<Uint8Array>, size: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(size);
  let at = 0;
  for await (const chunk of content) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

function tooLarge(size: number): FileSystemError {
  const sizes = [formatSize(size), formatSize(maxFileBytes)] as const;
  return FileSystemError.Unavailable(
    l10n.t('The file has {0}; an editor can be given {1} at most. Export it to look at it.', ...sizes),
  );
}
