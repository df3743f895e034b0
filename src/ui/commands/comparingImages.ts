import { l10n } from 'vscode';
import type { ReadableImage } from '../../engine/image.ts';
import { formatPlatform } from '../../engine/oci/platform.ts';
import type { CompareContract, CompareSubject } from '../../protocol/comparePage.ts';
import type { ImageSource } from '../../protocol/imageSource.ts';
import type { EngineHost } from '../engineHost.ts';
import { foreignText } from '../foreignText.ts';
import { inform } from '../notices.ts';
import type { Panels } from '../panels/panels.ts';
import { ImageNode } from '../views/images/imageNode.ts';
import { pairArgument, type WantedImage, wantedImage } from './arguments.ts';
import type { ChosenImage } from './chosenImage.ts';
import { pickAnyImage } from './chosenLocation.ts';
import { lookUpImage } from './lookUpImage.ts';
import { mentionedImage } from './mentionedImage.ts';
import { pickPlatform } from './platformPicker.ts';
import { selectedRows } from './selectedRows.ts';
import { imageSource, type ShownImage, shownImage } from './shownImage.ts';

export type ComparePanels = Panels<CompareContract, CompareSubject>;

/**
 * Opens the Compare page: of two selected rows, the older image first; of the two references of a link; else of an image
 * (a row's, the one at the cursor, or picked) and another that the person picks. What the store does not have is read
 * where it is, in its registry.
 */
export async function compareImages(
  host: EngineHost,
  panels: ComparePanels,
  ...args: readonly unknown[]
): Promise<void> {
  const pair = pairArgument(args[0]);
  const rows = selectedRows(ImageNode, args).toSorted((left, right) => age(left.image) - age(right.image));
  const [one, other, ...more] = pair ?? rows;
  if (more.length > 0) void inform(l10n.t('Select two images to compare.'));
  else if (one && other) {
    const [before, after] = await Promise.all([shownImage(host, one), shownImage(host, other)]);
    showComparison(panels, before, after);
  } else await compareWithPicked(host, panels, args[0]);
}

function showComparison(panels: ComparePanels, before: ShownImage, after: ShownImage): void {
  const isSamePlatform = platformOf(before) === platformOf(after);
  const compared = (one: ShownImage): ImageSource => {
    const source = imageSource(one);
    return isSamePlatform ? source : { ...source, name: `${one.name} ${platformOf(one)}` };
  };
  if (before.manifest !== after.manifest) panels.show({ before: compared(before), after: compared(after) });
  else void inform(l10n.t('Both are the same image on this platform.'));
}

/** Newer ones last; those that do not say when they were made first. */
function age({ created }: ReadableImage): number {
  return created?.getTime() ?? 0;
}

function platformOf({ image }: ShownImage): string {
  return foreignText(formatPlatform(image.platform), 60);
}

async function compareWithPicked(host: EngineHost, panels: ComparePanels, argument: unknown): Promise<void> {
  const images = await host.engine.images();
  const given =
    argument instanceof ImageNode
      ? argument
      : argument === undefined
        ? mentionedImage()
        : wantedImage(argument);
  const chosen = given ?? (await pickAnyImage(images, l10n.t('Compare Image')));
  if (!chosen) return;
  const before = await shownImage(host, chosen);
  const others = images.filter(({ manifest }) => manifest.digest !== before.manifest);
  const platform = 'image' in chosen ? undefined : chosen.platform;
  const other = await pickAnyImage(others, l10n.t('Compare {0} With', before.name), platform);
  const after = other && (await otherImage(host, before, other));
  if (after) showComparison(panels, before, after);
}

/** Where it is the first one again, of a registry, another platform of it: nothing else can have been meant. */
async function otherImage(
  host: EngineHost,
  before: ShownImage,
  chosen: ChosenImage | WantedImage,
): Promise<ShownImage | undefined> {
  const after = await shownImage(host, chosen);
  if (after.manifest !== before.manifest || 'image' in chosen) return after;
  const { reference } = chosen;
  const image = await lookUpImage(host, reference);
  if (!image?.platforms || image.platforms.length < 2) return after;
  const platform = await pickPlatform(image);
  return platform && shownImage(host, { reference, platform });
}
