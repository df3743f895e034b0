import { type EngineError, isEngineError } from '../engine/errors.ts';
import { errorText } from './errorText.ts';
import { type ExitCode, exitCode } from './exitCode.ts';
import type { Session } from './session.ts';
import { type FileText, findWorkspaceFiles, readFileText, type WorkspaceFile } from './workspaceFiles.ts';

/**
 * Goes through the files at and below the paths (the current folder where there are none). One that cannot be read or
 * dealt with is reported and does not keep the others from their turn; it exits 1 then, as where a visit says so.
 */
export async function visitFiles(
  { output, signal }: Session,
  paths: readonly string[],
  visit: (file: WorkspaceFile, content: FileText) => Promise<ExitCode>,
): Promise<ExitCode> {
  let code: ExitCode = exitCode.done;
  const onProblem = (error: EngineError): void => {
    output.error(errorText(error));
    code = exitCode.failed;
  };
  for await (const file of findWorkspaceFiles(paths.length === 0 ? ['.'] : paths, onProblem, signal)) {
    try {
      if ((await visit(file, await readFileText(file))) !== exitCode.done) code = exitCode.failed;
    } catch (error) {
      if (!isEngineError(error) || error.reason === 'Cancelled') throw error;
      onProblem(error);
    }
  }
  return code;
}
