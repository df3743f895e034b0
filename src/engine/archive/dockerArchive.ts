import { EngineError, isEngineError } from '../errors.ts';
import { type Descriptor, plainDescriptor } from '../oci/descriptor.ts';
import { type DiffId, type Digest, digestHex, digestOf } from '../oci/digest.ts';
import { type ImageConfig, maxConfigBytes, parseImageConfig } from '../oci/imageConfig.ts';
import { asArray, asObject, asString, asStringArray, optional, parseJson } from '../oci/json.ts';
import { type Compression, mediaType } from '../oci/mediaType.ts';
import { parseName, type Reference, type TaggedReference } from '../oci/reference.ts';
import { corruptArchive, quoted } from './archiveError.ts';
import type { ArchiveFile, ArchiveFiles } from './archiveFile.ts';
import type { ArchiveDocument, ArchiveImage, ArchiveLayer } from './archiveImage.ts';
import { maxImages, maxListBytes } from './archiveLimits.ts';
import { memberPath } from './memberPath.ts';

/** The list of images of what `docker save` writes. */
export const dockerList = 'manifest.json';

/** One row of `manifest.json`. https://github.com/moby/docker-image-spec/blob/v1.3.1/spec.md#combined-image-json--filesystem-changeset-format */
interface DockerItem {
  readonly config: string;
  readonly tags: readonly string[];
  readonly layers: readonly string[];
}

/**
 * The images of a docker-archive, in its order. Where the archive has no manifest of its own (Docker before 25, podman,
 * skopeo) one is made that depends on nothing but config and layers.
 * @param known images of the OCI layout that Docker has written beside it since 25, by their IDs
 * @throws `Corrupt`, `DigestMismatch`, `TooLarge`, `Unsupported`
 */
export async function readDockerArchive(
  files: ArchiveFiles,
  known: ReadonlyMap<Digest, ArchiveImage>,
  signal?: AbortSignal,
): Promise<readonly ArchiveImage[]> {
  const list = files.find(dockerList);
  if (!list)
    throw new EngineError('Unsupported', `the archive is no docker-archive: it has no ${dockerList}`);
  const items = parseItems(await list.read(maxListBytes, `the archive's ${dockerList}`, signal));
  const images: ArchiveImage[] = [];
  for (const item of items) images.push(await readItem(files, item, known, signal));
  return images;
}

function parseItems(bytes: Uint8Array): readonly DockerItem[] {
  const rows = asArray(parseJson(bytes, dockerList), dockerList);
  if (rows.length > maxImages) {
    throw new EngineError('TooLarge', `the archive has more than ${maxImages} images`);
  }
  return rows.map((row, index) => {
    const what = `${dockerList}[${index}]`;
    const object = asObject(row, what);
    return {
      config: asString(object.Config, `${what}.Config`),
      tags: optional(object.RepoTags, `${what}.RepoTags`, asStringArray) ?? [],
      layers: optional(object.Layers, `${what}.Layers`, asStringArray) ?? [],
    };
  });
}

async function readItem(
  files: ArchiveFiles,
  item: DockerItem,
  known: ReadonlyMap<Digest, ArchiveImage>,
  signal?: AbortSignal,
): Promise<ArchiveImage> {
  const tags = item.tags.map(parseTag);
  const bytes = await requireFile(files, item.config).read(maxConfigBytes, 'an image config', signal);
  const digest = digestOf(bytes);
  requireNamedBy(digest, item.config);
  const own = known.get(digest);
  if (own) return { ...own, tags };
  const facts = parseImageConfig(bytes);
  const config = jsonDocument(mediaType.ociConfig, bytes);
  const layers = await readLayers(files, item.layers, facts, signal);
  return { manifest: makeManifest(config.descriptor, layers), config, facts, layers, tags, generated: true };
}

/** A name that is a digest (`HEX.json`, `blobs/sha256/HEX`) promises the bytes; other tools' names promise nothing. */
function requireNamedBy(digest: Digest, member: string): void {
  const named = /(?:^|\/)([0-9a-f]{64})(?:\.json)?$/.exec(member)?.[1];
  if (named === undefined || named === digestHex(digest)) return;
  throw corruptArchive(`the image config ${quoted(member)} is not what its name says: it is ${digest}`);
}

function parseTag(text: string): TaggedReference {
  const reference = asReference(text);
  if (reference?.tag !== undefined && reference.digest === undefined) {
    return { ...reference, tag: reference.tag };
  }
  throw corruptArchive(`the archive names an image ${quoted(text)}: invalid reference format`);
}

function asReference(text: string): Reference | undefined {
  try {
    return parseName(text);
  } catch (error) {
    if (isEngineError(error, 'Invalid')) return undefined;
    throw error;
  }
}

async function readLayers(
  files: ArchiveFiles,
  names: readonly string[],
  { diffIds }: ImageConfig,
  signal?: AbortSignal,
): Promise<readonly ArchiveLayer[]> {
  if (names.length !== diffIds.length) {
    throw corruptArchive(
      `the image contradicts itself: ${names.length} layers in ${dockerList}, ${diffIds.length} in the config`,
    );
  }
  const layers: ArchiveLayer[] = [];
  for (const [position, diffId] of diffIds.entries()) {
    layers.push(await readLayer(requireFile(files, names[position] ?? ''), diffId, signal));
  }
  return layers;
}

/** A layer that is not packed is the tar that its diffId names. */
async function readLayer(file: ArchiveFile, diffId: DiffId, signal?: AbortSignal): Promise<ArchiveLayer> {
  const compression = await file.compression();
  const digest = compression === 'none' ? diffId : await file.digest('sha256', signal);
  return { descriptor: { mediaType: layerTypes[compression], digest, size: file.size }, diffId, file };
}

const layerTypes: Record<Compression, string> = {
  none: mediaType.ociLayer,
  gzip: mediaType.ociLayerGzip,
  zstd: mediaType.ociLayerZstd,
};

/** The same config and layers make the same bytes, so that the same archive is the same image everywhere. */
export function makeManifest(
  config: Descriptor,
  layers: readonly Pick<ArchiveLayer, 'descriptor'>[],
): ArchiveDocument {
  const document = {
    schemaVersion: 2,
    mediaType: mediaType.ociManifest,
    config: plainDescriptor(config),
    layers: layers.map(({ descriptor }) => plainDescriptor(descriptor)),
  };
  return jsonDocument(mediaType.ociManifest, Buffer.from(JSON.stringify(document)));
}

function jsonDocument(type: string, bytes: Uint8Array): ArchiveDocument {
  return { descriptor: { mediaType: type, digest: digestOf(bytes), size: bytes.length }, bytes };
}

function requireFile(files: ArchiveFiles, name: string): ArchiveFile {
  const file = files.find(memberPath(Buffer.from(name)));
  if (file) return file;
  throw corruptArchive(`the archive has no ${quoted(name)}, which its ${dockerList} names`);
}
