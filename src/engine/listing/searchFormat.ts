import { ellipsis } from './ellipsis.ts';
import type { RowField, RowKind, TableColumn } from './formatRows.ts';

/** A repository that a search found, as far as it is shown. */
export interface SearchRow {
  readonly listedName: string;
  readonly description: string;
  readonly stars?: number;
  readonly official: boolean;
  readonly automated: boolean;
  readonly verifiedPublisher?: boolean;
}

export interface SearchFormatOptions {
  /** Whole descriptions. */
  readonly untruncated?: boolean;
  /** The template that rows are shown with. */
  readonly format?: string | undefined;
}

const descriptionWidth = 45;
const verifiedPublisher = '.VerifiedPublisher';

/** Whether rows are asked for what Docker Hub's older search does not tell. */
export function asksForPublisher(format = ''): boolean {
  return format.includes(verifiedPublisher);
}

/**
 * How Docker shows the rows of `search`. `.VerifiedPublisher` is ours, and there only where a template names it, so that
 * `{{json .}}` is what Docker prints.
 * https://github.com/docker/cli/blob/v20.10.24/cli/command/formatter/search.go
 */
export function searchRowKind({ untruncated = false, format }: SearchFormatOptions = {}): RowKind<SearchRow> {
  const table: RowField<SearchRow>[] = [
    field('Name', 'NAME', ({ listedName }) => listedName),
    field('Description', 'DESCRIPTION', ({ description }) => shownDescription(description, untruncated)),
    field('StarCount', 'STARS', ({ stars = 0 }) => String(stars)),
    mark('IsOfficial', 'OFFICIAL', ({ official }) => official),
    mark('IsAutomated', 'AUTOMATED', ({ automated }) => automated),
  ];
  const publisher = mark('VerifiedPublisher', 'VERIFIED PUBLISHER', (row) => row.verifiedPublisher ?? false);
  const fields = asksForPublisher(format) ? [...table, publisher] : table;
  return { goType: '*registry.searchContext', fields, table };
}

function field(name: string, header: string, value: TableColumn<SearchRow>['value']): RowField<SearchRow> {
  return { name, header, value };
}

/** `[OK]` in a table or template, `true` or `false` in JSON. */
function mark(name: string, header: string, holds: (row: SearchRow) => boolean): RowField<SearchRow> {
  return { ...field(name, header, (row) => (holds(row) ? '[OK]' : '')), json: (row) => String(holds(row)) };
}

function shownDescription(description: string, untruncated: boolean): string {
  const line = description.replace(/[\r\n]/g, ' ');
  return untruncated ? line : ellipsis(line, descriptionWidth);
}
