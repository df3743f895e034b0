import { EngineError, isEngineError } from '../errors.ts';
import type { JsonObject } from '../oci/json.ts';
import { dockerFunctions } from './goTemplate/dockerFunctions.ts';
import { goFromJson } from './goTemplate/goValue.ts';
import { parseTemplate, type Template } from './goTemplate/template.ts';
import { inspectionValue } from './inspectionValue.ts';

/** What a template makes of documents, one after another. */
export interface Inspected {
  /** A line each; a lone line end where there is none, as Docker has it. */
  readonly text: string;
  /** One for each document: what is wrong where the template does not fit it. */
  readonly failures: readonly (string | undefined)[];
}

/**
 * Documents of `image inspect` by a Go template: of the value as Go's programs have it (`.ID`, `.Size` a number) and,
 * where the template does not fit that, of the document (`.Id`), where a key that is not there is an error.
 * https://github.com/docker/cli/blob/v20.10.24/cli/command/inspect/inspector.go
 * @throws `Invalid`, in Docker's words, where the template does not parse: check it before anything is looked up
 */
export function inspectTemplate(format: string): (documents: readonly JsonObject[]) => Inspected {
  const template = inDockersWords(() => parseTemplate('', format, { functions: dockerFunctions }));
  return (documents) => {
    const results = documents.map((document) => documentLine(template, document));
    const lines = results.flatMap((line) => (typeof line === 'string' ? [`${line}\n`] : []));
    const failures = results.map((line) => (typeof line === 'string' ? undefined : line.message));
    return { text: lines.join('') || '\n', failures };
  };
}

function documentLine(template: Template, document: JsonObject): string | EngineError {
  try {
    return template.execute(inspectionValue(document));
  } catch (error) {
    if (!isEngineError(error, 'Invalid')) throw error;
  }
  try {
    return inDockersWords(() => template.withMissingKey('error').execute(goFromJson(document, true)));
  } catch (error) {
    if (isEngineError(error, 'Invalid')) return error;
    throw error;
  }
}

function inDockersWords<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!isEngineError(error, 'Invalid')) throw error;
    throw new EngineError('Invalid', `template parsing error: ${error.message}`, {}, error);
  }
}
