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

const plainTable = /^[\n\x20-\x7e]*$/;

/**
 * A table as {@link alignText} makes it of the same cells, in a fraction of the time: of thousands of rows, most are whole
 * and plain ASCII.
 * @param columns of the same length
 * @returns `undefined` where a cell has a tab, a line end or anything but plain ASCII, which takes the long way
 */
export function alignPlainCells(
  columns: readonly (readonly string[])[],
  { minWidth, padding }: TabWriterOptions = dockerTable,
): string | undefined {
  const widths = columns.map((cells) => Math.max(minWidth, widestOf(cells) + padding));
  const lines = columns[0]?.length ?? 0;
  const last = columns.length - 1;
  let text = '';
  for (let line = 0; line < lines; line += 1) {
    for (let column = 0; column < last; column += 1) {
      const cell = columns[column]?.[line] ?? '';
      text += cell;
      text += blanks((widths[column] ?? 0) - cell.length);
    }
    text += `${columns[last]?.[line] ?? ''}\n`;
  }
  return plainTable.test(text) && countLines(text) === lines ? text : undefined;
}

function widestOf(cells: readonly string[]): number {
  let widest = 0;
  for (const { length } of cells) if (length > widest) widest = length;
  return widest;
}

function countLines(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count += 1;
  return count;
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

/** Made once: a table has thousands. */
const fewBlanks = Array.from({ length: 100 }, (_, count) => ' '.repeat(count));

function blanks(count: number): string {
  return fewBlanks[count] ?? ' '.repeat(Math.max(0, count));
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
