import { Uri } from 'vscode';
import { imageFileScheme } from '../../contributions.ts';
import { isEngineError } from '../../engine/errors.ts';
import { type Digest, digestHex, isDigest } from '../../engine/oci/digest.ts';
import { canonicalName, parseName, type Reference } from '../../engine/oci/reference.ts';
import { enginePaths, uriPath } from './fileNames.ts';

/** A tree of files: an image (of the one platform that its manifest is for), or one of its layers. */
export interface ImageTree {
  /** Of the image's manifest: what it names cannot change, and no other image has it. */
  readonly manifest: Digest;
  /** The repository that has it where the store does not. */
  readonly from?: Reference | undefined;
  /** `index` of the layer where it is one layer. */
  readonly layer?: number | undefined;
  /** What a person calls it: the first part of every path, there to be read and for nothing else. */
  readonly name: string;
}

/** The image that a layer belongs to. */
export function wholeImage<T extends ImageTree>({ layer: _layer, ...tree }: T): Omit<T, 'layer'> {
  return { ...tree, name: tree.name.replace(layerSuffix, '') };
}

/** Behind the name of an image, where only one layer of it is meant. */
export function layerName(image: string, number: number): string {
  return `${image} #${number}`;
}

const layerSuffix = / #\d+$/;

/** A file or folder of a tree. */
export interface ImageLocation extends ImageTree {
  /** Absolute, as the engine has it. */
  readonly path: string;
}

/**
 * `strata-image://MANIFEST[-fromREPOSITORY][-layerN]/NAME/PATH`, the repository in hex. The authority alone says which tree it is, so that a folder of a
 * workspace stays what it was when it was opened, wherever its tag has gone since.
 */
export function imageUri({ manifest, from, layer, name, path }: ImageLocation): Uri {
  const place = from ? `-from${Buffer.from(canonicalName(from)).toString('hex')}` : '';
  return Uri.from({
    scheme: imageFileScheme,
    authority: `${digestHex(manifest)}${place}${layer === undefined ? '' : `-layer${layer}`}`,
    path: `/${name.replaceAll('/', '∕')}${path === '/' ? '' : uriPath(path)}`,
  });
}

/** Where a URI leads: `undefined` where it is none of ours. Of two paths that it may mean, the likelier first. */
export function imageLocations({ scheme, authority, path }: Uri): readonly ImageLocation[] {
  const [, hex = '', repository, layer] =
    /^([0-9a-f]+)(?:-from([0-9a-f]+))?(?:-layer(\d{1,5}))?$/.exec(authority) ?? [];
  const manifest = `sha256:${hex}`;
  const [, name, rest = ''] = /^\/([^/]+)(\/.*)?$/s.exec(path) ?? [];
  if (scheme !== imageFileScheme || name === undefined || !isDigest(manifest)) return [];
  const from = repository === undefined ? undefined : repositoryIn(repository);
  const tree = { manifest, from, layer: layer === undefined ? undefined : Number(layer), name };
  return enginePaths(rest || '/').map((one) => ({ ...tree, path: one }));
}

/** `undefined` where it is none: the image is then looked for in the store alone. */
function repositoryIn(hex: string): Reference | undefined {
  try {
    return parseName(Buffer.from(hex, 'hex').toString());
  } catch (error) {
    if (isEngineError(error, 'Invalid')) return undefined;
    throw error;
  }
}
