import { window } from 'vscode';
import { inert } from './foreignText.ts';

// The one place that shows messages: no file name, error or answer of a registry in one becomes a link or an icon.

/** @returns the answer that was chosen */
export function inform(text: string, ...answers: readonly string[]): Thenable<string | undefined> {
  return window.showInformationMessage(inert(text), ...answers);
}

/** @returns the answer that was chosen */
export function warn(text: string, ...answers: readonly string[]): Thenable<string | undefined> {
  return window.showWarningMessage(inert(text), ...answers);
}

/** @returns the answer that was chosen */
export function showError(text: string, ...answers: readonly string[]): Thenable<string | undefined> {
  return window.showErrorMessage(inert(text), ...answers);
}

/**
 * Asks before something is done, and waits for the answer.
 * @param detail what it will mean; may have several lines
 * @returns the answer that was chosen
 */
export function askFirst(
  question: string,
  detail: string | undefined,
  ...answers: readonly string[]
): Thenable<string | undefined> {
  const options = { modal: true, ...(detail !== undefined && { detail: inert(detail) }) };
  return window.showWarningMessage(inert(question), options, ...answers);
}

/**
 * Says in the status bar what has been done.
 * @param milliseconds how long it stays
 * @param icon a product icon in front of it
 */
export function sayBriefly(text: string, milliseconds = 8000, icon?: string): void {
  window.setStatusBarMessage(icon ? `$(${icon}) ${inert(text)}` : inert(text), milliseconds);
}
