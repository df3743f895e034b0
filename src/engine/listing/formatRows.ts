import { alignPlainCells, alignText } from './tabWriter.ts';
import { visibleBlock } from './visibleText.ts';

/** A column of Docker's default table. */
export interface TableColumn<Row> {
  /** `IMAGE ID` */
  readonly header: string;
  readonly value: (row: Row) => string;
}

/** What a template may ask of a row: `.ID`. */
export interface RowField<Row> extends TableColumn<Row> {
  /** `ID` */
  readonly name: string;
  /** What `{{json .}}` has there, where it is not `value`. */
  readonly json?: (row: Row) => string;
}

/** How one kind of rows (of `image ls`, `history`, `search`) is shown. */
export interface RowKind<Row> {
  /** What Go calls a row, for messages about unknown fields: `*formatter.imageContext`. */
  readonly goType: string;
  /** Must have an `ID` where `quiet` is asked for. */
  readonly fields: readonly RowField<Row>[];
  readonly table: readonly TableColumn<Row>[];
  /** The templates that `raw` stands for; without them it is text like any other. */
  readonly raw?: { readonly all: string; readonly quiet: string };
}

export interface FormatOptions {
  /** The value of `--format`; empty is as none. */
  readonly format?: string | undefined;
  /** Only IDs; does not change a template. */
  readonly quiet?: boolean | undefined;
  /** False for a pipe or a file, which get every character as it is; true by default. */
  readonly isForTerminal?: boolean;
}

/**
 * Rows as Docker's formatter shows them: the default table, IDs alone, `raw`, `json` (all fields of a row on a line), a Go
 * template a line, or `table TEMPLATE` with its headers. For a terminal control characters that come from outside are made
 * visible, line ends and tabs aside.
 * https://github.com/docker/cli/blob/v20.10.24/cli/command/formatter/formatter.go
 * @returns the whole text, with the last line's end
 * @throws `Invalid`, in Go's words, where the template is wrong; nothing of the rows is shown then
 */
export async function formatRows<Row>(
  rows: readonly Row[],
  kind: RowKind<Row>,
  { format = '', quiet = false, isForTerminal = true }: FormatOptions = {},
): Promise<string> {
  const show = isForTerminal ? visibleBlock : asItIs;
  if (format === '' || format === 'table')
    return quiet ? idLines(rows, kind, show) : defaultTable(rows, kind, show);
  const { formatByTemplate } = await import('./templateRows.ts');
  return formatByTemplate(rows, kind, templateOf(format, kind, quiet), show);
}

/** @throws `Invalid` as {@link formatRows} does, where the template does not parse */
export async function checkFormat(format = ''): Promise<void> {
  if (format === '') return;
  const { parseRowTemplate } = await import('./templateRows.ts');
  parseRowTemplate(format);
}

/** Makes of text what may be printed where it is to go. */
export type Show = (text: string) => string;

function asItIs(text: string): string {
  return text;
}

function templateOf<Row>(format: string, { raw }: RowKind<Row>, quiet: boolean): string {
  if (format === 'raw' && raw) return quiet ? raw.quiet : raw.all;
  return format === 'json' ? '{{json .}}' : format;
}

function idLines<Row>(rows: readonly Row[], { fields }: RowKind<Row>, show: Show): string {
  const id = fields.find(({ name }) => name === 'ID');
  return id ? show(rows.map((row) => `${id.value(row)}\n`).join('')) : '';
}

function defaultTable<Row>(rows: readonly Row[], { table }: RowKind<Row>, show: Show): string {
  const columns = table.map(({ header, value }) => [header, ...rows.map(value)]);
  return alignPlainCells(columns) ?? alignText(show(tabSeparated(columns)));
}

function tabSeparated(columns: readonly (readonly string[])[]): string {
  const lines = columns[0]?.map((_, line) => columns.map((cells) => cells[line]).join('\t')) ?? [];
  return `${lines.join('\n')}\n`;
}
