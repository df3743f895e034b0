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
  const widths = lines.map(() => [] as number[]);
  const alignFrom = (column: number, start: number, end: number): void => {
    for (const [from, to] of columnBlocks(lines, column, start, end)) {
      const widest = widestCell(lines.slice(from, to), column);
      const width = Math.max(minWidth, widest + padding);
      for (const line of widths.slice(from, to)) line[column] = width;
      alignFrom(column + 1, from, to);
    }
  };
  alignFrom(0, 0, lines.length);
  return lines.map((cells, line) => cells.map((cell, column) => pad(cell, widths[line]?.[column])).join(''));
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

function pad(cell: string, width = 0): string {
  return cell + ' '.repeat(Math.max(0, width - textWidth(cell)));
}

function textWidth(text: string): number {
  let width = 0;
  for (const _ of text) width += 1;
  return width;
}

function widestCell(lines: readonly (readonly string[])[], column: number): number {
  return lines.reduce((widest, cells) => Math.max(widest, textWidth(cells[column] ?? '')), 0);
}
