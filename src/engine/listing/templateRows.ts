import { EngineError, isEngineError } from '../errors.ts';
import type { RowKind, Show } from './formatRows.ts';
import { dockerFunctions, dockerHeaderFunctions } from './goTemplate/dockerFunctions.ts';
import { namedType } from './goTemplate/goType.ts';
import { type GoMethods, type GoValue, goMap, goStruct } from './goTemplate/goValue.ts';
import { parseTemplate, type Template } from './goTemplate/template.ts';
import { alignText } from './tabWriter.ts';

const table = 'table';
const headerType = namedType('formatter.SubHeaderContext', 'map[string]string');

/**
 * Rows by a template of `--format`. Behind `table` the columns are aligned under headers, which the same template makes
 * of the fields' headers.
 * @throws `Invalid`, in Docker's words, where the template or a row's part in it is wrong
 */
export function formatByTemplate<Row>(
  rows: readonly Row[],
  kind: RowKind<Row>,
  format: string,
  show: Show,
): string {
  const { isTable, source, template } = parseRowTemplate(format);
  const lines = inDockersWords(() => rows.map((row) => `${template.execute(rowValue(row, kind))}\n`));
  if (!isTable) return show(lines.join(''));
  return alignText(show(`${headerLine(source, kind)}\n${lines.join('')}`));
}

interface RowTemplate {
  readonly isTable: boolean;
  readonly source: string;
  readonly template: Template;
}

/** @throws `Invalid`, in Docker's words, where the template does not parse */
export function parseRowTemplate(format: string): RowTemplate {
  const isTable = format.startsWith(table);
  const source = unescaped(isTable ? format.slice(table.length) : format);
  const template = inDockersWords(() => parseTemplate('', source, { functions: dockerFunctions }));
  return { isTable, source, template };
}

/** Shells make it hard to write a tab: Docker takes `\t` and `\n` for it, wherever they stand. */
function unescaped(source: string): string {
  return source
    .replace(/^ +| +$/g, '')
    .replaceAll('\\t', '\t')
    .replaceAll('\\n', '\n');
}

function inDockersWords<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!isEngineError(error, 'Invalid')) throw error;
    throw new EngineError('Invalid', `template parsing error: ${error.message}`, {}, error);
  }
}

function rowValue<Row>(row: Row, { goType, fields }: RowKind<Row>): GoValue {
  const methods: Record<string, GoMethods[string]> = {};
  for (const { name, value } of fields) methods[name] = () => value(row);
  const marshalJson = () =>
    goMap(
      'map[string]interface {}',
      new Map(fields.map(({ name, value, json = value }) => [name, json(row)])),
    );
  // Docker's rows have one field, which is empty.
  return goStruct(goType, { Header: undefined }, methods, marshalJson);
}

/** What goes wrong in a header alone, Docker passes over: the header ends there. */
function headerLine<Row>(source: string, { fields }: RowKind<Row>): string {
  const headers = goMap(headerType, new Map(fields.map(({ name, header }) => [name, header])));
  const template: Template = parseTemplate('', source, { functions: dockerHeaderFunctions });
  let line = '';
  try {
    template.executeTo(headers, (text) => {
      line += text;
    });
  } catch (error) {
    if (!isEngineError(error, 'Invalid')) throw error;
  }
  return line;
}
