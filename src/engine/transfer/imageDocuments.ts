import { writeFile } from 'node:fs/promises';
import { tooLarge } from '../byteLimit.ts';
import { EngineError, ioError, isEngineError } from '../errors.ts';
import { choosePlatform } from '../oci/choosePlatform.ts';
import type { Descriptor } from '../oci/descriptor.ts';
import { type Digest, digestOf } from '../oci/digest.ts';
import { type ImageConfig, maxConfigBytes, parseImageConfig } from '../oci/imageConfig.ts';
import { type Index, type Manifest, maxManifestBytes, parseManifest } from '../oci/manifest.ts';
import { isImageConfigMediaType } from '../oci/mediaType.ts';
import type { Platform } from '../oci/platform.ts';
import { familiarReference, type Reference, tagOrDigest } from '../oci/reference.ts';
import { readCapped } from '../readCapped.ts';
import type { RegistryRepository } from '../registry/registryRepository.ts';
import type { Store } from '../store/store.ts';

/** Where a pull's documents come from and go to. */
export interface DocumentParts {
  readonly repository: RegistryRepository;
  readonly store: Store;
  /** Called with a digest before the store is asked for it, so that no gc takes it away afterwards. */
  readonly keep: (digests: readonly Digest[]) => Promise<void>;
}

export interface FoundManifest {
  /** Of the index where there is one, else of the manifest. */
  readonly top: Descriptor;
  readonly index?: Index;
  readonly descriptor: Descriptor;
  readonly manifest: Manifest;
}

/** An index may hold indexes; real ones do not go deeper. */
const maxIndexDepth = 4;

/**
 * Resolves the reference (a HEAD, free of Docker Hub's pull limit) and walks down to the platform's manifest.
 * @throws `Unsupported` where that is no image's
 */
export async function findManifest(
  parts: DocumentParts,
  reference: Reference,
  platform: Platform,
  signal?: AbortSignal,
): Promise<FoundManifest> {
  const name = tagOrDigest(reference);
  const resolved = await resolve(parts, reference, name, signal);
  const top = await readManifest(parts, resolved, signal);
  let current = top;
  for (let depth = 0; current.value.kind === 'index'; depth++) {
    if (depth === maxIndexDepth) throw new EngineError('Corrupt', 'indexes are nested too deeply');
    const chosen = choosePlatform(current.value, platform, familiarReference(reference));
    current = await readManifest(parts, chosen, signal);
  }
  if (!isImageConfigMediaType(current.value.config.mediaType)) {
    throw new EngineError('Unsupported', `${familiarReference(reference)} is no image`);
  }
  return {
    top: top.descriptor,
    ...(top.value.kind === 'index' && { index: top.value }),
    descriptor: current.descriptor,
    manifest: current.value,
  };
}

/** What a digest names is taken from the store where it is there, so that a pull by digest needs no network then. */
async function resolve(
  parts: DocumentParts,
  reference: Reference,
  name: string,
  signal?: AbortSignal,
): Promise<Pick<Descriptor, 'digest'> & Partial<Descriptor>> {
  if (reference.digest === undefined) return parts.repository.resolve(name, signal);
  return { digest: reference.digest };
}

interface ReadManifest {
  readonly descriptor: Descriptor;
  readonly value: Manifest | Index;
}

export async function readManifest(
  parts: DocumentParts,
  wanted: Pick<Descriptor, 'digest'> & Partial<Descriptor>,
  signal?: AbortSignal,
): Promise<ReadManifest> {
  await parts.keep([wanted.digest]);
  const stored = await readIfWhole(parts.store, wanted.digest, maxManifestBytes, signal);
  if (stored) return asManifest(wanted, stored);
  const { descriptor, bytes } = await parts.repository.fetchManifest(wanted.digest, signal);
  const read = asManifest({ ...wanted, mediaType: wanted.mediaType ?? descriptor.mediaType }, bytes);
  await storeDocument(parts.store, read.descriptor, bytes, signal);
  return read;
}

function asManifest(
  wanted: Pick<Descriptor, 'digest'> & Partial<Descriptor>,
  bytes: Uint8Array,
): ReadManifest {
  if (wanted.size !== undefined && wanted.size !== bytes.byteLength) {
    throw new EngineError(
      'DigestMismatch',
      `the manifest ${wanted.digest} has ${bytes.byteLength} bytes, not ${wanted.size}`,
      {
        expected: wanted.digest,
        actual: digestOf(bytes),
      },
    );
  }
  const value = parseManifest(bytes, wanted.mediaType);
  return { descriptor: { mediaType: value.mediaType, digest: wanted.digest, size: bytes.byteLength }, value };
}

/** @throws `Corrupt` where config and manifest disagree on the number of layers, `DigestMismatch` */
export async function readConfig(
  parts: DocumentParts,
  manifest: Manifest,
  signal?: AbortSignal,
): Promise<ImageConfig> {
  const config = parseImageConfig(await configBytes(parts, manifest.config, signal));
  if (config.diffIds.length !== manifest.layers.length) {
    throw new EngineError(
      'Corrupt',
      `the image contradicts itself: ${manifest.layers.length} layers in the manifest, ${config.diffIds.length} in the config`,
    );
  }
  return config;
}

async function configBytes(
  parts: DocumentParts,
  config: Descriptor,
  signal?: AbortSignal,
): Promise<Uint8Array> {
  if (config.size > maxConfigBytes) {
    throw tooLarge('the image config', maxConfigBytes);
  }
  const stored = await readIfWhole(parts.store, config.digest, maxConfigBytes, signal);
  if (stored) return stored;
  const stream = await parts.repository.fetch(config, undefined, signal);
  const bytes = await readCapped(stream, maxConfigBytes, 'the image config');
  await storeDocument(parts.store, config, bytes, signal);
  return bytes;
}

/** What the store has of the digest; a damaged blob is taken away, so that a pull heals the store. */
async function readIfWhole(
  store: Store,
  digest: Digest,
  maxBytes: number,
  signal?: AbortSignal,
): Promise<Uint8Array | undefined> {
  try {
    return await store.readBlob({ digest }, maxBytes, signal);
  } catch (error) {
    if (isEngineError(error, 'NotFound')) return undefined;
    if (!isEngineError(error, 'DigestMismatch')) throw error;
    await store.removeBlob(digest, signal);
    return undefined;
  }
}

/** The caller has verified the bytes, and keeps the digest from gc. */
export async function storeDocument(
  store: Store,
  descriptor: Descriptor,
  bytes: Uint8Array,
  signal?: AbortSignal,
): Promise<void> {
  await using ingest = await store.ingest(descriptor, signal);
  if (!ingest) return;
  try {
    await writeFile(ingest.path, bytes, { mode: 0o644 });
  } catch (error) {
    throw ioError(error, `cannot store ${descriptor.digest}`);
  }
  await ingest.commit();
}
