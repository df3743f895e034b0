import { asOptional, asText, type Fields } from './validate.ts';

/** Which image a page is about, and where it is. */
export interface ImageSource {
  /** Digest of its manifest: what it names cannot change. */
  readonly manifest: string;
  /** What the person calls it. */
  readonly name: string;
  /** The repository in whose registry it is where the store does not have it, as `docker.io/library/alpine`. */
  readonly from?: string | undefined;
}

/** How far the reading of an image is that is in a registry: bytes that have come, and that there are. */
export interface Reading {
  readonly received: number;
  readonly total: number;
}

/** @throws `MessageError` */
export function asImageSource({ manifest, name, from }: Fields): ImageSource {
  const place = asOptional(from, (value) => asText(value, 'from'));
  return {
    manifest: asText(manifest, 'manifest', 200),
    name: asText(name, 'name'),
    ...(place !== undefined && { from: place }),
  };
}
