import { l10n, type QuickPickItem, commands as vscodeCommands, window } from 'vscode';
import { commands } from '../../contributions.ts';
import type { StoredImage } from '../../engine/image.ts';
import type { ImageEngine } from '../../engine/imageEngine.ts';
import { shortDigest } from '../../engine/oci/digest.ts';
import {
  canonicalReference,
  familiarName,
  familiarReference,
  type Reference,
  type TaggedReference,
} from '../../engine/oci/reference.ts';
import type { EngineHost } from '../engineHost.ts';
import { formatCreated, formatSize } from '../format.ts';
import { inform } from '../notices.ts';
import { shortReference } from '../referenceText.ts';
import { storedImage } from '../storedImage.ts';
import { ImageNode } from '../views/images/imageNode.ts';
import { wantedImage } from './arguments.ts';
import { selectedRows } from './selectedRows.ts';

/** An image of the store under the name that a person chose it by. */
export interface ChosenImage {
  readonly image: StoredImage;
  /** Absent where no tag leads to it, or it was chosen by its ID. */
  readonly tag?: TaggedReference | undefined;
}

/** What the engine is to call it. */
export function engineName({ tag, image }: ChosenImage): string {
  return tag ? canonicalReference(tag) : image.id;
}

/** What a person calls it. */
export function imageName({ tag, image }: ChosenImage): string {
  return tag ? familiarReference(tag) : shortDigest(image.id);
}

/** What a row or a link stands for, else what the person picks of the store. `undefined` where they left. */
export async function chooseImage(
  { engine }: EngineHost,
  args: readonly unknown[],
  title: string,
): Promise<ChosenImage | undefined> {
  const [given] = await givenImages(engine, args);
  if (given) return given;
  return isAsking(args) ? (await pick(engine, title, false))[0] : undefined;
}

/** As {@link chooseImage}, any number of them; none where the person left. */
export async function chooseImages(
  { engine }: EngineHost,
  args: readonly unknown[],
  title: string,
): Promise<readonly ChosenImage[]> {
  const given = await givenImages(engine, args);
  if (given.length > 0) return given;
  return isAsking(args) ? pick(engine, title, true) : [];
}

/** From the palette; a reference that is given and not there is no reason to offer another. */
function isAsking(args: readonly unknown[]): boolean {
  return wantedImage(args[0]) === undefined;
}

async function givenImages(engine: ImageEngine, args: readonly unknown[]): Promise<readonly ChosenImage[]> {
  const rows = selectedRows(ImageNode, args);
  if (rows.length > 0) return rows;
  const wanted = wantedImage(args[0])?.reference;
  return wanted ? given(engine, wanted) : [];
}

async function given(engine: ImageEngine, reference: Reference): Promise<readonly ChosenImage[]> {
  const image = await storedImage(engine, reference);
  if (!image) {
    void inform(l10n.t('{0} is not in the store.', shortReference(reference)));
    return [];
  }
  const name = canonicalReference(reference);
  return [{ image, tag: image.tags.find((tag) => canonicalReference(tag) === name) }];
}

/** One of the images by a tag of theirs; `undefined` where the person left. */
export async function pickImage(
  images: readonly StoredImage[],
  title: string,
): Promise<ChosenImage | undefined> {
  const placeHolder = l10n.t('An image of the store');
  const item = await window.showQuickPick(imageItems(images), {
    title,
    placeHolder,
    matchOnDescription: true,
  });
  return item?.chosen;
}

export interface ImageItem extends QuickPickItem {
  /** None where the store is empty. */
  readonly chosen?: ChosenImage;
}

async function pick(engine: ImageEngine, title: string, many: boolean): Promise<readonly ChosenImage[]> {
  const items = imageItems(await engine.images());
  const isEmpty = items.every(({ chosen }) => chosen === undefined);
  const options = { title, placeHolder: l10n.t('An image of the store'), matchOnDescription: true };
  const picked =
    many && !isEmpty
      ? await window.showQuickPick(items, { ...options, canPickMany: true })
      : await window.showQuickPick(items, options);
  const chosen = picked === undefined ? [] : Array.isArray(picked) ? picked : [picked];
  if (isEmpty && chosen.length > 0) await vscodeCommands.executeCommand(commands.pullImage);
  return chosen.flatMap((item) => item.chosen ?? []);
}

/** A row for each tag, in the order of the images; one for an image that has none. */
export function imageItems(images: readonly StoredImage[]): ImageItem[] {
  const items = images.flatMap((image) =>
    image.tags.length === 0 ? [imageItem({ image })] : image.tags.map((tag) => imageItem({ image, tag })),
  );
  return items.length > 0 ? items : [{ label: l10n.t('The store is empty: pull an image first…') }];
}

function imageItem(chosen: ChosenImage): ImageItem {
  const { image, tag } = chosen;
  const facts = [formatSize(image.size), formatCreated(image.created), shortDigest(image.id)];
  return {
    label: tag ? familiarReference(tag) : untaggedName(image),
    description: facts.filter(Boolean).join(' · '),
    chosen,
  };
}

/** As Docker lists an image without a tag: by the repository that it came from, where that is known. */
export function untaggedName({ repoDigests: [name] }: StoredImage): string {
  return name ? `${familiarName(name)}:<none>` : '<none>';
}
