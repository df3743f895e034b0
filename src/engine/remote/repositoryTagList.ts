import { isEngineError } from '../errors.ts';
import { newestTagsFirst } from '../listing/tagOrder.ts';
import { isTag, type Reference } from '../oci/reference.ts';
import type { RegistryClient } from '../registry/registryClient.ts';
import type { RepositoryTag, RepositoryTags } from '../registry/repositoryTag.ts';

/** Milliseconds between what is told of a list that is still being read: it is sorted anew each time. */
const interval = 500;

/**
 * The tags of a repository, newest version first, more and more of them. Docker Hub tells of those pushed last what they
 * are, in one request that counts against no limit; the rest, and those of other registries, are names.
 */
export async function* repositoryTagList(
  client: RegistryClient,
  reference: Reference,
  signal?: AbortSignal,
): AsyncGenerator<RepositoryTags, void, undefined> {
  const latest = await hubTags(client, reference, signal);
  if (latest && latest.tags.length > 0) yield { ...latest, tags: newestFirst(latest.tags) };
  if (latest && latest.tags.length >= latest.total) return;
  const known = new Map((latest?.tags ?? []).map((tag) => [tag.tag, tag]));
  const all = new Map(known);
  let last = performance.now();
  for await (const tag of client.repository(reference).list(signal)) {
    if (!isTag(tag)) continue;
    all.set(tag, known.get(tag) ?? { tag });
    if (performance.now() - last < interval) continue;
    yield { tags: newestFirst(all.values()), total: Math.max(all.size, latest?.total ?? 0) };
    last = performance.now();
  }
  yield { tags: newestFirst(all.values()), total: all.size };
}

/** A nicety: without it the tags are told as by any other registry. */
async function hubTags(
  client: RegistryClient,
  reference: Reference,
  signal: AbortSignal | undefined,
): Promise<RepositoryTags | undefined> {
  try {
    return await client.hubTags(reference, signal);
  } catch (error) {
    if (isEngineError(error) && !isEngineError(error, 'Cancelled')) return undefined;
    throw error;
  }
}

function newestFirst(tags: Iterable<RepositoryTag>): readonly RepositoryTag[] {
  const byName = new Map([...tags].map((tag) => [tag.tag, tag]));
  return newestTagsFirst(byName.keys()).map((tag) => byName.get(tag) ?? { tag });
}
