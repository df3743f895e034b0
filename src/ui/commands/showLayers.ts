import { l10n } from 'vscode';
import type { EngineHost } from '../engineHost.ts';
import { inform } from '../notices.ts';
import { storedImage } from '../storedImage.ts';
import type { ImagesView } from '../views/images/imagesView.ts';
import { wantedImage } from './arguments.ts';
import { mentionedImage, pulledIfAbsent } from './mentionedImage.ts';
import type { Pulling } from './pulling.ts';

/** Unfolds an image in the Images view; offers to pull it first where the store does not have it. */
export async function showLayers(
  host: EngineHost,
  images: ImagesView,
  pulling: Pulling,
  argument: unknown,
): Promise<void> {
  const wanted = wantedImage(argument) ?? mentionedImage();
  if (!wanted) {
    void inform(l10n.t('Put the cursor on an image reference first.'));
    return;
  }
  if (!(await pulledIfAbsent(host, pulling, wanted))) return;
  const image = await storedImage(host.engine, wanted.reference);
  const node = image && (await images.find(image, wanted.reference));
  if (node) await images.reveal(node);
}
