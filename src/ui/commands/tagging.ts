import { l10n } from 'vscode';
import type { Tagging } from '../../engine/images/tagImage.ts';
import { shortDigest } from '../../engine/oci/digest.ts';
import { familiarName, familiarReference } from '../../engine/oci/reference.ts';
import type { EngineHost } from '../engineHost.ts';
import { sayBriefly } from '../notices.ts';
import { askTag, moveNote } from './askTag.ts';
import { type ChosenImage, chooseImage, engineName, imageName } from './chosenImage.ts';

/** Gives an image one more name, saying beforehand whom it takes it from. */
export async function tagImage(host: EngineHost, ...args: readonly unknown[]): Promise<void> {
  const chosen = await chooseImage(host, args, l10n.t('Tag Image'));
  if (!chosen) return;
  const images = await host.engine.images();
  const tag = await askTag({
    title: l10n.t('Tag {0}', imageName(chosen)),
    prompt: l10n.t('One more name for the image; without a tag it is latest.'),
    value: proposedName(chosen),
    note: async (name) => moveNote(images, chosen.image, name),
  });
  if (!tag) return;
  sayBriefly(taggedText(await host.engine.tag(engineName(chosen), tag)));
}

/** Of an image without a tag the repository that it came from. */
export function proposedName({ tag, image: { repoDigests } }: ChosenImage): string {
  if (tag) return familiarReference(tag);
  const [origin] = repoDigests;
  return origin ? `${familiarName(origin)}:latest` : '';
}

export function taggedText({ image, tag, movedFrom, leftDangling }: Tagging): string {
  const name = familiarReference(tag);
  if (!movedFrom) return l10n.t('{0} is {1}', name, shortDigest(image.id));
  return leftDangling
    ? l10n.t('{0} moved from {1}, which is dangling now', name, shortDigest(movedFrom))
    : l10n.t('{0} moved from {1}', name, shortDigest(movedFrom));
}
