import type { StoredImage } from '../image.ts';
import { canonicalName, familiarName, type TaggedReference } from '../oci/reference.ts';

/** A tag with the image that it names. */
export interface TaggedImage {
  readonly tag: TaggedReference;
  readonly image: StoredImage;
}

/** What a list of images can be divided by, in the words that VS Code's container extensions have for it. */
export const imageGroupings = [
  'None',
  'Registry',
  'Repository',
  'RepositoryName',
  'Tag',
  'ImageId',
  'CreatedTime',
] as const;

export type ImageGrouping = (typeof imageGroupings)[number];

/** From young to old; `unknown` where the image does not say. */
export const createdPeriods = ['day', 'week', 'month', 'year', 'older', 'unknown'] as const;

export type CreatedPeriod = (typeof createdPeriods)[number];

export interface ImageGroup {
  /** What the members have in common: a host, a name, a tag, an ID, a {@link CreatedPeriod}. Unique in its list. */
  readonly key: string;
  /** At least one. */
  readonly members: readonly TaggedImage[];
}

/** A row a tag, in the order of the images. */
export function taggedImages(images: readonly StoredImage[]): TaggedImage[] {
  const rows: TaggedImage[] = [];
  for (const image of images) for (const tag of image.tags) rows.push({ tag, image });
  return rows;
}

/**
 * Divides rows into groups, both in the order in which they come.
 * @param now milliseconds since 1970 that ages are counted to
 */
export function groupImages(
  rows: readonly TaggedImage[],
  by: Exclude<ImageGrouping, 'None'>,
  now = Date.now(),
): ImageGroup[] {
  const groups = new Map<string, TaggedImage[]>();
  for (const row of rows) {
    const key = keyOf(row, by, now);
    const group = groups.get(key);
    if (group) group.push(row);
    else groups.set(key, [row]);
  }
  return Array.from(groups, ([key, members]) => ({ key, members }));
}

function keyOf({ tag, image }: TaggedImage, by: Exclude<ImageGrouping, 'None'>, now: number): string {
  switch (by) {
    case 'Registry':
      return tag.registry;
    case 'Repository':
      return canonicalName(tag);
    case 'RepositoryName':
      return familiarName({ registry: 'docker.io', repository: tag.repository });
    case 'Tag':
      return tag.tag;
    case 'ImageId':
      return image.id;
    case 'CreatedTime':
      return createdPeriod(image.created, now);
  }
}

const day = 24 * 60 * 60 * 1000;

const periodEnds: readonly (readonly [period: CreatedPeriod, age: number])[] = [
  ['day', day],
  ['week', 7 * day],
  ['month', 30 * day],
  ['year', 365 * day],
];

/** An image built for reproducibility says that it was made at the start of 1970, which is as good as not saying it. */
function createdPeriod(created: Date | undefined, now: number): CreatedPeriod {
  if (created === undefined || created.getTime() < day) return 'unknown';
  const age = now - created.getTime();
  return periodEnds.find(([, end]) => age < end)?.[0] ?? 'older';
}
