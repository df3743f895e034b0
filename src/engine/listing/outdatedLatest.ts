import { canonicalName } from '../oci/reference.ts';
import type { TaggedImage } from './groupImages.ts';
import { isReleaseTag, newestTagsFirst } from './tagOrder.ts';

/** A `latest` that is not the newest of its repository: the tag is a name like any other, and moves only when pushed. */
export interface OutdatedLatest {
  readonly latest: TaggedImage;
  /** The newest release tag of the same image: what `latest` is. */
  readonly latestIs?: string;
  readonly newest: TaggedImage;
}

/**
 * Whether a repository's `latest` is behind another of its tags: by version where both have one, else by date.
 * @param rows all of one repository that are known
 */
export function outdatedLatest(rows: readonly TaggedImage[]): OutdatedLatest | undefined {
  const latest = rows.find(({ tag }) => tag.tag === 'latest');
  if (!latest) return undefined;
  const releases = rows.filter(({ tag }) => isReleaseTag(tag.tag));
  return releases.length > 0 ? byVersion(latest, releases) : byDate(latest, rows);
}

function byVersion(latest: TaggedImage, releases: readonly TaggedImage[]): OutdatedLatest | undefined {
  const [newestTag] = newestTagsFirst(releases.map(({ tag }) => tag.tag));
  const newest = releases.find(({ tag }) => tag.tag === newestTag);
  if (!newest || isSameImage(newest, latest)) return undefined;
  const [latestIs] = newestTagsFirst(ownReleases(latest));
  if (latestIs !== undefined) return { latest, latestIs, newest };
  return isNewer(newest, latest) ? { latest, newest } : undefined;
}

/** The image's release tags in the repository of the row. */
function ownReleases({ tag, image }: TaggedImage): string[] {
  const own = image.tags.filter((other) => canonicalName(other) === canonicalName(tag));
  return own.map((other) => other.tag).filter(isReleaseTag);
}

function byDate(latest: TaggedImage, rows: readonly TaggedImage[]): OutdatedLatest | undefined {
  const [newest] = rows.filter((row) => isNewer(row, latest)).sort((a, b) => createdTime(b) - createdTime(a));
  return newest && { latest, newest };
}

function isSameImage({ image }: TaggedImage, { image: other }: TaggedImage): boolean {
  return image.manifest.digest === other.manifest.digest;
}

/** Nothing is newer than an image that does not say how old it is. */
function isNewer(row: TaggedImage, than: TaggedImage): boolean {
  return than.image.created !== undefined && createdTime(row) > createdTime(than);
}

function createdTime({ image }: TaggedImage): number {
  return image.created?.getTime() ?? 0;
}
