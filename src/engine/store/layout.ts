import { mkdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { limitText } from '../byteLimit.ts';
import { EngineError, ioError } from '../errors.ts';
import { asObject, parseJson } from '../oci/json.ts';
import { writeFileDurably } from './durableFile.ts';
import { openRegularFile } from './regularFile.ts';

/**
 * Where everything of a store is. Its folder is an OCI image layout that other tools read as it is; `strata/` beside it
 * holds what can be made again and may be deleted at any time.
 * https://github.com/opencontainers/image-spec/blob/v1.1.0/image-layout.md
 */
export interface StoreLayout {
  readonly directory: string;
  readonly marker: string;
  readonly index: string;
  readonly blobs: string;
  /** `strata/`: the parts below are in it. */
  readonly cache: string;
  readonly lock: string;
  readonly leases: string;
  readonly ingests: string;
  /** Layer indexes, `<algorithm>/<hex>` of the diffId. */
  readonly layerIndexes: string;
  /** What all images are made of. */
  readonly imageParts: string;
  /** All images as they are listed. */
  readonly imageList: string;
  /** What is known of a layer, `<algorithm>/<hex>` of the layer's digest. */
  readonly layerStamps: string;
  /** Unpacked pieces of layers, in folders `<algorithm>/<hex>` of the diffId. */
  readonly layerChunks: string;
}

/** Folders and files of the store are never writable for others; a stricter umask makes them stricter. */
export const folderMode = 0o755;
export const fileMode = 0o644;

const layoutVersion = '1.0.0';
/** The marker has about 30. */
const maxMarkerBytes = 64 * 1024;

export function storeLayout(directory: string): StoreLayout {
  const cache = join(directory, 'strata');
  return {
    directory,
    marker: join(directory, 'oci-layout'),
    index: join(directory, 'index.json'),
    blobs: join(directory, 'blobs'),
    cache,
    lock: join(cache, 'lock'),
    leases: join(cache, 'leases'),
    ingests: join(cache, 'ingest'),
    layerIndexes: join(cache, 'indexes'),
    imageParts: join(cache, 'images'),
    imageList: join(cache, 'list'),
    layerStamps: join(cache, 'stamps'),
    layerChunks: join(cache, 'chunks'),
  };
}

export async function makeFolder(path: string): Promise<void> {
  try {
    await makeWithParents(path);
  } catch (error) {
    throw ioError(error, `cannot make the folder ${path}`);
  }
}

/** Node's own `recursive` never returns where a folder takes no new ones and says ENOENT, as /proc does. */
async function makeWithParents(path: string): Promise<void> {
  const parent = dirname(path);
  try {
    await makeOne(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || parent === path) throw error;
    await makeWithParents(parent);
    await makeOne(path);
  }
}

/** Unless it is there. One that is there and then is not was removed by another process meanwhile: made anew. */
async function makeOne(path: string, attempts = 100): Promise<void> {
  try {
    await mkdir(path, { mode: folderMode });
  } catch (error) {
    const isFolder = await stat(path).then(
      (found) => found.isDirectory(),
      () => undefined,
    );
    if (isFolder === true) return;
    const wasThere = (error as NodeJS.ErrnoException).code === 'EEXIST';
    if (isFolder === false || !wasThere || attempts <= 1) throw error;
    await makeOne(path, attempts - 1);
  }
}

/**
 * Makes the folder an image layout where it is none yet. Two processes doing so at once write the same.
 * @throws `Unsupported` where it is a layout of another version, `Io`
 */
export async function initializeLayout(layout: StoreLayout): Promise<void> {
  await makeFolder(layout.blobs);
  await makeFolder(layout.cache);
  if (await checkLayoutVersion(layout)) return;
  await writeFileDurably(layout.marker, JSON.stringify({ imageLayoutVersion: layoutVersion }), layout.cache);
}

/**
 * Whether the folder says that it is an image layout.
 * @throws `Unsupported` where it says another version, `Corrupt` where it cannot be read
 */
export async function checkLayoutVersion(layout: StoreLayout): Promise<boolean> {
  const bytes = await readMarker(layout.marker);
  if (bytes === undefined) return false;
  const { imageLayoutVersion } = asObject(parseJson(bytes, layout.marker), layout.marker);
  if (imageLayoutVersion === layoutVersion) return true;
  throw new EngineError(
    'Unsupported',
    `${layout.directory} is an OCI image layout of version ${JSON.stringify(imageLayoutVersion)}; only ${layoutVersion} is supported`,
    { path: layout.marker },
  );
}

async function readMarker(path: string): Promise<Uint8Array | undefined> {
  const opened = await openRegularFile(path);
  if (!opened) return undefined;
  await using file = opened.file;
  if (opened.size > maxMarkerBytes) {
    throw new EngineError('Corrupt', `${path} is larger than ${limitText(maxMarkerBytes)}`, { path });
  }
  try {
    return await file.readFile();
  } catch (error) {
    throw ioError(error, `cannot read ${path}`);
  }
}
