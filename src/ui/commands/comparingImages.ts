import { l10n, window } from 'vscode';
import type { StoredImage } from '../../engine/image.ts';
import { formatPlatform } from '../../engine/oci/platform.ts';
import { canonicalReference } from '../../engine/oci/reference.ts';
import type { CompareContract, ComparedImage, CompareSubject } from '../../protocol/comparePage.ts';
import type { EngineHost } from '../engineHost.ts';
import type { Panels } from '../panels/panels.ts';
import { shortReference } from '../referenceText.ts';
import { storedImage } from '../storedImage.ts';
import { ImageNode } from '../views/images/imageNode.ts';
import { pairArgument, type WantedImage } from './arguments.ts';
import { type ChosenImage, chooseImage, imageName, pickImage } from './chosenImage.ts';
import { mentionedImage, pulledIfAbsent } from './mentionedImage.ts';
import { offerPull } from './offerPull.ts';
import type { Pulling } from './pulling.ts';
import { selectedRows } from './selectedRows.ts';

export type ComparePanels = Panels<CompareContract, CompareSubject>;

/**
 * Opens the Compare page: of two selected rows, the older image first; of the two references of a link; else of an image
 * (a row's, the one at the cursor, or picked) and another that the person picks. Offers to pull what the store lacks.
 */
export async function compareImages(
  host: EngineHost,
  pulling: Pulling,
  panels: ComparePanels,
  ...args: readonly unknown[]
): Promise<void> {
  const pair = pairArgument(args[0]);
  if (pair) return comparePair(host, pulling, panels, pair);
  const rows = selectedRows(ImageNode, args);
  const [one, other, ...more] = rows.toSorted((left, right) => age(left.image) - age(right.image));
  if (more.length > 0) {
    void window.showInformationMessage(l10n.t('Select two images to compare.'));
  } else if (one && other) showComparison(panels, one, other);
  else await compareWithPicked(host, pulling, panels, args[0]);
}

/** Opens the Compare page of two images of the store. */
export function showComparison(panels: ComparePanels, before: ChosenImage, after: ChosenImage): void {
  const isSamePlatform = platformOf(before) === platformOf(after);
  const compared = (one: ChosenImage): ComparedImage => ({
    manifest: one.image.manifest.digest,
    name: isSamePlatform ? imageName(one) : `${imageName(one)} ${platformOf(one)}`,
  });
  panels.show({ before: compared(before), after: compared(after) });
}

/** Newer ones last; those that do not say when they were made first. */
function age({ created }: StoredImage): number {
  return created?.getTime() ?? 0;
}

function platformOf({ image }: ChosenImage): string {
  return formatPlatform(image.platform);
}

async function compareWithPicked(
  host: EngineHost,
  pulling: Pulling,
  panels: ComparePanels,
  argument: unknown,
): Promise<void> {
  const question = l10n.t('Pull it to compare it?');
  const wanted = argument === undefined ? mentionedImage() : undefined;
  if (wanted && !(await pulledIfAbsent(host, pulling, wanted, question))) return;
  const given = wanted ? { reference: canonicalReference(wanted.reference) } : argument;
  const before = await chooseImage(host, [given], l10n.t('Compare Image'));
  if (!before) return;
  const images = await host.engine.images();
  const others = images.filter(({ manifest }) => manifest.digest !== before.image.manifest.digest);
  if (others.length === 0) {
    await offerPull(l10n.t('The store has no other image to compare with.'));
    return;
  }
  const after = await pickImage(others, l10n.t('Compare {0} With', imageName(before)));
  if (after) showComparison(panels, before, after);
}

async function comparePair(
  host: EngineHost,
  pulling: Pulling,
  panels: ComparePanels,
  pair: readonly [WantedImage, WantedImage],
): Promise<void> {
  for (const wanted of pair) {
    if (!(await pulledIfAbsent(host, pulling, wanted, l10n.t('Pull it to compare it?')))) return;
  }
  const [before, after] = await Promise.all(pair.map((wanted) => compared(host, wanted)));
  if (!before || !after) return;
  if (before.manifest !== after.manifest) panels.show({ before, after });
  else void window.showInformationMessage(l10n.t('Both are the same image on this platform.'));
}

/** Under the name that stands in the link: a pin that its tag has left has no other. */
async function compared(
  { engine }: EngineHost,
  { reference }: WantedImage,
): Promise<ComparedImage | undefined> {
  const image = await storedImage(engine, reference);
  return image && { manifest: image.manifest.digest, name: shortReference(reference) };
}
