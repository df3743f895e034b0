import { l10n, ProgressLocation, window } from 'vscode';
import type { ReadableImage } from '../../engine/image.ts';
import { formatPlatform, normalizePlatform, type Platform } from '../../engine/oci/platform.ts';
import { canonicalName } from '../../engine/oci/reference.ts';
import type { ImageSource } from '../../protocol/imageSource.ts';
import { abortOn } from '../abort.ts';
import type { EngineHost } from '../engineHost.ts';
import { shortReference } from '../referenceText.ts';
import { storedImage } from '../storedImage.ts';
import type { WantedImage } from './arguments.ts';
import { type ChosenImage, imageName } from './chosenImage.ts';

/** An image that a page is to be about. */
export interface ShownImage extends ImageSource {
  readonly image: ReadableImage;
}

/**
 * An image of the store, else of its registry: there only its documents are read, the page then reads what it needs. So is
 * one of another platform than the store has.
 * @throws `Cancelled` where the person has broken it off, and what the registry throws
 */
export async function shownImage(host: EngineHost, chosen: ChosenImage | WantedImage): Promise<ShownImage> {
  if ('image' in chosen) return storedShown(chosen);
  const image = await storedImage(host.engine, chosen.reference);
  return image && isFor(image, chosen.platform)
    ? { ...sourceOf(image, chosen), image }
    : remoteShown(host, chosen);
}

function isFor({ platform }: ReadableImage, wanted: Platform | undefined): boolean {
  const [own, other] = [platform, wanted ?? platform].map((one) => formatPlatform(normalizePlatform(one)));
  return own === other;
}

function storedShown(chosen: ChosenImage): ShownImage {
  return { manifest: chosen.image.manifest.digest, name: imageName(chosen), image: chosen.image };
}

/** Under the name that it was asked for by: a pin that its tag has left has no other. */
function sourceOf({ manifest }: ReadableImage, { reference }: WantedImage): ImageSource {
  return { manifest: manifest.digest, name: shortReference(reference) };
}

function remoteShown({ engine }: EngineHost, wanted: WantedImage): Thenable<ShownImage> {
  const { reference, platform } = wanted;
  const title = l10n.t('Looking into {0}', shortReference(reference));
  const options = { location: ProgressLocation.Notification, title, cancellable: true };
  return window.withProgress(options, async (_, token) => {
    using cancel = abortOn(token);
    const image = await engine.remoteImage(reference, platform ? { platform } : {}, cancel.signal);
    return { ...sourceOf(image, wanted), from: canonicalName(reference), image };
  });
}

/** Of one that has a name and tag as it is known: what a page keeps of it. */
export function imageSource({ manifest, name, from }: ImageSource): ImageSource {
  return { manifest, name, ...(from !== undefined && { from }) };
}
