import { EngineError, isEngineError } from '../errors.ts';
import type { StoredImage } from '../image.ts';
import type { Digest } from '../oci/digest.ts';
import {
  canonicalReference,
  familiarName,
  familiarReference,
  parseName,
  parseReference,
  type Reference,
  type TaggedReference,
  withTag,
} from '../oci/reference.ts';
import { type StoreEntry, tagImage } from '../store/entries.ts';
import { findImage } from './findImage.ts';
import { type ImageHome, storedImages } from './storedImages.ts';

/** What giving a tag did. */
export interface Tagging {
  readonly image: StoredImage;
  readonly tag: TaggedReference;
  /** The ID of the image that had the tag before, where it was another one. */
  readonly movedFrom?: Digest;
  /** Whether that image is dangling now. */
  readonly leftDangling: boolean;
}

/**
 * Reads what `image tag` may give as a name; `latest` is the default tag.
 * https://github.com/docker/cli/blob/v20.10.24/vendor/github.com/docker/docker/client/image_tag.go
 * @throws `Invalid`, in Docker's words: no reference, a digest, or the name `sha256`, which would look like one
 */
export function parseNewTag(text: string): TaggedReference {
  const { tag = 'latest', digest, ...repository } = parsed(text, parseName);
  if (digest !== undefined) throw refused(text, 'refusing to create a tag with a digest reference');
  const reference = withTag(repository, tag);
  return requireUnambiguous(reference, text);
}

/**
 * What the image to be tagged is called where it is not found: Docker says the default tag too.
 * @throws `Invalid`, in Docker's words, where it is neither a reference nor an ID
 */
export function tagSourceName(text: string): string {
  return isFullId(text) ? text : familiarReference(parsed(text, parseReference));
}

function isFullId(text: string): boolean {
  return /^(?:sha256:)?[0-9a-f]{64}$/.test(text);
}

function parsed(text: string, parse: (text: string) => Reference): Reference {
  try {
    return parse(text);
  } catch (error) {
    if (!isEngineError(error, 'Invalid')) throw error;
    throw refused(
      text,
      `Error parsing reference: ${JSON.stringify(text)} is not a valid repository/tag: ${error.message}`,
    );
  }
}

function requireUnambiguous(reference: TaggedReference, text: string): TaggedReference {
  if (familiarName(reference) !== 'sha256') return reference;
  throw refused(text, 'refusing to create an ambiguous tag using digest algorithm as name');
}

function refused(text: string, message: string): EngineError {
  return new EngineError('Invalid', message, { reference: text });
}

/**
 * Gives a stored image one more name, taking it from the image that had it: that one stays, dangling where it was its
 * last tag.
 * @param name a reference or ID, as for {@link findImage}
 * @throws `NotFound` (also where another process removes the image meanwhile), `Ambiguous`, `Invalid`
 */
export async function tagStoredImage(
  home: ImageHome,
  name: string,
  tag: TaggedReference,
  signal?: AbortSignal,
): Promise<Tagging> {
  requireUnambiguous(tag, familiarReference(tag));
  const images = await storedImages(home, signal);
  const { image } = findImage(images, name);
  const { manifest, platform, id, created, size } = image;
  let moved: Moved = { leftDangling: false };
  await home.store.update((entries) => {
    requireThere(entries, image, name);
    const edited = tagImage(entries, { manifest, platform, id, created, size, tagged: new Date() }, tag);
    moved = movedTag(entries, edited, image, tag);
    return edited;
  }, signal);
  const { from, leftDangling } = moved;
  const movedFrom = from && (from.imageId ?? idOf(images, from));
  return { image, tag, ...(movedFrom !== undefined && { movedFrom }), leftDangling };
}

/** Where nothing names the image any more its bytes may be gone: it must not be named anew. */
function requireThere(entries: readonly StoreEntry[], { manifest }: StoredImage, name: string): void {
  if (entries.some(({ descriptor }) => descriptor.digest === manifest.digest)) return;
  throw new EngineError('NotFound', `No such image: ${name}`, { reference: name });
}

interface Moved {
  /** As it was before. */
  readonly from?: StoreEntry;
  readonly leftDangling: boolean;
}

function movedTag(
  before: readonly StoreEntry[],
  after: readonly StoreEntry[],
  image: StoredImage,
  tag: TaggedReference,
): Moved {
  const name = canonicalReference(tag);
  const from = before.find((entry) => entry.name === name);
  if (!from || from.descriptor.digest === image.manifest.digest || from.imageId === image.id) {
    return { leftDangling: false };
  }
  const keepsTag = (entry: StoreEntry) =>
    entry.descriptor.digest === from.descriptor.digest && entry.name !== undefined;
  return { from, leftDangling: !after.some(keepsTag) };
}

function idOf(images: readonly StoredImage[], { descriptor }: StoreEntry): Digest | undefined {
  return images.find(({ manifest }) => manifest.digest === descriptor.digest)?.id;
}
