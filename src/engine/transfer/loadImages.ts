import { randomUUID } from 'node:crypto';
import { abortable } from '../archive/abortable.ts';
import type { ArchiveImage } from '../archive/archiveImage.ts';
import { readArchiveImages } from '../archive/archiveImages.ts';
import { type ArchivePart, archiveMembers } from '../archive/archiveMembers.ts';
import { ArchiveSpool } from '../archive/archiveSpool.ts';
import { requireFileDigest } from '../archive/ociArchive.ts';
import { archiveBlocks, requireProportion } from '../archive/unpackArchive.ts';
import { EngineError, isEngineError } from '../errors.ts';
import type { ImageHome } from '../images/storedImages.ts';
import { mostUnpacked } from '../layers/limits.ts';
import { type Digest, digestOf } from '../oci/digest.ts';
import { mediaType } from '../oci/mediaType.ts';
import { hostPlatform } from '../oci/platform.ts';
import type { Ingest, Lease, Store } from '../store/store.ts';
import { storeDocument } from './imageDocuments.ts';
import type { LayerTransfers } from './layerTransfers.ts';
import type { LoadableImage } from './loadableImage.ts';
import type { LoadEvent } from './loadEvent.ts';
import { loadLayers } from './loadLayers.ts';
import { nameLoadedImages } from './nameLoadedImages.ts';
import { reuseStored } from './reuseStored.ts';

export interface LoadParts extends ImageHome {
  readonly layers: LayerTransfers;
}

export interface LoadSource {
  readonly bytes: AsyncIterable<Uint8Array>;
  /** How many there are, where that is known. */
  readonly size?: number;
}

/**
 * Reads a docker-archive or the tar of an OCI layout, plain or compressed with gzip or zstd, in one pass. All its images
 * get their names at once and last of all: whatever fails before leaves none of them, and nothing that gc would keep.
 * @throws `Unsupported` where it is no archive of images, `Corrupt`, `TooLarge`, `NoSuchPlatform`, `Io`, `Cancelled`, and what the archive's stream throws
 */
export async function loadImages(
  parts: LoadParts,
  archive: LoadSource,
  emit: (event: LoadEvent) => void,
  signal: AbortSignal,
): Promise<void> {
  try {
    await load(parts, archive, emit, signal);
  } catch (error) {
    throw isEngineError(error, 'DigestMismatch', 'Invalid') ? damagedArchive(error) : error;
  }
}

/** Of an archive it does not help to try again, as it does where bytes came over a network. */
function damagedArchive({ message, facts }: EngineError): EngineError {
  return new EngineError('Corrupt', `the archive is damaged: ${message}`, facts);
}

async function load(
  parts: LoadParts,
  { bytes, size }: LoadSource,
  emit: (event: LoadEvent) => void,
  signal: AbortSignal,
): Promise<void> {
  const { store } = parts;
  await using lease = await store.lease(signal);
  await using folder = await spoolFolder(store, signal);
  const stored = storedFile(parts, lease, signal);
  await using spool = await ArchiveSpool.open({ path: folder.path, stored });
  const members = archiveMembers(archiveBlocks(counted(abortable(bytes, signal), emit)));
  await spool.take(size === undefined ? members : inProportion(members, size), signal);
  const found = await readArchiveImages(spool, hostPlatform(), signal);
  await requireLayers(found, signal);
  const images = await reuseStored(parts, lease, found, signal);
  await lease.add(images.flatMap(digestsOf), signal);
  await loadLayers(parts.layers, images, emit, signal);
  for (const { config, manifest } of images) {
    for (const { descriptor, bytes } of [config, manifest]) {
      await storeDocument(store, descriptor, bytes, signal);
    }
  }
  await nameLoadedImages(parts, images, emit, signal);
}

/** A folder that gc clears away where this process dies: an unfinished blob that nothing will ever be named after. */
async function spoolFolder(
  store: Store,
  signal: AbortSignal,
): Promise<AsyncDisposable & Pick<Ingest, 'path'>> {
  const nothing = {
    mediaType: mediaType.ociLayer,
    digest: digestOf(randomUUID()),
    size: Number.MAX_SAFE_INTEGER,
  };
  const ingest = await store.ingest(nothing, signal);
  if (!ingest) throw new EngineError('Conflict', 'the store has a blob of a digest made up just now');
  return { path: ingest.path, [Symbol.asyncDispose]: () => ingest.discard() };
}

/** A layer that is in the store and sound need not be kept a second time. Leased before the last look, so that it stays. */
function storedFile({ store, indexes }: ImageHome, lease: Lease, signal: AbortSignal) {
  return async (digest: Digest, size: number): Promise<string | undefined> => {
    const descriptor = { mediaType: mediaType.ociLayer, digest, size };
    if (!(await store.exists(descriptor, signal))) return undefined;
    await lease.add([digest], signal);
    try {
      await indexes.verify(descriptor, undefined, signal);
      return store.blobPath(digest);
    } catch (error) {
      if (isEngineError(error, 'Cancelled', 'Io')) throw error;
      return undefined;
    }
  };
}

/** All that the archive has is held against its digests before anything is stored. @throws `DigestMismatch` */
async function requireLayers(images: readonly ArchiveImage[], signal: AbortSignal): Promise<void> {
  for (const { layers } of images) {
    for (const { file, descriptor } of layers) await requireFileDigest(file, descriptor.digest, signal);
  }
}

function digestsOf({ manifest, config, layers }: LoadableImage): readonly Digest[] {
  return [manifest, config, ...layers].map(({ descriptor }) => descriptor.digest);
}

/** Refuses an archive whose headers admit that it is a bomb before any of it is unpacked. */
async function* inProportion(
  parts: AsyncIterable<ArchivePart>,
  size: number,
): AsyncGenerator<ArchivePart, void, undefined> {
  let promised = 0;
  for await (const part of parts) {
    if (part.kind === 'member') promised += part.member.size;
    requireProportion(promised, mostUnpacked(size));
    yield part;
  }
}

const progressInterval = 100;

/** Tells of the bytes as they come: at most ten times a second, as that is for eyes. */
async function* counted(
  source: AsyncIterable<Uint8Array>,
  emit: (event: LoadEvent) => void,
): AsyncGenerator<Uint8Array, void, undefined> {
  let received = 0;
  let last = performance.now();
  for await (const piece of source) {
    received += piece.length;
    const now = performance.now();
    if (now - last >= progressInterval) {
      last = now;
      emit({ kind: 'reading', received });
    }
    yield piece;
  }
}
