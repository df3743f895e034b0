import { EngineError } from '../errors.ts';
import { decodePath } from '../layers/entryText.ts';
import type { ExportSource } from './exportFiles.ts';
import { entriesOf, planExport } from './exportPlan.ts';

export interface TextQuery {
  /** What a line has to hold, as it stands; no line break in it. */
  readonly text: string;
  /** Whether the case counts; false. */
  readonly matchCase?: boolean;
  /** Called on the way with the bytes of files that have been looked through, and those that there are. */
  readonly onProgress?: (looked: number, total: number) => void;
}

/** A line of a file that holds what was looked for. */
export interface TextMatch {
  /** Absolute in the image; of several names of one file the first. */
  readonly path: string;
  /** From 1 on. */
  readonly line: number;
  /** Of the first hit in the line, from 1 on, in UTF-16 code units. */
  readonly column: number;
  /** What stands around the hit: of a long line some hundred characters. */
  readonly text: string;
}

/** Bytes in which a NUL shows that a file is no text. */
const probe = 8192;
/** Characters of a line that are held at once. */
const longestLine = 64 * 1024;
const excerptBefore = 100;
const excerptAfter = 300;

/**
 * The lines of the text files at and below a path that hold a text, read as UTF-8, in the order in which the layers hold
 * the files. Each layer is read in one pass, and memory does not grow with the files. Files with a NUL near their
 * beginning are no text. A file's bytes are held against their digest once its lines have been given.
 * @param path absolute in the image
 * @throws `Invalid` where the text is empty or has a line break, `DigestMismatch`, and what planning an export and reading
 *   a layer throw
 */
export async function* findText(
  source: ExportSource,
  path: string,
  query: TextQuery,
  signal?: AbortSignal,
): AsyncGenerator<TextMatch, void, undefined> {
  const pattern = patternOf(query);
  const { files, bytes: total } = await planExport(source.tree, source.path, signal);
  const root = path.replace(/\/+$/, '');
  let looked = 0;
  for (const [layer, of] of files) {
    await using opened = await source.open(layer, entriesOf(of), signal);
    for (const [place, { names }] of of.entries()) {
      const lines = new LineFinder(pattern);
      const name = root + decodePath(names[0]?.path ?? new Uint8Array(0));
      for await (const bytes of opened.read(place)) {
        for (const hit of lines.push(bytes)) yield { path: name, ...hit };
        looked += bytes.length;
        query.onProgress?.(looked, total);
      }
      for (const hit of lines.end()) yield { path: name, ...hit };
    }
  }
}

function patternOf({ text, matchCase = false }: TextQuery): RegExp {
  if (text === '' || /[\r\n]/.test(text)) {
    throw new EngineError('Invalid', 'what is looked for must be text of one line');
  }
  return new RegExp(text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'), matchCase ? 'gu' : 'giu');
}

type LineHit = Omit<TextMatch, 'path'>;

/** Finds lines in a text that comes in pieces. */
class LineFinder {
  readonly #pattern: RegExp;
  readonly #decoder = new TextDecoder();
  /** What has come of a line that has not ended. */
  #rest = '';
  #line = 1;
  /** Characters of the line that stand before the rest. */
  #before = 0;
  /** The last line that was told of. */
  #told = 0;
  #seen = 0;
  #isBinary = false;

  constructor(pattern: RegExp) {
    this.#pattern = pattern;
  }

  push(bytes: Uint8Array): readonly LineHit[] {
    if (this.#seen < probe && !this.#isBinary) {
      this.#isBinary = bytes.subarray(0, probe - this.#seen).includes(0);
    }
    this.#seen += bytes.length;
    if (this.#isBinary) return [];
    this.#rest += this.#decoder.decode(bytes, { stream: true });
    const cut = this.#rest.lastIndexOf('\n') + 1;
    if (cut > 0) return this.#take(cut);
    // A hit may lie across the cut.
    const kept = this.#pattern.source.length;
    return this.#rest.length > longestLine ? this.#take(this.#rest.length - kept, kept) : [];
  }

  end(): readonly LineHit[] {
    if (this.#isBinary) return [];
    this.#rest += this.#decoder.decode();
    return this.#take(this.#rest.length);
  }

  /** @param more characters after the cut that a hit may reach into */
  #take(cut: number, more = 0): readonly LineHit[] {
    const hits: LineHit[] = [];
    const text = this.#rest.slice(0, cut + more);
    let start = 0;
    this.#pattern.lastIndex = 0;
    for (let hit = this.#next(text, cut); hit !== undefined; hit = this.#next(text, cut)) {
      start = this.#goTo(text, start, hit);
      if (this.#told < this.#line) hits.push(this.#hit(text, start, hit));
      this.#told = this.#line;
      const end = text.indexOf('\n', hit);
      this.#pattern.lastIndex = end < 0 ? text.length : end + 1;
    }
    start = this.#goTo(text, start, cut);
    this.#before += cut - start;
    this.#rest = this.#rest.slice(cut);
    return hits;
  }

  #next(text: string, cut: number): number | undefined {
    const found = this.#pattern.exec(text)?.index;
    return found !== undefined && found < cut ? found : undefined;
  }

  /** Counts the lines up to a place, and gives where its own begins in the text. */
  #goTo(text: string, from: number, place: number): number {
    let start = from;
    for (let end = text.indexOf('\n', start); end >= 0 && end < place; end = text.indexOf('\n', start)) {
      start = end + 1;
      this.#line++;
      this.#before = 0;
    }
    return start;
  }

  #hit(text: string, start: number, hit: number): LineHit {
    const end = text.indexOf('\n', hit);
    const from = Math.max(start, hit - excerptBefore);
    const to = Math.min(end < 0 ? text.length : end, hit + excerptAfter);
    const excerpt = text.slice(from, to).replace(/\r$/, '');
    return { line: this.#line, column: this.#before + hit - start + 1, text: excerpt };
  }
}
