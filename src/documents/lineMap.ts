import type { Position, Range, TextEdit } from './mention.ts';

/** Offsets in a text to lines and columns and back. Lines end in `\n`, `\r\n` or `\r`, as in the Language Server Protocol. */
export class LineMap {
  readonly text: string;
  readonly #starts: readonly number[];

  constructor(text: string) {
    this.text = text;
    this.#starts = lineStarts(text);
  }

  positionAt(offset: number): Position {
    const line = lastAtMost(this.#starts, offset);
    return { line, character: offset - (this.#starts[line] ?? 0) };
  }

  /** Positions behind the end of a line or of the text are taken back to it. */
  offsetAt({ line, character }: Position): number {
    const start = this.#starts[line] ?? this.text.length;
    return Math.min(start + character, this.#starts[line + 1] ?? this.text.length);
  }

  rangeAt(start: number, end: number): Range {
    return { start: this.positionAt(start), end: this.positionAt(end) };
  }

  slice(range: Range): string {
    return this.text.slice(this.offsetAt(range.start), this.offsetAt(range.end));
  }
}

export function applyEdit(text: string, { range, newText }: TextEdit): string {
  const lines = new LineMap(text);
  return text.slice(0, lines.offsetAt(range.start)) + newText + text.slice(lines.offsetAt(range.end));
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === lineFeed || (code === carriageReturn && text.charCodeAt(at + 1) !== lineFeed))
      starts.push(at + 1);
  }
  return starts;
}

const lineFeed = 10;
const carriageReturn = 13;

/** Index of the last of the ascending `values` that is not above `limit`. */
export function lastAtMost(values: readonly number[], limit: number): number {
  let low = 0;
  let high = values.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((values[middle] ?? 0) <= limit) low = middle;
    else high = middle - 1;
  }
  return low;
}
