import { type Digest, shortDigest } from '../oci/digest.ts';
import { createdSince, noTime } from './createdSince.ts';
import { ellipsis } from './ellipsis.ts';
import type { RowField, RowKind, TableColumn } from './formatRows.ts';
import { localRfc3339 } from './goTimeText.ts';
import { humanSize } from './humanUnits.ts';

/** What is shown of a step. */
export interface HistoryStep {
  readonly id?: Digest;
  readonly created?: Date;
  readonly createdBy: string;
  /** Bytes. */
  readonly size: number;
  readonly comment: string;
}

export interface HistoryFormatOptions {
  /** Sizes in units and ages; otherwise bytes and times. */
  readonly human: boolean;
  /** Full IDs and instructions. */
  readonly full: boolean;
  /** Milliseconds since 1970 that ages are counted to. */
  readonly now: number;
}

/** Of an instruction, in places on a terminal. */
const instructionWidth = 45;

/**
 * How Docker shows the rows of `image history`.
 * https://github.com/docker/cli/blob/v20.10.24/cli/command/image/formatter_history.go
 */
export function historyRowKind(options: HistoryFormatOptions): RowKind<HistoryStep> {
  const field = historyFields(options);
  return {
    goType: '*image.historyContext',
    fields: Object.entries(field).map(([name, column]) => ({ name, ...column })),
    table: [
      field.ID,
      options.human ? field.CreatedSince : field.CreatedAt,
      field.CreatedBy,
      field.Size,
      field.Comment,
    ],
  };
}

function historyFields({ human, full, now }: HistoryFormatOptions) {
  return {
    ID: column('IMAGE', ({ id }) => idText(id, full)),
    CreatedAt: column('CREATED AT', createdAt),
    CreatedSince: column('CREATED', (step) => (human ? age(step, now) : createdAt(step))),
    CreatedBy: column('CREATED BY', ({ createdBy }) => instructionText(createdBy, full)),
    Size: column('SIZE', ({ size }) => (human ? humanSize(size, 3) : String(size))),
    Comment: column('COMMENT', ({ comment }) => comment),
  } satisfies Record<string, Omit<RowField<HistoryStep>, 'name'>>;
}

function column(header: string, value: (step: HistoryStep) => string): TableColumn<HistoryStep> {
  return { header, value };
}

function idText(id: Digest | undefined, full: boolean): string {
  if (id === undefined) return '<missing>';
  return full ? id : shortDigest(id);
}

function createdAt({ created }: HistoryStep): string {
  return localRfc3339(created ?? new Date(noTime));
}

function age({ created }: HistoryStep, now: number): string {
  return createdSince(created?.getTime() ?? noTime, now);
}

/** A tab would begin a column of its own. */
function instructionText(createdBy: string, full: boolean): string {
  const text = createdBy.replaceAll('\t', ' ');
  return full ? text : ellipsis(text, instructionWidth);
}
