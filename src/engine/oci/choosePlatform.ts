import { EngineError } from '../errors.ts';
import type { Descriptor } from './descriptor.ts';
import type { Index } from './manifest.ts';
import { isIndexMediaType, isManifestMediaType } from './mediaType.ts';
import { bestMatch, formatPlatform, isUnknownPlatform, type Platform } from './platform.ts';

/** The index's manifests that some host could run: attestations (`unknown/unknown`) and foreign artefacts left out. */
export function runnableManifests(index: Index): readonly (Descriptor & { readonly platform: Platform })[] {
  return index.manifests.filter(
    (entry): entry is Descriptor & { readonly platform: Platform } =>
      (isManifestMediaType(entry.mediaType) || isIndexMediaType(entry.mediaType)) &&
      entry.platform !== undefined &&
      !isUnknownPlatform(entry.platform),
  );
}

/**
 * The manifest that the wanted platform runs.
 * @throws `NoSuchPlatform`, in Docker's words, with the platforms that are there
 */
export function choosePlatform(index: Index, wanted: Platform, reference: string): Descriptor {
  const candidates = runnableManifests(index);
  const chosen = bestMatch(candidates, wanted) ?? onlyUnlabelled(index);
  if (chosen) return chosen;
  throw new EngineError(
    'NoSuchPlatform',
    `no matching manifest for ${formatPlatform(wanted)} in the manifest list entries`,
    { reference, available: [...new Set(candidates.map(({ platform }) => formatPlatform(platform)))] },
  );
}

/** An index of one manifest that names no platform (as some build tools write) can only mean that one. */
function onlyUnlabelled(index: Index): Descriptor | undefined {
  const [only, ...others] = index.manifests.filter(({ mediaType }) => isManifestMediaType(mediaType));
  return only && others.length === 0 && only.platform === undefined ? only : undefined;
}
