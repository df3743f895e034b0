import { EngineError, isEngineError } from '../errors.ts';
import type { StoredImage } from '../image.ts';
import { type FoundImage, findImage } from '../images/findImage.ts';
import {
  canonicalName,
  canonicalReference,
  parseName,
  type Reference,
  type TaggedReference,
} from '../oci/reference.ts';

/** An image to save, and the names it is to have in the archive. */
export interface ChosenImage {
  readonly image: StoredImage;
  readonly tags: readonly TaggedReference[];
}

/**
 * The images that the names mean, each once, in the order of the names. As in Docker a reference gives its tag, a
 * repository all its tags, and a digest, an ID or the beginning of one an image without a name.
 * @throws `NotFound`, `Ambiguous`, `Invalid`
 */
export function chooseForSave(
  images: readonly StoredImage[],
  names: readonly string[],
): readonly ChosenImage[] {
  const chosen = new Map<string, { image: StoredImage; tags: Map<string, TaggedReference> }>();
  const choose = (image: StoredImage, tag?: TaggedReference): void => {
    const there = chosen.get(image.id) ?? { image, tags: new Map() };
    chosen.set(image.id, there);
    if (tag) there.tags.set(canonicalReference(tag), tag);
  };
  for (const name of names) chooseOne(images, name, choose);
  return [...chosen.values()].map(({ image, tags }) => ({ image, tags: [...tags.values()] }));
}

function chooseOne(
  images: readonly StoredImage[],
  name: string,
  choose: (image: StoredImage, tag?: TaggedReference) => void,
): void {
  const repository = bareRepository(name);
  const tagged = repository ? tagsOf(images, repository) : [];
  for (const { image, tag } of tagged) choose(image, tag);
  if (tagged.length > 0) return;
  if (repository) choose(byIdOnly(images, name));
  else {
    const { image, reference } = findNamed(images, name);
    const tag = reference && reference.digest === undefined ? reference.tag : undefined;
    choose(image, reference && tag !== undefined ? { ...reference, tag } : undefined);
  }
}

/** Docker has other words here for what is not there. */
function findNamed(images: readonly StoredImage[], name: string): FoundImage {
  try {
    return findImage(images, name);
  } catch (error) {
    if (!isEngineError(error, 'NotFound')) throw error;
    const isReference = /[:@]/.test(name) && !name.startsWith('sha256:');
    const message = isReference ? `reference does not exist: ${name}` : `No such image: ${name}`;
    throw new EngineError('NotFound', message, { reference: name }, error);
  }
}

/** The repository where that alone is written; an ID is none. */
function bareRepository(name: string): Reference | undefined {
  if (/^(?:sha256:)?[0-9a-f]{64}$/.test(name) || /^sha256:/.test(name)) return undefined;
  const reference = parseName(name);
  return reference.tag === undefined && reference.digest === undefined ? reference : undefined;
}

function tagsOf(images: readonly StoredImage[], repository: Reference) {
  const name = canonicalName(repository);
  return images
    .flatMap((image) => image.tags.map((tag) => ({ image, tag })))
    .filter(({ tag }) => canonicalName(tag) === name)
    .sort((a, b) => (a.tag.tag < b.tag.tag ? -1 : 1));
}

/** A name without a tag that no image has may be the beginning of an ID. */
function byIdOnly(images: readonly StoredImage[], name: string): StoredImage {
  const { image, reference } = findNamed(images, name);
  if (!reference) return image;
  throw new EngineError('NotFound', `No such image: ${name}`, { reference: name });
}
