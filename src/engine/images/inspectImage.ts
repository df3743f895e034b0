import type { StoredImage } from '../image.ts';
import { containerConfigDocument, goField } from '../oci/containerConfigDocument.ts';
import { maxConfigBytes } from '../oci/imageConfig.ts';
import { asArray, asObject, asString, type JsonObject, optional, parseJson } from '../oci/json.ts';
import { familiarReference } from '../oci/reference.ts';
import { rfc3339Nano, zeroTime } from '../oci/rfc3339Nano.ts';
import { storedDocuments } from './storedDocuments.ts';
import type { ReadingHome } from './storedImages.ts';

/** Docker's document about an image, as far as an image without containers has it. */
export type ImageInspection = JsonObject;

/**
 * What `docker image inspect` says of a pulled image, field by field and in its order. Docker's own bookkeeping is what
 * differs: `GraphDriver` names the store's format, `Parent` is empty as for every image that was not built there.
 * https://github.com/moby/moby/blob/v20.10.24/daemon/images/image_inspect.go
 * @throws `NotFound`, `DigestMismatch`, `Corrupt` where a document is missing, damaged or no image's
 */
export async function inspectImage(
  home: ReadingHome,
  image: StoredImage,
  signal?: AbortSignal,
): Promise<ImageInspection> {
  const { manifest } = await storedDocuments(home, image, signal);
  const bytes = await home.store.readBlob(manifest.config, maxConfigBytes, signal);
  const config = asObject(parseJson(bytes, 'the image config'), 'the image config');
  return {
    ...names(image),
    ...origin(config),
    ...system(config),
    ...content(image, config),
    ...(await tagTime(home, image, signal)),
  };
}

function names({ id, tags, repoDigests }: StoredImage): JsonObject {
  return {
    Id: id,
    RepoTags: tags.map(familiarReference),
    RepoDigests: repoDigests.map(familiarReference),
    Parent: '',
  };
}

/** Who and what made it. */
function origin(config: JsonObject): JsonObject {
  const created = optional(config.created, 'created', asString);
  return {
    Comment: text(config, 'comment') || lastComment(config),
    Created: created === undefined ? zeroTime : rfc3339Nano(created),
    Container: text(config, 'container'),
    ContainerConfig: containerConfigDocument(config.container_config, 'container_config'),
    DockerVersion: text(config, 'docker_version'),
    Author: text(config, 'author'),
    Config: optional(goField(config, 'config'), 'config', containerConfigDocument) ?? null,
  };
}

function lastComment({ history }: JsonObject): string {
  const last = optional(history, 'history', asArray)?.at(-1);
  return last === undefined ? '' : text(asObject(last, 'history'), 'comment');
}

function system(config: JsonObject): JsonObject {
  const variant = text(config, 'variant');
  const osVersion = text(config, 'os.version');
  return {
    Architecture: text(config, 'architecture'),
    ...(variant && { Variant: variant }),
    Os: text(config, 'os'),
    ...(osVersion && { OsVersion: osVersion }),
  };
}

function content({ size }: StoredImage, config: JsonObject): JsonObject {
  const { type, diff_ids } = asObject(config.rootfs, 'rootfs');
  const layers = optional(diff_ids, 'rootfs.diff_ids', asArray) ?? [];
  return {
    Size: size,
    VirtualSize: size,
    GraphDriver: { Data: null, Name: 'oci-layout' },
    RootFS: { Type: asString(type, 'rootfs.type'), ...(layers.length > 0 && { Layers: layers }) },
  };
}

/** When somebody last gave the image a tag by hand; as in Docker, a pull does not count. */
async function tagTime(home: ReadingHome, image: StoredImage, signal?: AbortSignal): Promise<JsonObject> {
  const entries = await home.store.entries(signal);
  const times = entries
    .filter(({ descriptor }) => descriptor.digest === image.manifest.digest)
    .flatMap(({ tagged }) => (tagged ? [tagged.toISOString()] : []));
  const last = times.sort().at(-1);
  return { Metadata: { LastTagTime: last === undefined ? zeroTime : rfc3339Nano(last) } };
}

function text(object: JsonObject, name: string): string {
  return optional(goField(object, name), name, asString) ?? '';
}
