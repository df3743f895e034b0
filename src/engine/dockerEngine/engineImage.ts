import { isEngineError } from '../errors.ts';
import { type Digest, parseDigest } from '../oci/digest.ts';
import {
  asArray,
  asObject,
  asSize,
  asString,
  asStringArray,
  type JsonObject,
  optional,
} from '../oci/json.ts';
import { canonicalReference, parseName, type Reference, type TaggedReference } from '../oci/reference.ts';

/** An image as an engine lists it. */
export interface EngineImage {
  /** The config's digest; with containerd's store the manifest's or index's. */
  readonly id: Digest;
  /** Sorted by canonical form; none where the image is dangling. */
  readonly tags: readonly TaggedReference[];
  readonly repoDigests: readonly (Reference & { readonly digest: Digest })[];
  readonly created?: Date;
  /** Bytes of the files of all layers, unpacked. */
  readonly size: number;
}

/** https://docs.docker.com/reference/api/engine/version/v1.47/#tag/Image/operation/ImageList @throws `Corrupt` */
export function parseImages(json: unknown): readonly EngineImage[] {
  return asArray(json, 'the images').map((row, index) => {
    const what = `images[${index}]`;
    const object = asObject(row, what);
    const created = typeof object.Created === 'number' ? new Date(object.Created * 1000) : undefined;
    return {
      id: imageId(object.Id, `${what}.Id`),
      ...namesOf(object, what),
      ...(created && { created }),
      size: asSize(object.Size, `${what}.Size`),
    };
  });
}

/** The names in a row of the list, or in the document about one image. @throws `Corrupt` */
export function namesOf(object: JsonObject, what: string): Pick<EngineImage, 'tags' | 'repoDigests'> {
  const tags = optional(object.RepoTags, `${what}.RepoTags`, asStringArray) ?? [];
  const digests = optional(object.RepoDigests, `${what}.RepoDigests`, asStringArray) ?? [];
  return { tags: sorted(tags.flatMap(asTag)), repoDigests: sorted(digests.flatMap(asDigestReference)) };
}

/** Podman leaves the algorithm out in places. @throws `Corrupt`, `Invalid`, `Unsupported` */
export function imageId(value: unknown, what: string): Digest {
  const text = asString(value, what);
  return parseDigest(/^[0-9a-f]{64}$/.test(text) ? `sha256:${text}` : text);
}

function asTag(text: string): readonly TaggedReference[] {
  const reference = asReference(text);
  return reference?.tag !== undefined && reference.digest === undefined
    ? [{ ...reference, tag: reference.tag }]
    : [];
}

function asDigestReference(text: string): EngineImage['repoDigests'] {
  const reference = asReference(text);
  return reference?.digest === undefined ? [] : [{ ...reference, digest: reference.digest }];
}

/** `<none>:<none>`, and whatever else is no reference, names nothing. */
function asReference(text: string): Reference | undefined {
  try {
    return parseName(text);
  } catch (error) {
    if (isEngineError(error, 'Invalid', 'Unsupported')) return undefined;
    throw error;
  }
}

function sorted<T extends Reference>(references: readonly T[]): readonly T[] {
  const named = references.map((reference) => [canonicalReference(reference), reference] as const);
  return [...new Map(named)].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, reference]) => reference);
}
