import {
  CodeAction,
  CodeActionKind,
  type CodeActionProvider,
  l10n,
  type Range,
  type TextDocument,
} from 'vscode';
import { type CommandId, commands } from '../../contributions.ts';
import type { Mention } from '../../documents/mention.ts';
import type { PlaceArgument } from '../commands/arguments.ts';
import { mentionTouching } from '../mentions.ts';
import { shortReference } from '../referenceText.ts';

export const pinActionKinds = [CodeActionKind.RefactorRewrite];

/** Offers to pin, unpin or move the pin of the reference under the cursor. Asks no registry before it is chosen. */
export class PinActions implements CodeActionProvider {
  provideCodeActions(document: TextDocument, range: Range): CodeAction[] {
    const mention = mentionTouching(document, range);
    if (!mention?.reference) return [];
    const action = (title: string, command: CommandId) => pinAction(document, mention, title, command);
    const name = shortReference(mention.reference);
    if (mention.reference.digest === undefined) {
      return [action(l10n.t('Pin {0} to its digest', name), commands.pin)];
    }
    return [
      action(l10n.t('Update the pin of {0}', name), commands.updatePin),
      action(l10n.t('Unpin {0}', name), commands.unpin),
    ];
  }
}

function pinAction(
  document: TextDocument,
  { range }: Mention,
  title: string,
  command: CommandId,
): CodeAction {
  const place: PlaceArgument = { uri: document.uri.toString(), ...range.start };
  const action = new CodeAction(title, CodeActionKind.RefactorRewrite);
  action.command = { title, command, arguments: [place] };
  return action;
}
