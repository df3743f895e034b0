import { EngineError } from '../errors.ts';
import { type Descriptor, descriptorFromJson } from './descriptor.ts';
import { asArray, asObject, asString, asStringMap, type JsonObject, optional, parseJson } from './json.ts';
import { isIndexMediaType, isManifestMediaType, mediaType } from './mediaType.ts';

/** One platform's image: https://github.com/opencontainers/image-spec/blob/v1.1.0/manifest.md */
export interface Manifest {
  readonly kind: 'manifest';
  readonly mediaType: string;
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
  readonly subject?: Descriptor;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly artifactType?: string;
}

/** The manifests of several platforms: https://github.com/opencontainers/image-spec/blob/v1.1.0/image-index.md */
export interface Index {
  readonly kind: 'index';
  readonly mediaType: string;
  readonly manifests: readonly Descriptor[];
  readonly subject?: Descriptor;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly artifactType?: string;
}

/** A manifest's or index's own bytes are at most this many (registries and containerd agree on 4 MiB). */
export const maxManifestBytes = 4 * 1024 * 1024;

/**
 * Reads an index or a manifest.
 * @param outerMediaType the type that the descriptor or the `Content-Type` header gave, if any
 * @throws `Corrupt` for broken or ambiguous documents (CVE-2021-41190: both `manifests` and `layers`, or an inner type
 *   that contradicts the outer), `Unsupported` for schema 1 and unknown types
 */
export function parseManifest(bytes: Uint8Array, outerMediaType?: string): Manifest | Index {
  const object = asObject(parseJson(bytes, 'the manifest'), 'the manifest');
  const type = agreedMediaType(object, outerMediaType);
  if (object.manifests != null && (object.layers != null || object.config != null)) {
    throw new EngineError('Corrupt', 'the manifest is ambiguous: it has both manifests and layers');
  }
  if (isIndexMediaType(type)) return indexFromJson(object, type);
  if (isManifestMediaType(type)) return manifestFromJson(object, type);
  throw new EngineError('Unsupported', `unsupported manifest type ${JSON.stringify(type)}`);
}

function agreedMediaType(object: JsonObject, outer: string | undefined): string {
  if (object.schemaVersion === 1) {
    throw new EngineError(
      'Unsupported',
      'the image has a schema 1 manifest, which registries gave up in 2019',
    );
  }
  if (object.schemaVersion !== 2) throw new EngineError('Corrupt', 'the manifest has no schemaVersion 2');
  const inner = optional(object.mediaType, 'mediaType', asString);
  const known =
    outer !== undefined && (isIndexMediaType(outer) || isManifestMediaType(outer)) ? outer : undefined;
  if (inner !== undefined && known !== undefined && inner !== known) {
    throw new EngineError('Corrupt', `the manifest says it is ${inner} but was given as ${known}`);
  }
  return inner ?? known ?? (object.manifests != null ? mediaType.ociIndex : mediaType.ociManifest);
}

function manifestFromJson(object: JsonObject, type: string): Manifest {
  return {
    kind: 'manifest',
    mediaType: type,
    config: configFromJson(object.config),
    layers: descriptors(object.layers, 'layers'),
    ...common(object),
  };
}

/** Some registries of 2016 left out its type: it is '' then, as Docker has it. */
function configFromJson(value: unknown): Descriptor {
  const object = asObject(value, 'config');
  return descriptorFromJson({ ...object, mediaType: object.mediaType ?? '' }, 'config');
}

function indexFromJson(object: JsonObject, type: string): Index {
  return {
    kind: 'index',
    mediaType: type,
    manifests: descriptors(object.manifests, 'manifests'),
    ...common(object),
  };
}

function descriptors(value: unknown, what: string): readonly Descriptor[] {
  return asArray(value, what).map((item, index) => descriptorFromJson(item, `${what}[${index}]`));
}

function common(object: JsonObject) {
  const subject = optional(object.subject, 'subject', descriptorFromJson);
  const annotations = optional(object.annotations, 'annotations', asStringMap);
  const artifactType = optional(object.artifactType, 'artifactType', asString);
  return {
    ...(subject && { subject }),
    ...(annotations && { annotations }),
    ...(artifactType !== undefined && { artifactType }),
  };
}
