import { MarkdownString, Uri } from 'vscode';
import type { CommandId } from '../contributions.ts';
import { foreignText } from './foreignText.ts';

/** Markdown with icons and with exactly these commands as links; never HTML. */
export function markdown(enabledCommands: readonly CommandId[] = []): MarkdownString {
  const result = new MarkdownString('', true);
  if (enabledCommands.length > 0) result.isTrusted = { enabledCommands };
  return result;
}

/** Adds text from outside: shown as it is, never as Markdown. */
export function appendForeign(target: MarkdownString, text: string, maxLength?: number): void {
  target.appendText(foreignText(text, maxLength));
}

/** Text from outside as Markdown that shows it as it is, to stand within a sentence of ours. */
export function foreignMarkdown(text: string, maxLength?: number): string {
  return new MarkdownString().appendText(foreignText(text, maxLength)).value;
}

/** `label` and `title` are ours; the argument travels as JSON and is checked again by the command. */
export function commandLink(label: string, command: CommandId, argument: unknown, title: string): string {
  const uri = Uri.from({
    scheme: 'command',
    path: command,
    query: encodeURIComponent(JSON.stringify([argument])),
  });
  return `[${label}](${uri.toString(true)} "${title}")`;
}

export const lineBreak = '  \n';
