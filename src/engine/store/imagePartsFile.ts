import { EngineError, isEngineError } from '../errors.ts';
import { type Descriptor, plainDescriptor } from '../oci/descriptor.ts';
import { type DiffId, type Digest, digestOf, parseDigest } from '../oci/digest.ts';
import { asArray, asObject, asSize, asString, parseJson } from '../oci/json.ts';
import type { HeldLock } from './fileLock.ts';
import type { ImageParts } from './imageParts.ts';
import { openRegularFile } from './regularFile.ts';

/** By the digests of manifests. */
export type KnownParts = ReadonlyMap<Digest, ImageParts>;

/** What is known of images without reading them. */
export interface PartsRecord {
  readonly parts: KnownParts;
  /** As it stood in the file. */
  readonly saved: KnownParts;
}

/** Ten thousand images take about 5 MB. */
const maxBytes = 256 * 1024 * 1024;

/** Changed with the format: what another version wrote is not read. */
const version = 1;

/**
 * What all images of the store are made of, in one file, so that gc need not read every manifest and config. Its first
 * line is the digest of the second, so that whatever happened to it is found out; it is then as if it were not there.
 * @throws `Io`
 */
export async function readPartsFile(path: string): Promise<PartsRecord> {
  const saved = await readSaved(path);
  return { parts: saved, saved };
}

async function readSaved(path: string): Promise<KnownParts> {
  try {
    const opened = await openRegularFile(path);
    if (!opened) return new Map();
    await using file = opened.file;
    return opened.size > maxBytes ? new Map() : parsePartsFile(await file.readFile());
  } catch (error) {
    // What is made again loses nothing.
    if (isEngineError(error) && !isEngineError(error, 'Io')) return new Map();
    throw error;
  }
}

/** Gone images may stay in the file until they are this part of it: writing all of it for each would cost more. */
const goneShare = 1 / 8;

/**
 * Replaces the file, under the store's lock, where it lacks an image or has too many that are gone.
 * @throws `Io`, `Conflict` where the lock was lost
 */
export async function savePartsFile(
  path: string,
  lock: HeldLock,
  { parts, saved }: PartsRecord,
): Promise<void> {
  const isKnown = [...parts.keys()].every((manifest) => saved.has(manifest));
  const gone = saved.size - parts.size;
  if (!isKnown || gone > saved.size * goneShare) await lock.replaceFile(path, formatPartsFile(parts));
}

/** Each digest stands there once, as most images share their layers. */
export function formatPartsFile(images: KnownParts): string {
  const blobs = new Table<Descriptor>(({ mediaType, digest, size }) => [digest, size, mediaType]);
  const diffIds = new Table<DiffId>((diffId) => diffId);
  const rows = [...images].map(([manifest, parts]) => [
    manifest,
    blobs.place(parts.config, blobKey(parts.config)),
    parts.layers.map((layer) => blobs.place(layer, blobKey(layer))),
    parts.diffIds.map((diffId) => diffIds.place(diffId, diffId)),
  ]);
  const text = JSON.stringify({ version, blobs: blobs.rows, diffIds: diffIds.rows, images: rows });
  return `${digestOf(text)}\n${text}`;
}

function blobKey({ mediaType, digest, size }: Descriptor): string {
  return `${digest} ${size} ${mediaType}`;
}

class Table<T> {
  readonly rows: unknown[] = [];
  readonly #places = new Map<string, number>();
  readonly #rowOf: (value: T) => unknown;

  constructor(rowOf: (value: T) => unknown) {
    this.#rowOf = rowOf;
  }

  place(value: T, key: string): number {
    const known = this.#places.get(key);
    if (known !== undefined) return known;
    this.#places.set(key, this.rows.length);
    return this.rows.push(this.#rowOf(value)) - 1;
  }
}

/** @throws `Corrupt`, `Invalid`, `Unsupported` */
export function parsePartsFile(bytes: Uint8Array): KnownParts {
  const end = bytes.indexOf(0x0a);
  const digest = new TextDecoder().decode(bytes.subarray(0, Math.max(0, end)));
  const body = bytes.subarray(end + 1);
  const document = digestOf(body) === digest ? asObject(parseJson(body, 'it'), 'it') : {};
  if (document.version !== version) return new Map();
  const blobs = asArray(document.blobs, 'blobs').map(blobFromJson);
  const diffIds = asArray(document.diffIds, 'diffIds').map(parseDigest);
  return new Map(
    asArray(document.images, 'images').map((row) => {
      const [manifest, config, layers, ids] = asArray(row, 'an image');
      const parts: ImageParts = {
        config: itemAt(blobs, config),
        layers: asArray(layers, 'layers').map((place) => itemAt(blobs, place)),
        diffIds: asArray(ids, 'diffIds').map((place) => itemAt(diffIds, place)),
      };
      return [parseDigest(manifest), parts];
    }),
  );
}

function blobFromJson(row: unknown): Descriptor {
  const [digest, size, mediaType] = asArray(row, 'a blob');
  return plainDescriptor({
    mediaType: asString(mediaType, 'mediaType'),
    digest: parseDigest(digest),
    size: asSize(size, 'size'),
  });
}

function itemAt<T>(items: readonly T[], place: unknown): T {
  const item = items[asSize(place, 'a place')];
  if (item === undefined) throw new EngineError('Corrupt', 'there is nothing at that place');
  return item;
}
