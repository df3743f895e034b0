/** How wide columns are made. Docker's tables have a least width of 10 and 3 blanks between columns. */
export interface TabWriterOptions {
  readonly minWidth: number;
  readonly padding: number;
}

const dockerTable: TabWriterOptions = { minWidth: 10, padding: 3 };

/**
 * Lines of tab-separated cells, aligned as Go's `text/tabwriter` aligns them: a column is as wide as its widest cell in
 * the adjoining lines that have it, and a line's last cell ends no column. Widths count code points.
 * https://pkg.go.dev/text/tabwriter
 */
export function alignColumns(
  lines: readonly (readonly string[])[],
  { minWidth, padding }: TabWriterOptions = dockerTable,
  widthOf: (text: string) => number = textWidth,
): string[] {
  const aligned: string[] = lines.map(() => '');
  const alignFrom = (column: number, start: number, end: number): void => {
    for (const [from, to] of columnBlocks(lines, column, start, end)) {
      const width = Math.max(minWidth, widestCell(lines, column, from, to, widthOf) + padding);
      for (let line = from; line < to; line += 1) {
        const cell = lines[line]?.[column] ?? '';
        aligned[line] += cell + blanks(width - widthOf(cell));
      }
      alignFrom(column + 1, from, to);
    }
  };
  alignFrom(0, 0, lines.length);
  return aligned.map((text, line) => text + (lines[line]?.at(-1) ?? ''));
}

/** As {@link alignColumns}, for lines that end in `\n` and cells that end in `\t`. */
export function alignText(text: string, options?: TabWriterOptions): string {
  const cells = text.split('\n').map((line) => line.split('\t'));
  return alignColumns(cells, options, asciiOnly.test(text) ? lengthOf : textWidth).join('\n');
}

/** Runs of adjoining lines in which the column's cell is followed by another. */
function* columnBlocks(
  lines: readonly (readonly string[])[],
  column: number,
  start: number,
  end: number,
): Generator<[from: number, to: number]> {
  let from: number | undefined;
  for (let line = start; line <= end; line += 1) {
    const inBlock = line < end && column < (lines[line]?.length ?? 0) - 1;
    if (inBlock) from ??= line;
    else if (from !== undefined) {
      yield [from, line];
      from = undefined;
    }
  }
}

const manyBlanks = ' '.repeat(1000);

function blanks(count: number): string {
  return count <= manyBlanks.length ? manyBlanks.slice(0, Math.max(0, count)) : ' '.repeat(count);
}

function lengthOf({ length }: string): number {
  return length;
}

const asciiOnly = /^[\0-\x7f]*$/;

function textWidth(text: string): number {
  if (asciiOnly.test(text)) return text.length;
  let width = 0;
  for (const _ of text) width += 1;
  return width;
}

function widestCell(
  lines: readonly (readonly string[])[],
  column: number,
  from: number,
  to: number,
  widthOf: (text: string) => number,
): number {
  let widest = 0;
  for (let line = from; line < to; line += 1) {
    widest = Math.max(widest, widthOf(lines[line]?.[column] ?? ''));
  }
  return widest;
}
