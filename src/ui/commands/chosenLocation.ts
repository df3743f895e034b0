import { l10n, ThemeIcon, Uri, window } from 'vscode';
import type { StoredImage } from '../../engine/image.ts';
import type { Platform } from '../../engine/oci/platform.ts';
import { canonicalReference } from '../../engine/oci/reference.ts';
import type { EngineHost } from '../engineHost.ts';
import { type ImageLocation, imageLocations } from '../imageFileSystem/imageLocation.ts';
import { imageTree } from '../imageFileSystem/imageTree.ts';
import { rowLocation } from '../panels/layers/rowLocation.ts';
import { storedImage } from '../storedImage.ts';
import { FileNode } from '../views/images/fileNode.ts';
import { ImageNode } from '../views/images/imageNode.ts';
import { LayerNode } from '../views/images/layerNode.ts';
import { type WantedImage, wantedImage } from './arguments.ts';
import { askReference } from './askReference.ts';
import { type ChosenImage, type ImageItem, imageItems } from './chosenImage.ts';
import { remoteLocation } from './remoteLocation.ts';

/** The place in an image that a row of a view or page, or a resource of the explorer stands for. */
export function givenLocation(argument: unknown): ImageLocation | undefined {
  if (argument instanceof FileNode || argument instanceof LayerNode) return argument.location;
  return argument instanceof Uri ? imageLocations(argument)[0] : rowLocation(argument);
}

/**
 * What a row, a resource or a link stands for, else the whole of an image that the person picks. An image that is not in
 * the store is looked into where it is.
 */
export async function chooseLocation(
  host: EngineHost,
  args: readonly unknown[],
  title: string,
): Promise<ImageLocation | undefined> {
  const [argument] = args;
  const given = givenLocation(argument);
  if (given) return given;
  if (argument instanceof ImageNode) return argument.location;
  const wanted = wantedImage(argument);
  if (wanted) return locationOf(host, wanted);
  return pickLocation(host, await host.engine.images(), title);
}

async function locationOf(host: EngineHost, wanted: WantedImage): Promise<ImageLocation> {
  const image = await storedImage(host.engine, wanted.reference);
  if (!image) return remoteLocation(host, wanted);
  const name = canonicalReference(wanted.reference);
  const tag = image.tags.find((one) => canonicalReference(one) === name);
  return { ...imageTree({ image, tag }), path: '/' };
}

/** As {@link pickAnyImage}, with what has to be read of one in a registry read. */
export async function pickLocation(
  host: EngineHost,
  images: readonly StoredImage[],
  title: string,
  platform?: Platform,
): Promise<ImageLocation | undefined> {
  const picked = await pickAnyImage(images, title, platform);
  if (!picked) return undefined;
  return 'image' in picked ? { ...imageTree(picked), path: '/' } : locationOf(host, picked);
}

/**
 * Lets the person pick one of the images, or name one of a registry. `undefined` where they left.
 * @param platform of the one that they name, if not this machine's
 */
export async function pickAnyImage(
  images: readonly StoredImage[],
  title: string,
  platform?: Platform,
): Promise<ChosenImage | WantedImage | undefined> {
  const elsewhere: ImageItem = {
    label: l10n.t('An Image in a Registry…'),
    description: l10n.t('looked into without pulling it'),
    iconPath: new ThemeIcon('cloud'),
    alwaysShow: true,
  };
  const stored = images.length > 0 ? imageItems(images) : [];
  const item = await window.showQuickPick([...stored, elsewhere], {
    title,
    placeHolder: l10n.t('An image of the store, or of a registry'),
    matchOnDescription: true,
  });
  if (!item || item.chosen) return item?.chosen;
  const asked = await askReference(title);
  return asked && { reference: asked.reference, ...(platform && { platform }) };
}

/** What a command is given; from the palette the file in front, where that is one of an image. */
export function activeFile(args: readonly unknown[]): readonly unknown[] {
  const uri = window.activeTextEditor?.document.uri;
  return args[0] === undefined && uri && givenLocation(uri) ? [uri] : args;
}
