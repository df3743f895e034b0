import { EngineError, isEngineError } from '../errors.ts';
import { choosePlatform } from '../oci/choosePlatform.ts';
import { type Descriptor, descriptorFromJson, plainDescriptor } from '../oci/descriptor.ts';
import { type Digest, digestAlgorithm, digestHex } from '../oci/digest.ts';
import { maxConfigBytes, parseImageConfig } from '../oci/imageConfig.ts';
import { asArray, asObject, parseJson } from '../oci/json.ts';
import { type Index, type Manifest, maxManifestBytes, parseManifest } from '../oci/manifest.ts';
import {
  isImageConfigMediaType,
  isIndexMediaType,
  isManifestMediaType,
  mediaType,
} from '../oci/mediaType.ts';
import type { Platform } from '../oci/platform.ts';
import { parseName, type TaggedReference } from '../oci/reference.ts';
import { corruptArchive, quoted } from './archiveError.ts';
import type { ArchiveFile, ArchiveFiles } from './archiveFile.ts';
import type { ArchiveDocument, ArchiveImage, ArchiveLayer } from './archiveImage.ts';
import { maxImages, maxListBytes } from './archiveLimits.ts';

export const ociList = 'index.json';
export const ociMarker = 'oci-layout';

const refName = 'org.opencontainers.image.ref.name';
/** What containerd, and with it Docker, calls the image in full, where `ref.name` is its bare tag. */
const containerdName = 'io.containerd.image.name';

/** Indexes within indexes; real ones do not go deeper. */
const maxDepth = 4;

/** A descriptor of `index.json`, or several that share a name and differ in their platforms. */
interface Entry {
  readonly name: string | undefined;
  readonly fullName: string | undefined;
  readonly descriptors: readonly Descriptor[];
}

/**
 * The images of the tar of an OCI layout, each for the wanted platform, in the order of `index.json`. Artefacts are left
 * out. https://github.com/opencontainers/image-spec/blob/v1.1.0/image-layout.md
 * @throws `NoSuchPlatform` where those that are in the archive do not fit, `Corrupt`, `DigestMismatch`, `TooLarge`, …
 */
export async function readOciArchive(
  files: ArchiveFiles,
  platform: Platform,
  signal?: AbortSignal,
): Promise<readonly ArchiveImage[]> {
  const reader = new OciReader(files, platform, signal);
  const images: ArchiveImage[] = [];
  for (const entry of await readEntries(files, signal)) {
    const image = await reader.image(entry);
    if (image) images.push(image);
  }
  return images;
}

/** The rows of `index.json`, as they stand there. @throws `Corrupt`, `TooLarge`, `Unsupported` */
export async function readOciRows(files: ArchiveFiles, signal?: AbortSignal): Promise<readonly unknown[]> {
  const list = files.find(ociList);
  if (!list) throw new EngineError('Unsupported', `the archive is no OCI image layout: it has no ${ociList}`);
  await checkVersion(files, signal);
  const bytes = await list.read(maxListBytes, `the archive's ${ociList}`, signal);
  const rows = asArray(asObject(parseJson(bytes, ociList), ociList).manifests ?? [], `${ociList}.manifests`);
  if (rows.length > maxImages) {
    throw new EngineError('TooLarge', `the archive has more than ${maxImages} images`);
  }
  return rows;
}

async function checkVersion(files: ArchiveFiles, signal?: AbortSignal): Promise<void> {
  const marker = files.find(ociMarker);
  if (!marker) throw corruptArchive(`the archive has an ${ociList} but no ${ociMarker}`);
  const bytes = await marker.read(64 * 1024, `the archive's ${ociMarker}`, signal);
  const { imageLayoutVersion } = asObject(parseJson(bytes, ociMarker), ociMarker);
  if (imageLayoutVersion === '1.0.0') return;
  throw new EngineError(
    'Unsupported',
    `the archive is an OCI image layout of version ${quoted(String(imageLayoutVersion))}; only 1.0.0 is supported`,
  );
}

async function readEntries(files: ArchiveFiles, signal?: AbortSignal): Promise<readonly Entry[]> {
  const groups = new Map<string, Entry>();
  for (const [position, row] of (await readOciRows(files, signal)).entries()) {
    const descriptor = descriptorFromJson(row, `${ociList}.manifests[${position}]`);
    const name = descriptor.annotations?.[refName];
    const fullName = descriptor.annotations?.[containerdName];
    const key = fullName ?? name;
    const group = key === undefined ? `#${position}` : `=${key}`;
    const descriptors = [...(groups.get(group)?.descriptors ?? []), descriptor];
    groups.set(group, { name, fullName, descriptors });
  }
  return [...groups.values()];
}

class OciReader {
  readonly #files: ArchiveFiles;
  readonly #platform: Platform;
  readonly #signal: AbortSignal | undefined;

  constructor(files: ArchiveFiles, platform: Platform, signal: AbortSignal | undefined) {
    this.#files = files;
    this.#platform = platform;
    this.#signal = signal;
  }

