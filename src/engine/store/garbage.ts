import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { EngineError, ioError, isEngineError, throwIfCancelled } from '../errors.ts';
import type { Descriptor } from '../oci/descriptor.ts';
import { type Digest, isDigest } from '../oci/digest.ts';
import { maxConfigBytes, parseImageConfig } from '../oci/imageConfig.ts';
import { type BlobFolder, namesIn } from './blobFolder.ts';
import { doomedPrefix } from './durableFile.ts';
import type { StoreEntry } from './entries.ts';
import { FileLock, type HeldLock } from './fileLock.ts';
import { type ImageGraph, readImageGraph } from './imageGraph.ts';
import { graphOfParts, type ImageParts, readImageParts } from './imageParts.ts';
import { type KnownParts, type PartsRecord, savePartsFile } from './imagePartsFile.ts';
import type { StoreLayout } from './layout.ts';
import { type LeaseFile, readLeases } from './leases.ts';
import { regularFileSize } from './regularFile.ts';

/** What gc removed. */
export interface Garbage {
  readonly blobs: readonly Digest[];
  /** Bytes of the blobs and of unfinished downloads. */
  readonly bytes: number;
}

/** What is in use, as far as gc goes by it. */
export interface Marks {
  /** By the digests of manifests: what each image holds on to. */
  readonly graphs: ReadonlyMap<Digest, ImageGraph>;
  /** Of the plain images among them. */
  readonly parts: KnownParts;
  /** Every digest that an image or a live lease names, also of what is not there. */
  readonly kept: ReadonlySet<Digest>;
  readonly leases: readonly LeaseFile[];
}

/** As many manifests are read at once: enough to hide the disk's latency. */
const readers = 64;

/** @param known what need not be read again */
export async function markStore(
  layout: StoreLayout,
  blobs: BlobFolder,
  entries: readonly StoreEntry[],
  known: KnownParts,
  now: number,
  signal?: AbortSignal,
): Promise<Marks> {
  const { graphs, parts } = await knownGraphs(blobs, entries, known, signal);
  const leases = await readLeases(layout.leases, now);
  const kept = new Set<Digest>();
  for (const { reached, absent } of graphs.values()) {
    for (const { digest } of reached) kept.add(digest);
    for (const digest of absent) kept.add(digest);
  }
  for (const { repoDigests } of entries) for (const { digest } of repoDigests) kept.add(digest);
  for (const { live, digests } of leases) if (live) for (const digest of digests) kept.add(digest);
  return { graphs, parts, kept, leases };
}

/** What each image of the list holds on to; those that are not known are read. */
export async function knownGraphs(
  blobs: BlobFolder,
  entries: readonly StoreEntry[],
  known: KnownParts,
  signal?: AbortSignal,
): Promise<Pick<Marks, 'graphs' | 'parts'>> {
  const roots = rootsOf(entries);
  const parts = await partsOf(blobs, roots, known, signal);
  const graphs = new Map<Digest, ImageGraph>();
  const others: Descriptor[] = [];
  for (const root of roots) {
    const own = parts.get(root.digest);
    if (own) graphs.set(root.digest, graphOfParts(root, own));
    else others.push(root);
  }
  for (const [digest, graph] of await readGraphs(blobs, others, signal)) graphs.set(digest, graph);
  return { graphs, parts };
}

/** Of the plain images among the roots: from `known`, and read where they are not in there. */
export async function partsOf(
  blobs: BlobFolder,
  roots: readonly Descriptor[],
  known: KnownParts,
  signal?: AbortSignal,
): Promise<KnownParts> {
  const parts = new Map<Digest, ImageParts>();
  const read = async (root: Descriptor) => {
    const own = await readImageParts(blobs, root, signal);
    if (own) parts.set(root.digest, own);
  };
  const unknown: Descriptor[] = [];
  for (const root of roots) {
    const own = known.get(root.digest);
    if (own) parts.set(root.digest, own);
    else unknown.push(root);
  }
  for (let at = 0; at < unknown.length; at += readers) {
    throwIfCancelled(signal);
    await Promise.all(unknown.slice(at, at + readers).map(read));
  }
  return parts;
}

/** What the list names, each once. */
export function rootsOf(entries: readonly StoreEntry[]): readonly Descriptor[] {
  return [...new Map(entries.map(({ descriptor }) => [descriptor.digest, descriptor])).values()];
}

