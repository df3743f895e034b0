import { isEngineError } from '../errors.ts';
import { type Digest, isDigest } from '../oci/digest.ts';
import { asArray, asObject, asSize, asString, type JsonObject, optional, parseJson } from '../oci/json.ts';
import { isUnknownPlatform, type Platform, platformFromJson } from '../oci/platform.ts';
import { isTag } from '../oci/reference.ts';
import { parseTime } from './hubDetails.ts';
import type { RepositoryTag, RepositoryTags, TagPlatform } from './repositoryTag.ts';

/** The most that it gives at once: those that were pushed last. */
const pageSize = 100;

/** @param repository `library/alpine` */
export function hubTagsPath(repository: string): string {
  return `/v2/repositories/${repository}/tags?page_size=${pageSize}`;
}

/**
 * Tags of a repository with all that one wants to see of them, which no registry tells in one answer.
 * https://docs.docker.com/reference/api/hub/latest/#tag/repositories/operation/ListRepositoryTags
 * @throws `Corrupt`
 */
export function parseHubTags(bytes: Uint8Array): RepositoryTags {
  const what = "Docker Hub's list of tags";
  const answer = asObject(parseJson(bytes, what), what);
  const tags = asArray(answer.results, 'results').flatMap((row) => parseRow(asObject(row, 'tag')) ?? []);
  return { tags, total: optional(answer.count, 'count', asSize) ?? tags.length };
}

function parseRow(row: JsonObject): RepositoryTag | undefined {
  const tag = asString(row.name, 'name');
  if (!isTag(tag)) return undefined;
  const images = (optional(row.images, 'images', asArray) ?? []).map((image) => asObject(image, 'image'));
  const platforms = images.flatMap((image) => tagPlatform(image) ?? []);
  // Older tags have none of their own; a lone manifest's is its image's.
  const digest = asDigest(row.digest) ?? (images.length === 1 ? asDigest(images[0]?.digest) : undefined);
  const updated = parseTime(row.tag_last_pushed ?? row.last_updated);
  return {
    tag,
    ...(digest && { digest }),
    ...(platforms.length > 0 && { platforms }),
    ...(updated && { updated }),
  };
}

function asDigest(value: unknown): Digest | undefined {
  return typeof value === 'string' && isDigest(value) ? value : undefined;
}

function tagPlatform(image: JsonObject): TagPlatform | undefined {
  const platform = platformOf(image);
  if (!platform || isUnknownPlatform(platform)) return undefined;
  const size = optional(image.size, 'size', asSize);
  return { platform, ...(size !== undefined && { size }) };
}

/** `undefined` of one that names none. */
function platformOf({ os, architecture, variant, os_version: osVersion }: JsonObject): Platform | undefined {
  const given = {
    os,
    architecture,
    ...(variant ? { variant } : {}),
    ...(osVersion ? { 'os.version': osVersion } : {}),
  };
  try {
    return platformFromJson(given, 'the platform');
  } catch (error) {
    if (isEngineError(error, 'Corrupt')) return undefined;
    throw error;
  }
}