  /** `undefined` where it is no image. */
  async image(entry: Entry): Promise<ArchiveImage | undefined> {
    const what = entry.fullName ?? entry.name ?? entry.descriptors[0]?.digest ?? '';
    const top = this.#chooseOf(entry.descriptors, what);
    if (!isManifestMediaType(top.mediaType) && !isIndexMediaType(top.mediaType)) return undefined;
    const image = await this.#manifest(top, what, 0);
    if (!image) return undefined;
    const tag = fullTag(entry.fullName) ?? fullTag(entry.name);
    return {
      ...image,
      tags: tag ? [tag] : [],
      ...(entry.name !== undefined && { name: entry.name }),
    };
  }

  async #manifest(
    descriptor: Descriptor,
    what: string,
    depth: number,
  ): Promise<Omit<ArchiveImage, 'tags'> | undefined> {
    const bytes = await this.#document(descriptor, maxManifestBytes);
    const value = parseManifest(bytes, descriptor.mediaType);
    if (value.kind === 'manifest') {
      return this.#image(
        { descriptor: { ...plainDescriptor(descriptor), mediaType: value.mediaType }, bytes },
        value,
      );
    }
    if (depth === maxDepth) throw corruptArchive('indexes are nested too deeply');
    return this.#manifest(this.#choose(value, what), what, depth + 1);
  }

  async #image(manifest: ArchiveDocument, value: Manifest): Promise<Omit<ArchiveImage, 'tags'> | undefined> {
    if (!isImageConfigMediaType(value.config.mediaType)) return undefined;
    const bytes = await this.#document(value.config, maxConfigBytes);
    const facts = parseImageConfig(bytes);
    const layers = this.#layers(value, facts.diffIds);
    return { manifest, config: { descriptor: value.config, bytes }, facts, layers, generated: false };
  }

  #layers({ layers }: Manifest, diffIds: readonly Digest[]): readonly ArchiveLayer[] {
    if (diffIds.length !== layers.length) {
      throw corruptArchive(
        `the image contradicts itself: ${layers.length} layers in the manifest, ${diffIds.length} in the config`,
      );
    }
    return layers.flatMap((descriptor, position) => {
      const diffId = diffIds[position];
      return diffId === undefined ? [] : [{ descriptor, diffId, file: this.#layerFile(descriptor) }];
    });
  }

  #layerFile(descriptor: Descriptor): ArchiveFile {
    const file = this.#files.find(blobPath(descriptor.digest));
    if (!file) throw absent('layer', descriptor.digest);
    if (file.size !== descriptor.size) throw wrongSize(descriptor, file.size);
    return file;
  }

  /** Of an index, the platform's manifest among those that are in the archive. */
  #choose(index: Index, what: string): Descriptor {
    const manifests = index.manifests.filter(
      ({ digest }) => this.#files.find(blobPath(digest)) !== undefined,
    );
    return choosePlatform({ ...index, manifests }, this.#platform, what);
  }

  #chooseOf(descriptors: readonly Descriptor[], what: string): Descriptor {
    const [only, ...others] = descriptors;
    if (only && others.every(({ digest }) => digest === only.digest)) return only;
    return this.#choose({ kind: 'index', mediaType: mediaType.ociIndex, manifests: descriptors }, what);
  }

  async #document(descriptor: Descriptor, maxBytes: number): Promise<Uint8Array> {
    const { digest } = descriptor;
    const file = this.#files.find(blobPath(digest));
    if (!file) throw absent('document', digest);
    if (file.size !== descriptor.size) throw wrongSize(descriptor, file.size);
    await requireFileDigest(file, digest, this.#signal);
    return file.read(maxBytes, `the document ${digest}`, this.#signal);
  }
}

/** Where a layout has the blob. */
export function blobPath(digest: Digest): string {
  return `blobs/${digestAlgorithm(digest)}/${digestHex(digest)}`;
}

/** @throws `DigestMismatch` */
export async function requireFileDigest(
  file: ArchiveFile,
  expected: Digest,
  signal?: AbortSignal,
): Promise<void> {
  const actual = await file.digest(digestAlgorithm(expected), signal);
  if (actual === expected) return;
  throw new EngineError('DigestMismatch', `the archive's ${expected} has the digest ${actual}`, {
    reference: expected,
    expected,
    actual,
  });
}

/**
 * The name where it says repository and tag. A bare tag, which skopeo and buildah write where they are given nothing
 * else, is no name.
 */
function fullTag(name: string | undefined): TaggedReference | undefined {
  if (name === undefined) return undefined;
  try {
    const reference = parseName(name);
    if (reference.tag === undefined || reference.digest !== undefined) return undefined;
    return { ...reference, tag: reference.tag };
  } catch (error) {
    if (isEngineError(error, 'Invalid')) return undefined;
    throw error;
  }
}

function absent(what: string, digest: Digest): EngineError {
  return corruptArchive(`the archive lacks the ${what} ${digest}`);
}

function wrongSize({ digest, size }: Descriptor, actual: number): EngineError {
  return new EngineError('DigestMismatch', `the archive's ${digest} has ${actual} bytes instead of ${size}`, {
    reference: digest,
    expected: `${size} bytes`,
    actual: `${actual} bytes`,
  });
}
