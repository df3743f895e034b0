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
): string[] {
  const aligned: string[] = lines.map(() => '');
  const alignFrom = (column: number, start: number, end: number): void => {
    for (const [from, to] of columnBlocks(lines, column, start, end)) {
      const width = Math.max(minWidth, widestCell(lines, column, from, to) + padding);
      for (let line = from; line < to; line += 1) aligned[line] += pad(lines[line]?.[column] ?? '', width);
      alignFrom(column + 1, from, to);
    }
  };
  alignFrom(0, 0, lines.length);
  return aligned.map((text, line) => text + (lines[line]?.at(-1) ?? ''));
}

/** As {@link alignColumns}, for lines that end in `\n` and cells that end in `\t`. */
export function alignText(text: string, options?: TabWriterOptions): string {
  const cells = text.split('\n').map((line) => line.split('\t'));
  return alignColumns(cells, options).join('\n');
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

function pad(cell: string, width: number): string {
  return cell + ' '.repeat(Math.max(0, width - textWidth(cell)));
}

const asciiOnly = /^[\0-\x7f]*$/;

function textWidth(text: string): number {
  if (asciiOnly.test(text)) return text.length;
  let width = 0;
  for (const _ of text) width += 1;
  return width;
}

function widestCell(lines: readonly (readonly string[])[], column: number, from: number, to: number): number {
  let widest = 0;
  for (let line = from; line < to; line += 1) {
    widest = Math.max(widest, textWidth(lines[line]?.[column] ?? ''));
  }
  return widest;
}
