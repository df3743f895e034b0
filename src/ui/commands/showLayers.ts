import { l10n, window } from 'vscode';
import type { Reference } from '../../engine/oci/reference.ts';
import type { EngineHost } from '../engineHost.ts';
import { mentionAt } from '../mentions.ts';
import { platformIn, shortReference } from '../referenceText.ts';
import { storedImage } from '../storedImage.ts';
import type { ImagesView } from '../views/images/imagesView.ts';
import { type WantedImage, wantedImage } from './arguments.ts';
import type { Pulling } from './pulling.ts';

/** Unfolds an image in the Images view; offers to pull it first where the store does not have it. */
export async function showLayers(
  host: EngineHost,
  images: ImagesView,
  pulling: Pulling,
  argument: unknown,
): Promise<void> {
  const wanted = wantedImage(argument) ?? atCursor();
  if (!wanted) {
    void window.showInformationMessage(l10n.t('Put the cursor on an image reference first.'));
    return;
  }
  if (await reveal(host, images, wanted.reference)) return;
  const pull = l10n.t('Pull');
  const question = l10n.t(
    '{0} is not in the store. Pull it to see its layers?',
    shortReference(wanted.reference),
  );
  if ((await window.showInformationMessage(question, pull)) !== pull) return;
  await pulling.pull(wanted.reference, wanted.platform);
  await reveal(host, images, wanted.reference);
}

async function reveal(host: EngineHost, images: ImagesView, reference: Reference): Promise<boolean> {
  const image = await storedImage(host.engine, reference);
  const node = image && (await images.find(image, reference));
  if (node) await images.reveal(node);
  return node !== undefined;
}

function atCursor(): WantedImage | undefined {
  const editor = window.activeTextEditor;
  const mention = editor && mentionAt(editor.document, editor.selection.active);
  const platform = platformIn(mention?.platform);
  return mention?.reference && { reference: mention.reference, ...(platform && { platform }) };
}
