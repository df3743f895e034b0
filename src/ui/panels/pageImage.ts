import { l10n } from 'vscode';
import { EngineError, isEngineError } from '../../engine/errors.ts';
import type { ReadableImage } from '../../engine/image.ts';
import type { ImageEngine } from '../../engine/imageEngine.ts';
import { isDigest } from '../../engine/oci/digest.ts';
import { parseName } from '../../engine/oci/reference.ts';
import type { ImageSource, Reading } from '../../protocol/imageSource.ts';
import { MessageError } from '../../protocol/validate.ts';
import type { ImageTree } from '../imageFileSystem/imageLocation.ts';
import { treeImage } from '../imageFileSystem/treeImage.ts';

/**
 * Where the files of a page's image are, under the name that their paths have.
 * @throws `MessageError` where it is named by anything but a digest: the engine would take a file's name as well
 * @throws `Invalid` where the repository is none
 */
export function pageTree({ manifest, from, name }: ImageSource): ImageTree {
  if (!isDigest(manifest)) throw new MessageError('the image is not named by its digest');
  return { manifest, from: from === undefined ? undefined : parseName(from), name: shortName(name) };
}

/** The same manifest under another name is another page's: that says the name, and reads it where the name leads. */
export function sourceKey({ manifest, name, from = '' }: ImageSource): string {
  return JSON.stringify([manifest, name, from]);
}

/** `tools:bookworm`, as an image is called in the paths of its files. */
function shortName(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1);
}

/**
 * The image that a page is about: the store's, else the registry's.
 * @throws `NotFound` by the name that people know where the store had it and has it no more
 */
export async function pageImage(
  engine: ImageEngine,
  source: ImageSource,
  signal: AbortSignal,
): Promise<ReadableImage> {
  try {
    return await treeImage(engine, pageTree(source), signal);
  } catch (error) {
    if (source.from !== undefined || !isEngineError(error, 'NotFound')) throw error;
    throw new EngineError('NotFound', l10n.t('{0} is not in the store any more', source.name), {}, error);
  }
}

/** Reads what has to be read of images that are in a registry; nothing of those in the store. */
export async function readImages(
  engine: ImageEngine,
  images: readonly ReadableImage[],
  tell: (reading: Reading) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const readings = new Map<ReadableImage, Reading>();
  const read = async (image: ReadableImage) => {
    for await (const { received, total } of engine.readLayers(image, signal)) {
      readings.set(image, { received, total });
      await tell(sumOf([...readings.values()]));
    }
  };
  await Promise.all(images.map(read));
}

function sumOf(readings: readonly Reading[]): Reading {
  return {
    received: readings.reduce((sum, { received }) => sum + received, 0),
    total: readings.reduce((sum, { total }) => sum + total, 0),
  };
}
