import { FileSystemError, type Uri } from 'vscode';
import { isEngineError } from '../../engine/errors.ts';
import { errorText } from '../errorText.ts';

/** What VS Code is to make of an error: it words the absence of files itself, and shows the rest as we say it. */
export function fileSystemError(error: unknown, uri: Uri): FileSystemError {
  if (error instanceof FileSystemError) return error;
  // That the image itself is gone is worth saying; of one path VS Code knows the words in its language.
  if (isEngineError(error, 'NotFound') && error.facts.path !== undefined)
    return FileSystemError.FileNotFound(uri);
  if (isEngineError(error, 'NotFound')) return FileSystemError.FileNotFound(errorText(error));
  return FileSystemError.Unavailable(errorText(error));
}