/** What each root holds on to, as its documents say now. */
export async function readGraphs(
  blobs: BlobFolder,
  roots: readonly Descriptor[],
  signal?: AbortSignal,
): Promise<ReadonlyMap<Digest, ImageGraph>> {
  const graphs = new Map<Digest, ImageGraph>();
  for (let at = 0; at < roots.length; at += readers) {
    throwIfCancelled(signal);
    const batch = roots.slice(at, at + readers);
    const read = await Promise.all(batch.map((root) => readImageGraph(blobs, root, signal)));
    batch.forEach(({ digest }, place) => {
      const graph = read[place];
      if (graph) graphs.set(digest, graph);
    });
  }
  return graphs;
}

/**
 * Removes what nothing keeps, under the store's lock.
 * @throws `Corrupt` where a manifest cannot be read, so that what it keeps is unknown; nothing was removed then
 */
export async function collectGarbage(
  layout: StoreLayout,
  blobs: BlobFolder,
  lock: HeldLock,
  entries: readonly StoreEntry[],
  known: PartsRecord,
  signal?: AbortSignal,
): Promise<Garbage> {
  const marks = await markStore(layout, blobs, entries, known.parts, await fileSystemTime(lock), signal);
  for (const graph of marks.graphs.values()) requireWhole(graph);
  const swept = await sweepBlobs(blobs, lock, marks, signal);
  const ingestBytes = await sweepIngests(layout, marks, signal);
  await sweepLayerCaches(layout, blobs, marks, signal);
  for (const { path, live } of marks.leases) if (!live) await rm(path, { force: true });
  await keepParts(layout, lock, { parts: marks.parts, saved: known.saved });
  return { blobs: swept.blobs, bytes: swept.bytes + ingestBytes };
}

async function keepParts({ imageParts }: StoreLayout, lock: HeldLock, record: PartsRecord): Promise<void> {
  try {
    await savePartsFile(imageParts, lock, record);
  } catch (error) {
    // A full disk must not keep anyone from making room; the next gc reads what it would have known.
    if (!isEngineError(error, 'Io', 'Conflict')) throw error;
  }
}

/** The lock was signed a moment ago: on a network file system its time is the server's. */
async function fileSystemTime(lock: HeldLock): Promise<number> {
  return (await stat(lock.directory)).mtimeMs;
}

function requireWhole({ broken }: ImageGraph): void {
  const [first] = broken;
  if (!first) return;
  throw new EngineError(
    'Corrupt',
    `${first.descriptor.digest} cannot be read (${first.error.message}), so nothing was removed: run store verify --repair`,
    { reference: first.descriptor.digest },
    first.error,
  );
}

async function sweepBlobs(
  blobs: BlobFolder,
  lock: HeldLock,
  { kept }: Marks,
  signal: AbortSignal | undefined,
): Promise<Garbage> {
  const gone: Digest[] = [];
  let bytes = 0;
  for await (const digest of blobs.digests()) {
    throwIfCancelled(signal);
    if (kept.has(digest)) continue;
    const size = await blobs.size(digest);
    if (size === undefined) continue;
    await deleteBlob(blobs, lock, digest);
    gone.push(digest);
    bytes += size;
  }
  return { blobs: gone, bytes };
}

/** By way of the lock's folder, so that nothing is deleted once the lock is lost. */
export async function deleteBlob(blobs: BlobFolder, lock: HeldLock, digest: Digest): Promise<void> {
  try {
    await rm(await lock.takeFile(blobs.path(digest), 'swept'), { recursive: true });
  } catch (error) {
    throw ioError(error, `cannot remove ${digest}`);
  }
}

/** An unfinished download that nobody will go on with. */
export interface DeadIngest {
  readonly path: string;
  readonly bytes: number;
}

/** Kept are those of a live process, in use or put aside by it, and those that a live lease names. */
export async function deadIngests(
  { ingests }: StoreLayout,
  { leases }: Pick<Marks, 'leases'>,
): Promise<readonly DeadIngest[]> {
  const leased = new Set(leases.filter(({ live }) => live).flatMap(({ digests }) => digests));
  const dead: DeadIngest[] = [];
  for await (const name of namesIn(ingests)) {
    const path = join(ingests, name);
    const digest = name.replace('-', ':');
    if (name.startsWith(doomedPrefix)) dead.push({ path, bytes: 0 });
    else if (isDigest(digest) && !leased.has(digest) && !(await isInUse(path))) {
      dead.push({ path, bytes: await partialBytes(path) });
    }
  }
  return dead;
}

