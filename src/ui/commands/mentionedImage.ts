import { l10n, window } from 'vscode';
import type { EngineHost } from '../engineHost.ts';
import { mentionAt } from '../mentions.ts';
import { inform } from '../notices.ts';
import { platformIn, shortReference } from '../referenceText.ts';
import { storedImage } from '../storedImage.ts';
import type { WantedImage } from './arguments.ts';
import type { Pulling } from './pulling.ts';

/** The image whose reference the cursor of the active editor stands in. */
export function mentionedImage(): WantedImage | undefined {
  const editor = window.activeTextEditor;
  const mention = editor && mentionAt(editor.document, editor.selection.active);
  const platform = platformIn(mention?.platform);
  return mention?.reference && { reference: mention.reference, ...(platform && { platform }) };
}

/** Whether the store has an image in the end: offers to pull it where it does not. @param question why one would want that */
export async function pulledIfAbsent(
  host: EngineHost,
  pulling: Pulling,
  { reference, platform }: WantedImage,
  question = l10n.t('Pull it to see its layers?'),
): Promise<boolean> {
  if (await storedImage(host.engine, reference)) return true;
  const pull = l10n.t('Pull');
  const message = l10n.t('{0} is not in the store. {1}', shortReference(reference), question);
  if ((await inform(message, pull)) !== pull) return false;
  await pulling.pull(reference, platform);
  return (await storedImage(host.engine, reference)) !== undefined;
}
