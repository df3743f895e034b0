import { l10n, window } from 'vscode';
import { type HistoryMatch, matchHistory } from '../../documents/dockerfileHistory.ts';
import { isEngineError } from '../../engine/errors.ts';
import type { StoredImage } from '../../engine/image.ts';
import type { ImageEngine } from '../../engine/imageEngine.ts';
import { wantedImage } from '../commands/arguments.ts';
import { type ChosenImage, chooseImage, imageItems } from '../commands/chosenImage.ts';
import type { EngineHost } from '../engineHost.ts';

/** Of so many, the newest, the histories are read to put the best first. */
const mostRead = 200;
/** As many are read at once. */
const readers = 16;

/**
 * The image that an argument names, else one that the person picks, those first that the Dockerfile fits best.
 * `undefined` where they left.
 */
export async function chooseBuiltImage(
  host: EngineHost,
  text: string,
  args: readonly unknown[],
): Promise<ChosenImage | undefined> {
  const title = l10n.t('Show Wasted Space');
  if (wantedImage(args[0])) return chooseImage(host, args, title);
  const item = await window.showQuickPick(await itemsFor(host.engine, text), {
    title,
    placeHolder: l10n.t('The image that was built from this file'),
    matchOnDescription: true,
  });
  return item?.chosen;
}

async function itemsFor(engine: ImageEngine, text: string) {
  const images = await engine.images();
  const matches = new Map<StoredImage, HistoryMatch>();
  for (let at = 0; at < Math.min(images.length, mostRead); at += readers) {
    const read = async (image: StoredImage) => matches.set(image, await matchOf(engine, image, text));
    await Promise.all(images.slice(at, at + readers).map(read));
  }
  const shareOf = (image: StoredImage) => {
    const { matched, instructions } = matches.get(image) ?? noMatch;
    return matched / Math.max(1, instructions);
  };
  const sorted = [...images].sort((a, b) => shareOf(b) - shareOf(a));
  return imageItems(sorted).map((item) => {
    const { matched, instructions } = (item.chosen && matches.get(item.chosen.image)) ?? noMatch;
    if (matched === 0) return item;
    const fit = l10n.t('{0} of {1} instructions', matched, instructions);
    return { ...item, description: [fit, item.description].join(' · ') };
  });
}

const noMatch: HistoryMatch = { places: [], matched: 0, instructions: 0 };

async function matchOf(engine: ImageEngine, image: StoredImage, text: string): Promise<HistoryMatch> {
  try {
    const { history } = await engine.config(image);
    return matchHistory(
      text,
      history.map(({ createdBy }) => createdBy),
    );
  } catch (error) {
    // One that is damaged can still be chosen, and then says so; it must not keep the others from being shown.
    if (isEngineError(error) && !isEngineError(error, 'Cancelled')) return noMatch;
    throw error;
  }
}
