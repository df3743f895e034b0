import { isEngineError } from '../../../src/engine/errors.ts';
import type { Descriptor } from '../../../src/engine/oci/descriptor.ts';
import { digestAlgorithm, digestOf, isDigest } from '../../../src/engine/oci/digest.ts';
import {
  type Index,
  type Manifest,
  maxManifestBytes,
  parseManifest,
} from '../../../src/engine/oci/manifest.ts';
import { isForeignLayer } from '../../../src/engine/oci/mediaType.ts';
import { isTag } from '../../../src/engine/oci/reference.ts';
import { answer, type Exchange, repositoryOf } from './exchange.ts';
import { RegistryError } from './registryError.ts';
import type { RegistryStorage, StoredManifest } from './registryStorage.ts';

/** GET and HEAD. https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#pulling-manifests */
export async function getManifest(exchange: Exchange): Promise<void> {
  const { digest, mediaType, bytes } = await requireManifest(exchange);
  answer(
    exchange,
    200,
    { 'Content-Type': mediaType, 'Docker-Content-Digest': digest, ETag: `"${digest}"` },
    bytes,
  );
}

/** https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#pushing-manifests */
export async function putManifest(exchange: Exchange): Promise<void> {
  const { request, storage, parts } = exchange;
  const repository = repositoryOf(exchange);
  const reference = requireReference(parts.reference);
  const bytes = await readManifest(exchange);
  const digest = digestOf(bytes, isDigest(reference) ? digestAlgorithm(reference) : 'sha256');
  if (isDigest(reference) && reference !== digest) {
    throw new RegistryError(400, 'DIGEST_INVALID', `the manifest's digest is ${digest}`);
  }
  const manifest = parse(bytes, request.headers['content-type']);
  await requireContent(storage, repository, manifest);
  const tag = isDigest(reference) ? undefined : reference;
  await storage.putManifest(repository, { digest, mediaType: manifest.mediaType, bytes }, tag);
  answer(exchange, 201, {
    Location: `/v2/${repository}/manifests/${digest}`,
    'Docker-Content-Digest': digest,
    ...(manifest.subject && { 'OCI-Subject': manifest.subject.digest }),
  });
}

/** By digest with all its tags; by tag the tag alone. https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#content-management */
export async function deleteManifest(exchange: Exchange): Promise<void> {
  const { storage, parts } = exchange;
  const repository = repositoryOf(exchange);
  const { digest } = await requireManifest(exchange);
  const reference = requireReference(parts.reference);
  if (isDigest(reference)) await storage.removeManifest(repository, digest);
  else await storage.removeTag(repository, reference);
  answer(exchange, 202);
}

async function requireManifest(exchange: Exchange): Promise<StoredManifest> {
  const { storage, parts } = exchange;
  const repository = repositoryOf(exchange);
  const reference = requireReference(parts.reference);
  const manifest = await storage.manifest(repository, reference);
  if (manifest) return manifest;
  if (!(await storage.hasRepository(repository))) {
    throw new RegistryError(404, 'NAME_UNKNOWN', `repository ${repository} is unknown to this registry`);
  }
  throw new RegistryError(404, 'MANIFEST_UNKNOWN', `manifest ${reference} is unknown to this repository`);
}

function requireReference(reference = ''): string {
  if (isDigest(reference)) return reference;
  if (reference.includes(':')) throw new RegistryError(400, 'DIGEST_INVALID', 'invalid digest');
  if (!isTag(reference)) throw new RegistryError(400, 'TAG_INVALID', 'invalid tag');
  return reference;
}

async function readManifest({ request }: Exchange): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > maxManifestBytes) throw new RegistryError(413, 'SIZE_INVALID', 'the manifest is over 4 MiB');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function parse(bytes: Buffer, contentType: string | undefined): Manifest | Index {
  try {
    return parseManifest(bytes, contentType?.split(';')[0]?.trim());
  } catch (error) {
    if (isEngineError(error)) throw new RegistryError(400, 'MANIFEST_INVALID', error.message);
    throw error;
  }
}

async function requireContent(
  storage: RegistryStorage,
  repository: string,
  manifest: Manifest | Index,
): Promise<void> {
  for (const child of manifest.kind === 'index' ? manifest.manifests : contentOf(manifest)) {
    const there =
      manifest.kind === 'index'
        ? (await storage.manifest(repository, child.digest)) !== undefined
        : (await storage.blobSize(repository, child.digest)) !== undefined;
    if (!there) throw new RegistryError(404, 'MANIFEST_BLOB_UNKNOWN', `${child.digest} is unknown`);
  }
}

function contentOf({ config, layers }: Manifest): readonly Descriptor[] {
  return [config, ...layers.filter((layer) => !isForeignLayer(layer.mediaType))];
}