async function isInUse(path: string): Promise<boolean> {
  const sight = await new FileLock(path).look();
  return sight !== undefined && (sight.held || sight.process === 'alive');
}

async function partialBytes(path: string): Promise<number> {
  let bytes = 0;
  for await (const epoch of namesIn(path)) {
    for await (const name of namesIn(join(path, epoch))) {
      if (isContent(name)) bytes += (await regularFileSize(join(path, epoch, name))) ?? 0;
    }
  }
  return bytes;
}

/** A blob's bytes, or those of an archive that was being loaded. */
function isContent(name: string): boolean {
  return name === 'data' || name.startsWith('file-');
}

async function sweepIngests(
  layout: StoreLayout,
  marks: Marks,
  signal: AbortSignal | undefined,
): Promise<number> {
  let bytes = 0;
  for (const dead of await deadIngests(layout, marks)) {
    throwIfCancelled(signal);
    // Whoever begins on it in this moment wins.
    const held = await new FileLock(dead.path).tryAcquire();
    await held?.removeAll();
    if (held) bytes += dead.bytes;
  }
  return bytes;
}

/** What was found out about layers that no image has any more. */
async function sweepLayerCaches(
  layout: StoreLayout,
  blobs: BlobFolder,
  marks: Marks,
  signal: AbortSignal | undefined,
): Promise<void> {
  // A pull writes these before its image is in the list.
  const before = Math.min(
    ...marks.leases.filter(({ live }) => live).map(({ begun }) => begun),
    Number.POSITIVE_INFINITY,
  );
  await sweepCache(layout.layerStamps, before, (digest) => marks.kept.has(digest));
  const byDiffId = [layout.layerIndexes, layout.layerChunks];
  if (!(await Promise.all(byDiffId.map(hasAny))).includes(true)) return;
  const diffIds = await usedDiffIds(blobs, marks, signal);
  for (const folder of byDiffId) await sweepCache(folder, before, (digest) => diffIds.has(digest));
}

async function usedDiffIds(
  blobs: BlobFolder,
  { graphs, parts }: Marks,
  signal: AbortSignal | undefined,
): Promise<ReadonlySet<Digest>> {
  const used = new Set<Digest>();
  const configs = new Set<Digest>();
  for (const [root, { manifests }] of graphs) {
    const own = parts.get(root);
    if (own) for (const diffId of own.diffIds) used.add(diffId);
    else for (const { config } of manifests) configs.add(config.digest);
  }
  const all = [...configs];
  for (let at = 0; at < all.length; at += readers) {
    const batch = all.slice(at, at + readers).map((digest) => diffIdsOf(blobs, digest, signal));
    for (const diffId of (await Promise.all(batch)).flat()) used.add(diffId);
  }
  return used;
}

/** Whether a cache's folder has anything in it that could be swept. */
async function hasAny(folder: string): Promise<boolean> {
  for (const algorithm of cacheAlgorithms) {
    for await (const _name of namesIn(join(folder, algorithm))) return true;
  }
  return false;
}

const cacheAlgorithms = ['sha256', 'sha512'];

/** What is no readable image config (an artefact's, or a damaged one) names no layer indexes; those can be made again. */
async function diffIdsOf(
  blobs: BlobFolder,
  digest: Digest,
  signal: AbortSignal | undefined,
): Promise<readonly Digest[]> {
  try {
    return parseImageConfig(await blobs.read({ digest }, maxConfigBytes, signal)).diffIds;
  } catch (error) {
    if (error instanceof EngineError && error.reason !== 'Cancelled' && error.reason !== 'Io') return [];
    throw error;
  }
}

/** Files or folders `<algorithm>/<hex>`, perhaps with an ending. */
async function sweepCache(
  folder: string,
  before: number,
  isUsed: (digest: Digest) => boolean,
): Promise<void> {
  for (const algorithm of cacheAlgorithms) {
    for await (const name of namesIn(join(folder, algorithm))) {
      const digest = `${algorithm}:${name.replace(/\..*$/, '')}`;
      const path = join(folder, algorithm, name);
      if (isDigest(digest) && !isUsed(digest) && (await isOlder(path, before)))
        await rm(path, { recursive: true, force: true });
    }
  }
}

async function isOlder(path: string, time: number): Promise<boolean> {
  const status = await stat(path).catch(() => undefined);
  return status !== undefined && status.mtimeMs < time;
}
