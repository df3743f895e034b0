import { stat } from 'node:fs/promises';
import { EngineError, ioError } from '../errors.ts';
import type { StoredImage } from '../image.ts';
import { canonicalOrUndefined } from '../oci/reference.ts';
import type { StoreEntry } from '../store/entries.ts';
import { type ImageHome, imageOfEntries } from './storedImages.ts';

/** Where an image is that a user names by place: `oci:DIR[:NAME]`. */
export interface ImagePlace {
  readonly directory: string;
  readonly name?: string;
}

/** Forms of other places, which a reference would otherwise swallow: `docker-archive:x` is also a name with a tag. */
const otherPlaces = ['docker-archive', 'oci-archive', 'docker'];

/**
 * Reads `oci:DIR[:NAME]`; `undefined` for anything that is not a place. The folder ends at the first colon, unless the
 * whole is a folder (drive letters and odd names).
 * @throws `Unsupported` for places that are not read, `Invalid`
 */
export async function parseImagePlace(text: string): Promise<ImagePlace | undefined> {
  const colon = text.indexOf(':');
  const scheme = colon < 0 ? '' : text.slice(0, colon);
  const rest = text.slice(colon + 1);
  if (otherPlaces.includes(scheme) && looksLikePath(scheme, rest)) {
    throw new EngineError(
      'Unsupported',
      `${scheme}: is not read by this version; copy it into an image layout and use oci:DIR`,
    );
  }
  if (scheme !== 'oci') return undefined;
  if (rest === '') throw new EngineError('Invalid', 'write oci:DIR or oci:DIR:NAME');
  return (await isFolder(rest)) ? { directory: rest } : splitName(rest);
}

function looksLikePath(scheme: string, rest: string): boolean {
  return scheme !== 'docker' || rest.includes('/') || rest.includes(':');
}

function splitName(text: string): ImagePlace {
  // A drive letter's colon is not the one that ends the folder.
  const colon = text.indexOf(':', /^[A-Za-z]:[\\/]/.test(text) ? 2 : 0);
  return colon < 0 ? { directory: text } : { directory: text.slice(0, colon), name: text.slice(colon + 1) };
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'ENAMETOOLONG'].includes((error as NodeJS.ErrnoException).code ?? ''))
      return false;
    throw ioError(error, `cannot read ${path}`);
  }
}

/**
 * The image of a layout that the place names; without a name the only one there is.
 * @throws `NotFound`, `Ambiguous`, both with the names that are there
 */
export async function imageAtPlace(
  home: ImageHome,
  { directory, name }: ImagePlace,
  signal?: AbortSignal,
): Promise<StoredImage> {
  const entries = await home.store.entries(signal);
  const wanted = entries.filter((entry) => name === undefined || answersTo(entry, name));
  const [first] = wanted;
  const available = entries.map((entry) => entry.name ?? entry.descriptor.digest).sort();
  if (!first) {
    const what = name === undefined ? 'no image' : `no image named ${name}`;
    throw new EngineError('NotFound', `${directory} has ${what}`, { available });
  }
  if (wanted.some(({ descriptor }) => descriptor.digest !== first.descriptor.digest)) {
    throw new EngineError('Ambiguous', `${directory} has several images, and oci:DIR:NAME must say which`, {
      available,
    });
  }
  const image = await imageOfEntries(home, wanted, signal);
  if (image) return image;
  throw new EngineError(
    'Unsupported',
    `${first.name ?? first.descriptor.digest} in ${directory} is no image`,
  );
}

function answersTo(entry: StoreEntry, name: string): boolean {
  return entry.name === name || entry.descriptor.digest === name || entry.name === canonicalOrUndefined(name);
}
