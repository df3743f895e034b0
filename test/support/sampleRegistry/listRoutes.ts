import { parseManifest } from '../../../src/engine/oci/manifest.ts';
import { mediaType } from '../../../src/engine/oci/mediaType.ts';
import { answerJson, asDigest, type Exchange, repositoryOf } from './exchange.ts';
import { RegistryError } from './registryError.ts';
import type { StoredManifest } from './registryStorage.ts';

/** https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#listing-tags */
export async function listTags(exchange: Exchange): Promise<void> {
  const name = repositoryOf(exchange);
  if (!(await exchange.storage.hasRepository(name))) {
    throw new RegistryError(404, 'NAME_UNKNOWN', `repository ${name} is unknown to this registry`);
  }
  const { page, headers } = pageOf(exchange, await exchange.storage.tags(name));
  answerJson(exchange, { name, tags: page }, headers);
}

/** https://distribution.github.io/distribution/spec/api/#listing-repositories */
export async function listRepositories(exchange: Exchange): Promise<void> {
  const { page, headers } = pageOf(exchange, await exchange.storage.repositories());
  answerJson(exchange, { repositories: page }, headers);
}

/** `n` at most, those behind `last`; a `Link` where more follow. */
function pageOf({ url }: Exchange, names: readonly string[]) {
  const last = url.searchParams.get('last') ?? '';
  const wanted = url.searchParams.get('n');
  if (wanted !== null && !/^\d{1,9}$/.test(wanted)) {
    throw new RegistryError(400, 'PAGINATION_NUMBER_INVALID', 'n must be a number');
  }
  const following = names.filter((name) => name > last);
  const page = wanted === null ? following : following.slice(0, Number(wanted));
  const more = page.length > 0 && page.length < following.length;
  const next = new URLSearchParams({ last: page.at(-1) ?? '', n: wanted ?? '' });
  const headers: Record<string, string> = more ? { Link: `<${url.pathname}?${next}>; rel="next"` } : {};
  return { page, headers };
}

/** https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#listing-referrers */
export async function listReferrers(exchange: Exchange): Promise<void> {
  const subject = asDigest(exchange.parts.digest);
  const wanted = exchange.url.searchParams.get('artifactType');
  const all = (await exchange.storage.manifests(repositoryOf(exchange))).flatMap((manifest) =>
    referrer(manifest, subject),
  );
  const manifests = wanted === null ? all : all.filter(({ artifactType }) => artifactType === wanted);
  answerJson(
    exchange,
    { schemaVersion: 2, mediaType: mediaType.ociIndex, manifests },
    wanted === null ? {} : { 'OCI-Filters-Applied': 'artifactType' },
    mediaType.ociIndex,
  );
}

/** One row where the manifest has the subject, none where it has not. */
function referrer({ digest, mediaType: type, bytes }: StoredManifest, subject: string) {
  const manifest = parseManifest(bytes, type);
  if (manifest.subject?.digest !== subject) return [];
  const artifactType =
    manifest.artifactType ?? (manifest.kind === 'manifest' ? manifest.config.mediaType : undefined);
  const { annotations } = manifest;
  return [{ mediaType: type, digest, size: bytes.length, artifactType, annotations }];
}
