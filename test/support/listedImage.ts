import type { StoredImage } from '../../src/engine/image.ts';
import { digestOf } from '../../src/engine/oci/digest.ts';
import { mediaType } from '../../src/engine/oci/mediaType.ts';
import { parseReference, withDigest, withTag } from '../../src/engine/oci/reference.ts';

export interface ListedImageFacts {
  /** What tells it from others; also its digests are made of it. */
  readonly name: string;
  readonly tags?: readonly string[];
  /** Repositories that know it by digest. */
  readonly repositories?: readonly string[];
  /** `2026-01-31`; absent where the image does not say. */
  readonly created?: string;
  /** Bytes. */
  readonly size?: number;
  readonly architecture?: string;
}

/** An image as a store lists it, without the store. */
export function listedImage(facts: ListedImageFacts): StoredImage {
  const { name, tags = [], repositories = [], created, size = 1000, architecture = 'amd64' } = facts;
  return {
    id: digestOf(`config of ${name}`),
    manifest: { mediaType: mediaType.ociManifest, digest: digestOf(`manifest of ${name}`), size: 100 },
    tags: tags.map((text) => {
      const reference = parseReference(text);
      return withTag(reference, reference.tag ?? 'latest');
    }),
    repoDigests: repositories.map((text) => withDigest(parseReference(text), digestOf(`index of ${name}`))),
    platform: { os: 'linux', architecture },
    ...(created !== undefined && { created: new Date(created) }),
    size,
  };
}
