import { l10n } from 'vscode';
import { canonicalName, familiarReference } from '../../engine/oci/reference.ts';
import type { EngineHost } from '../engineHost.ts';
import { formatSize } from '../format.ts';
import { askFirst } from '../notices.ts';
import { ImageNode } from '../views/images/imageNode.ts';
import { type ChosenImage, chooseImages, engineName, imageName } from './chosenImage.ts';

const maxNamed = 10;

type Extent = 'names' | 'images';

/** What a key gives, which knows no row. */
export const bySelection = 'selection';

export async function removeSelected(host: EngineHost, selection: readonly unknown[]): Promise<void> {
  const rows = selection.filter((row) => row instanceof ImageNode);
  if (rows.length > 0) await removeImages(host, [rows[0], rows]);
}

/** Removes tags, and with its last tag the image, once the person has confirmed what will go. */
export async function removeImages(host: EngineHost, args: readonly unknown[]): Promise<void> {
  const chosen = await chooseImages(host, args, l10n.t('Remove Images'));
  if (chosen.length === 0) return;
  const extent = await confirm(chosen);
  if (!extent) return;
  const { engine } = host;
  if (extent === 'names') for (const one of chosen) await engine.remove(engineName(one));
  else
    for (const id of new Set(chosen.map(({ image }) => image.id))) await engine.remove(id, { force: true });
}

/** Where an image has more names than those that were chosen, both ways to understand it are offered. */
async function confirm(chosen: readonly ChosenImage[]): Promise<Extent | undefined> {
  const untag = l10n.t('Untag');
  const remove = l10n.t('Remove');
  const removeAll = l10n.t('Remove with All Tags');
  const answers = chosen.some((one) => tagsLeft(one, chosen).length > 0) ? [untag, removeAll] : [remove];
  const answer = await askFirst(question(chosen), consequences(chosen), ...answers);
  return answer === removeAll ? 'images' : answer === undefined ? undefined : 'names';
}

function question(chosen: readonly ChosenImage[]): string {
  const [only] = chosen;
  return chosen.length === 1 && only
    ? l10n.t('Remove {0}?', imageName(only))
    : l10n.t('Remove {0} images?', chosen.length);
}

function consequences(chosen: readonly ChosenImage[]): string {
  const lines = chosen.slice(0, maxNamed).map((one) => consequence(one, chosen));
  const rest = chosen.length - lines.length;
  return [...lines, ...(rest > 0 ? [l10n.t('… and {0} more.', rest)] : [])].join('\n');
}

/** The image itself goes with the last of its tags. */
function consequence(one: ChosenImage, chosen: readonly ChosenImage[]): string {
  const left = tagsLeft(one, chosen);
  if (left.length > 0) {
    return l10n.t('{0} is untagged; the image stays as {1}.', imageName(one), left.join(', '));
  }
  return l10n.t(
    '{0} is deleted ({1} unpacked); layers that other images use stay.',
    imageName(one),
    formatSize(one.image.size),
  );
}

/** The tags that an image keeps when only the chosen names go, bare in the same repository; none where it was chosen by its ID. */
function tagsLeft({ image, tag }: ChosenImage, chosen: readonly ChosenImage[]): readonly string[] {
  if (!tag) return [];
  const going = new Set(chosen.filter((other) => other.image.id === image.id).map(engineName));
  return image.tags
    .filter((other) => !going.has(engineName({ image, tag: other })))
    .map((other) => (canonicalName(other) === canonicalName(tag) ? other.tag : familiarReference(other)));
}
