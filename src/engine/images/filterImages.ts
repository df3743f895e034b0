import { EngineError, isEngineError } from '../errors.ts';
import { type StoredImage, withNames } from '../image.ts';
import type { FilterArguments } from '../listing/filterArguments.ts';
import { referenceMatcher } from '../listing/referenceMatcher.ts';
import { parseTimestamp } from '../listing/timestamp.ts';
import { findImage } from './findImage.ts';
import { storedDocuments } from './storedDocuments.ts';
import { createdTime, type ImageHome } from './storedImages.ts';

/** What `image ls` filters by. */
export const imageFilters: readonly string[] = [
  'dangling',
  'before',
  'since',
  'until',
  'label',
  'label!',
  'reference',
];

/**
 * The images that pass every filter, in the order given, with the names that pass `reference`: names that fit no pattern
 * are cut off, and an image that loses all of them is left out. `dangling` looks at what is left of the names. Configs are
 * read only where a label is asked for, and only of images that pass all else.
 * https://github.com/moby/moby/blob/v20.10.24/daemon/images/images.go (`Images`)
 * @param images all images of the store: `before` and `since` find theirs among them
 * @throws `NotFound`, `Ambiguous` for an unknown image in `before` or `since`; `Invalid` for nonsense, in Docker's words
 */
export async function filterImages(
  home: ImageHome,
  images: readonly StoredImage[],
  filters: FilterArguments,
  signal?: AbortSignal,
): Promise<readonly StoredImage[]> {
  const dangling = danglingFilter(filters);
  const isInTime = timeFilter(images, filters, new Date());
  const cutNames = nameFilter(filters);
  const passing = images.filter(isInTime).flatMap(cutNames).filter(dangling);
  return withLabels(home, passing, filters, signal);
}

type Test = (image: StoredImage) => boolean;

/** `dangling=false` lets an image pass that a repository knows by digest only; so does `dangling=true`. */
function danglingFilter(filters: FilterArguments): Test {
  const values = filters.get('dangling');
  if (!values) return () => true;
  if (values.includes('true')) return ({ tags }) => tags.length === 0;
  if (values.includes('false')) return ({ tags, repoDigests }) => tags.length > 0 || repoDigests.length > 0;
  throw new EngineError('Invalid', `Invalid filter 'dangling=[${values.join(' ')}]': write true or false`);
}

/** Of several bounds the tightest holds. What is exactly as old as a bound is outside it. */
function timeFilter(images: readonly StoredImage[], filters: FilterArguments, now: Date): Test {
  const ageOf = (name: string) => createdTime(findImage(images, name).image);
  const before = (filters.get('before') ?? []).map(ageOf);
  const since = (filters.get('since') ?? []).map(ageOf);
  const until = (filters.get('until') ?? []).map((text) => parseTimestamp(text, now).getTime());
  const latest = Math.min(...before, ...until);
  const earliest = Math.max(...since);
  return (image) => createdTime(image) < latest && createdTime(image) > earliest;
}

/** Gives the image with the names that one of the patterns fits; nothing where none is left. */
function nameFilter(filters: FilterArguments): (image: StoredImage) => readonly StoredImage[] {
  const matchers = filters.get('reference')?.map(referenceMatcher);
  if (!matchers) return (image) => [image];
  const fits = (name: StoredImage['repoDigests'][number] | StoredImage['tags'][number]) =>
    matchers.some((matches) => matches(name));
  return (image) => {
    const tags = image.tags.filter(fits);
    const repoDigests = image.repoDigests.filter(fits);
    return tags.length + repoDigests.length > 0 ? [withNames(image, { tags, repoDigests })] : [];
  };
}

async function withLabels(
  home: ImageHome,
  images: readonly StoredImage[],
  filters: FilterArguments,
  signal: AbortSignal | undefined,
): Promise<readonly StoredImage[]> {
  const passing: StoredImage[] = [];
  for (const image of images) {
    if (await hasLabels(home, image, filters, signal)) passing.push(image);
  }
  return passing;
}

/**
 * Whether the image passes the filters `label` and `label!`. One that is damaged neither hides the others nor is taken for
 * what it may not be.
 */
export async function hasLabels(
  home: ImageHome,
  image: StoredImage,
  filters: FilterArguments,
  signal?: AbortSignal,
): Promise<boolean> {
  if (!filters.has('label') && !filters.has('label!')) return true;
  try {
    return labelsMatch(await imageLabels(home, image, signal), filters);
  } catch (error) {
    if (isEngineError(error, 'Cancelled', 'Io')) throw error;
    home.warn(`cannot read the labels of the image ${image.id}`, error);
    return false;
  }
}

type Labels = Readonly<Record<string, string>>;

/** @throws `NotFound`, `DigestMismatch`, `Corrupt` */
async function imageLabels(home: ImageHome, image: StoredImage, signal?: AbortSignal): Promise<Labels> {
  return (await storedDocuments(home, image, signal)).config.config.labels;
}

/**
 * Whether labels pass `label=KEY[=VALUE]` (all that are given must be there) and `label!=KEY[=VALUE]` (not all that are
 * given may be there, as Docker has it).
 * https://github.com/moby/moby/blob/v20.10.24/daemon/images/image_prune.go (`matchLabels`)
 */
export function labelsMatch(labels: Labels, filters: FilterArguments): boolean {
  const unwanted = filters.get('label!');
  return hasAll(labels, filters.get('label') ?? []) && !(unwanted && hasAll(labels, unwanted));
}

function hasAll(labels: Labels, wanted: readonly string[]): boolean {
  return wanted.every((text) => {
    const equals = text.indexOf('=');
    const key = equals < 0 ? text : text.slice(0, equals);
    return Object.hasOwn(labels, key) && (equals < 0 || labels[key] === text.slice(equals + 1));
  });
}
