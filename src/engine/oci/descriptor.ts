import { type Digest, parseDigest } from './digest.ts';
import { asObject, asSize, asString, asStringArray, asStringMap, optional } from './json.ts';
import { type Platform, platformFromJson } from './platform.ts';

/** What names a blob: type, digest and size. https://github.com/opencontainers/image-spec/blob/v1.1.0/descriptor.md */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: Digest;
  /** Bytes. */
  readonly size: number;
  readonly urls?: readonly string[];
  readonly annotations?: Readonly<Record<string, string>>;
  readonly platform?: Platform;
  readonly artifactType?: string;
}

/** @throws `Corrupt`, or what {@link parseDigest} throws. */
export function descriptorFromJson(json: unknown, what: string): Descriptor {
  const object = asObject(json, what);
  const urls = optional(object.urls, `${what}.urls`, asStringArray);
  const annotations = optional(object.annotations, `${what}.annotations`, asStringMap);
  const platform = optional(object.platform, `${what}.platform`, platformFromJson);
  const artifactType = optional(object.artifactType, `${what}.artifactType`, asString);
  return {
    mediaType: asString(object.mediaType, `${what}.mediaType`),
    digest: parseDigest(object.digest),
    size: asSize(object.size, `${what}.size`),
    ...(urls && { urls }),
    ...(annotations && { annotations }),
    ...(platform && { platform }),
    ...(artifactType !== undefined && { artifactType }),
  };
}

/** The three facts alone: for requests, keys and messages. */
export function plainDescriptor({ mediaType, digest, size }: Descriptor): Descriptor {
  return { mediaType, digest, size };
}
