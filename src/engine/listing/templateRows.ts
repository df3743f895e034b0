import { EngineError } from '../errors.ts';
import type { RowKind } from './formatRows.ts';

/** Stands in until templates can be read. */
export function formatByTemplate<Row>(_rows: readonly Row[], _kind: RowKind<Row>, _template: string): string {
  throw new EngineError('Unsupported', 'templates');
}
