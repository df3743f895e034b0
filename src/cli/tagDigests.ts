import { isEngineError } from '../engine/errors.ts';
import type { ImageEngine } from '../engine/imageEngine.ts';
import type { Digest } from '../engine/oci/digest.ts';
import { type Reference, withTag } from '../engine/oci/reference.ts';

/** A tag with what it leads to now. */
export interface ResolvedTag {
  readonly tag: string;
  /** Absent where the tag went while the list was made. */
  readonly digest?: Digest;
  /** The other tags of the list that lead to the same. */
  readonly aliases: readonly string[];
}

/** As many tags are asked for at once. */
const askers = 8;

/** One HEAD a tag, which Docker Hub does not count. In the order of the tags. */
export async function resolveTags(
  engine: ImageEngine,
  repository: Reference,
  tags: readonly string[],
  signal: AbortSignal,
): Promise<readonly ResolvedTag[]> {
  const digests = new Map<string, Digest>();
  for (let at = 0; at < tags.length; at += askers) {
    const ask = async (tag: string) => {
      const digest = await digestOf(engine, withTag(repository, tag), signal);
      if (digest !== undefined) digests.set(tag, digest);
    };
    await Promise.all(tags.slice(at, at + askers).map(ask));
  }
  return withAliases(tags, digests);
}

async function digestOf(
  engine: ImageEngine,
  reference: Reference,
  signal: AbortSignal,
): Promise<Digest | undefined> {
  try {
    return (await engine.resolve(reference, signal)).digest;
  } catch (error) {
    if (isEngineError(error, 'NotFound')) return undefined;
    throw error;
  }
}

function withAliases(tags: readonly string[], digests: ReadonlyMap<string, Digest>): readonly ResolvedTag[] {
  const tagsOf = new Map<Digest, string[]>();
  for (const tag of tags) {
    const digest = digests.get(tag);
    if (digest !== undefined) tagsOf.set(digest, [...(tagsOf.get(digest) ?? []), tag]);
  }
  return tags.map((tag) => {
    const digest = digests.get(tag);
    if (digest === undefined) return { tag, aliases: [] };
    return { tag, digest, aliases: (tagsOf.get(digest) ?? []).filter((other) => other !== tag) };
  });
}
