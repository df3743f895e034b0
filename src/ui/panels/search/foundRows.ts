import type { RemoteImage } from '../../../engine/image.ts';
import { formatPlatform } from '../../../engine/oci/platform.ts';
import type { RepositoryTag, RepositoryTags } from '../../../engine/registry/repositoryTag.ts';
import type { SearchResult, SearchSnapshot } from '../../../engine/registry/searchResult.ts';
import {
  type FoundPlatform,
  type FoundRepositories,
  type FoundRepository,
  type FoundTag,
  type FoundTags,
  longestDescription,
} from '../../../protocol/searchPage.ts';

/** More tags than this nobody scrolls through; the newest are told. */
const mostTags = 5_000;
const mostPlatforms = 100;

/** What the engine found, as the page is told. */
export function foundRepositories({ results, total }: SearchSnapshot): FoundRepositories {
  return { repositories: results.map(foundRepository), ...(total !== undefined && { total }) };
}

function foundRepository(result: SearchResult): FoundRepository {
  const { name, description, official, automated, verifiedPublisher, stars, pulls, updated } = result;
  return {
    name,
    description: description.slice(0, longestDescription),
    official,
    automated,
    ...(verifiedPublisher !== undefined && { verified: verifiedPublisher }),
    ...(stars !== undefined && { stars: Math.max(0, stars) }),
    ...(pulls !== undefined && { pulls }),
    ...(updated && { updated: time(updated) }),
  };
}

export function foundTags({ tags, total }: RepositoryTags): FoundTags {
  return { tags: tags.slice(0, mostTags).map(foundTag), total };
}

function foundTag({ tag, digest, platforms, updated }: RepositoryTag): FoundTag {
  return {
    tag,
    ...(digest && { digest }),
    ...(platforms && { platforms: platforms.map(foundPlatform).slice(0, mostPlatforms) }),
    ...(updated && { updated: time(updated) }),
  };
}

/** What a look-up knows of a tag by now. An image made for reproducibility says it is as old as Unix, which is no age. */
export function lookedUpTag(tag: string, { descriptor, platforms, config }: RemoteImage): FoundTag {
  const created = config?.created;
  return {
    tag,
    digest: descriptor.digest,
    ...(platforms && { platforms: platforms.map(foundPlatform).slice(0, mostPlatforms) }),
    ...(created && time(created) > day && { updated: time(created) }),
  };
}

const day = 24 * 60 * 60 * 1000;

function foundPlatform({ platform, size }: NonNullable<RepositoryTag['platforms']>[number]): FoundPlatform {
  return { name: formatPlatform(platform), ...(size !== undefined && { size }) };
}

function time(date: Date): number {
  return Math.max(0, date.getTime());
}
