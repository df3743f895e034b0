import { stat } from 'node:fs/promises';
import type { ArchiveKind } from '../archive/imageArchive.ts';
import { EngineError, ioError } from '../errors.ts';
import type { StoredImage } from '../image.ts';
import { canonicalOrUndefined } from '../oci/reference.ts';
import type { StoreEntry } from '../store/entries.ts';
import { imageOfEntries, type ReadingHome } from './storedImages.ts';

/** Where an image is that a user names by place: `oci:DIR[:NAME]`, `docker-archive:FILE[:REF]`, `oci-archive:FILE[:NAME]`. */
export interface FilePlace {
  readonly kind: 'oci' | ArchiveKind;
  /** A folder, or an archive's file. */
  readonly path: string;
  readonly name?: string;
}

/** `docker:REF` */
export interface DockerPlace {
  readonly kind: 'docker';
  readonly name: string;
  /** `docker:27`: the repository `docker` may be meant, and is where the store has it. */
  readonly mayBeReference: boolean;
}

export type ImagePlace = FilePlace | DockerPlace;

/** What stands behind the scheme, for messages. */
const forms: Record<FilePlace['kind'], string> = {
  oci: 'oci:DIR or oci:DIR:NAME',
  'docker-archive': 'docker-archive:FILE or docker-archive:FILE:REFERENCE',
  'oci-archive': 'oci-archive:FILE or oci-archive:FILE:NAME',
};

/**
 * Reads the name of a place; `undefined` for anything that is none. The path ends at the first colon, unless the whole is
 * there (drive letters and odd names).
 * @throws `Invalid`
 */
export async function parseImagePlace(text: string): Promise<ImagePlace | undefined> {
  const colon = text.indexOf(':');
  const scheme = colon < 0 ? '' : text.slice(0, colon);
  const rest = text.slice(colon + 1);
  if (scheme === 'docker' && rest !== '') {
    return { kind: 'docker', name: rest, mayBeReference: !/[/:@]/.test(rest) };
  }
  if (!isKind(scheme)) return undefined;
  if (rest === '') throw new EngineError('Invalid', `write ${forms[scheme]}`);
  return (await isThere(scheme, rest)) ? { kind: scheme, path: rest } : splitName(scheme, rest);
}

function isKind(scheme: string): scheme is FilePlace['kind'] {
  return scheme in forms;
}

function splitName(kind: FilePlace['kind'], text: string): FilePlace {
  // A drive letter's colon is not the one that ends the path.
  const colon = text.indexOf(':', /^[A-Za-z]:[\\/]/.test(text) ? 2 : 0);
  return colon < 0 ? { kind, path: text } : { kind, path: text.slice(0, colon), name: text.slice(colon + 1) };
}

async function isThere(kind: ImagePlace['kind'], path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory() === (kind === 'oci');
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'ENAMETOOLONG'].includes((error as NodeJS.ErrnoException).code ?? ''))
      return false;
    throw ioError(error, `cannot read ${path}`);
  }
}

/**
 * The image of a layout or archive that the place names; without a name the only one there is.
 * @throws `NotFound`, `Ambiguous`, both with the names that are there
 */
export async function imageAtPlace(
  home: ReadingHome,
  { kind, path, name }: FilePlace,
  signal?: AbortSignal,
): Promise<StoredImage> {
  const entries = await home.store.entries(signal);
  const wanted = entries.filter((entry) => name === undefined || answersTo(entry, name));
  const [first] = wanted;
  const available = entries.map((entry) => entry.name ?? entry.descriptor.digest).sort();
  if (!first) {
    const what = name === undefined ? 'no image' : `no image named ${name}`;
    throw new EngineError('NotFound', `${path} has ${what}`, { available });
  }
  if (wanted.some(({ descriptor }) => descriptor.digest !== first.descriptor.digest)) {
    throw new EngineError(
      'Ambiguous',
      `${path} has several images, and ${forms[kind].replace(/^.* or /, '')} must say which`,
      {
        available,
      },
    );
  }
  const image = await imageOfEntries(home, wanted, signal);
  if (image) return image;
  throw new EngineError('Unsupported', `${first.name ?? first.descriptor.digest} in ${path} is no image`);
}

function answersTo(entry: StoreEntry, name: string): boolean {
  return entry.name === name || entry.descriptor.digest === name || entry.name === canonicalOrUndefined(name);
}
