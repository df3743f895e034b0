import { isUtf8 } from 'node:buffer';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { isAbsolute, join, relative, resolve, sep } from 'node:path';
import { documentKindOf } from '../documents/documentKind.ts';
import type { DocumentKind, Range } from '../documents/mention.ts';
import { EngineError, ioError, throwIfCancelled } from '../engine/errors.ts';

/** A file that may mention images. */
export interface WorkspaceFile {
  /** Absolute. */
  readonly path: string;
  /** Relative to the current folder where it lies below it, else absolute; with slashes. */
  readonly name: string;
  readonly kind: DocumentKind;
}

/** Folders of tools, in which nobody keeps files of their own. */
const skippedFolders: ReadonlySet<string> = new Set(['.git', '.hg', '.svn', 'node_modules']);

/** Larger files were not written by people. */
const maxFileBytes = 8 * 1024 * 1024;

/**
 * The files at and below the given paths that may mention images, each once, a folder's in the order of their names.
 * Links to folders are not followed, so that every file is found under its own path.
 * @param onProblem told of paths and folders that cannot be read; the others are gone through all the same
 */
export async function* findWorkspaceFiles(
  paths: readonly string[],
  onProblem: (error: EngineError) => void,
  signal?: AbortSignal,
): AsyncGenerator<WorkspaceFile> {
  const seen = new Set<string>();
  for (const path of paths) {
    for await (const file of filesAt(path, onProblem, signal)) {
      if (seen.has(file)) continue;
      seen.add(file);
      const kind = documentKindOf(file);
      if (kind !== undefined) yield { path: file, name: nameOf(file), kind };
    }
  }
}

async function* filesAt(
  path: string,
  onProblem: (error: EngineError) => void,
  signal?: AbortSignal,
): AsyncGenerator<string> {
  const found = await attempt(() => stat(path), path, onProblem);
  if (found?.isDirectory()) yield* filesBelow(resolve(path), onProblem, signal);
  else if (found) yield resolve(path);
}

async function* filesBelow(
  folder: string,
  onProblem: (error: EngineError) => void,
  signal?: AbortSignal,
): AsyncGenerator<string> {
  throwIfCancelled(signal);
  const entries = await attempt(() => readdir(folder, { withFileTypes: true }), nameOf(folder), onProblem);
  for (const entry of entries?.sort((a, b) => (a.name < b.name ? -1 : 1)) ?? []) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (!skippedFolders.has(entry.name)) yield* filesBelow(path, onProblem, signal);
    } else if (entry.isFile() || (entry.isSymbolicLink() && (await isLinkToFile(path)))) yield path;
  }
}

async function attempt<T>(
  work: () => Promise<T>,
  what: string,
  onProblem: (error: EngineError) => void,
): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    onProblem(ioError(error, what));
    return undefined;
  }
}

/** A link that leads nowhere is no file. */
async function isLinkToFile(path: string): Promise<boolean> {
  const target = await stat(path).catch(() => undefined);
  return target?.isFile() ?? false;
}

function nameOf(path: string): string {
  const below = relative(process.cwd(), path);
  const isBelow = below !== '' && below !== '..' && !below.startsWith(`..${sep}`) && !isAbsolute(below);
  return (isBelow ? below : path).split(sep).join('/');
}

/** A file's text, and how to write it back so that every other byte stays as it is. */
export interface FileText {
  readonly text: string;
  readonly encoding: 'utf8' | 'latin1';
  /** Editors count columns behind it. */
  readonly byteOrderMark: string;
}

/** @throws `Io`, `TooLarge` */
export async function readFileText({ path, name }: WorkspaceFile): Promise<FileText> {
  try {
    const { size } = await stat(path);
    if (size > maxFileBytes) throw tooLarge(name);
    return decode(await readFile(path));
  } catch (error) {
    throw ioError(error, name);
  }
}

function tooLarge(name: string): EngineError {
  return new EngineError('TooLarge', `${name} was not read: it is larger than ${maxFileBytes / 2 ** 20} MiB`);
}

/** Bytes that are no UTF-8 are taken one by one, so that they come back the same. */
function decode(bytes: Buffer): FileText {
  const encoding = isUtf8(bytes) ? 'utf8' : 'latin1';
  const text = bytes.toString(encoding);
  const byteOrderMark = text.startsWith('\ufeff') ? '\ufeff' : '';
  return { text: text.slice(byteOrderMark.length), encoding, byteOrderMark };
}

/** In place, so that owner, mode and links stay. @throws `Io` */
export async function writeFileText({ path, name }: WorkspaceFile, file: FileText): Promise<void> {
  try {
    await writeFile(path, file.byteOrderMark + file.text, file.encoding);
  } catch (error) {
    throw ioError(error, name);
  }
}

/** `Dockerfile:3:6`, counted from 1 as editors do. */
export function placeOf({ name }: WorkspaceFile, { start }: Range): string {
  return `${name}:${start.line + 1}:${start.character + 1}`;
}
