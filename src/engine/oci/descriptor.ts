import { type Digest, parseDigest } from './digest.ts';
import { asObject, asSize, asString, asStringArray, asStrings, stringField } from './json.ts';
import { type Platform, platformFromJson } from './platform.ts';

/** What names a blob: type, digest and size. https://github.com/opencontainers/image-spec/blob/v1.1.0/descriptor.md */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: Digest;
  /** Bytes. */
  readonly size: number;
  readonly urls?: readonly string[];
  /** As the JSON had them, with `Object`'s prototype: ask for known names only. */
  readonly annotations?: Readonly<Record<string, string>>;
  readonly platform?: Platform;
  readonly artifactType?: string;
}

/** @throws `Corrupt`, or what {@link parseDigest} throws. */
export function descriptorFromJson(json: unknown, what: string): Descriptor {
  const object = asObject(json, what);
  const { urls, annotations, platform } = object;
  const artifactType = stringField(object, 'artifactType', what);
  // Put together piece by piece: spreading what may be there takes several times as long, and lists are long.
  const descriptor: Writable<Descriptor> = {
    mediaType: stringField(object, 'mediaType', what) ?? asString(object.mediaType, `${what}.mediaType`),
    digest: parseDigest(object.digest),
    size: asSize(object.size, `${what}.size`),
  };
  if (isGiven(urls)) descriptor.urls = asStringArray(urls, `${what}.urls`);
  if (isGiven(annotations)) descriptor.annotations = asStrings(annotations, `${what}.annotations`);
  if (isGiven(platform)) descriptor.platform = platformFromJson(platform, `${what}.platform`);
  if (artifactType !== undefined) descriptor.artifactType = artifactType;
  return descriptor;
}

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

/** Go writes `null` for what is not there. */
function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}

/** The three facts alone: for requests, keys and messages. */
export function plainDescriptor({ mediaType, digest, size }: Descriptor): Descriptor {
  return { mediaType, digest, size };
}
