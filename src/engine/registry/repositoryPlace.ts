import { EngineError } from '../errors.ts';
import { type Digest, isDigest } from '../oci/digest.ts';
import { isTag } from '../oci/reference.ts';
import type { Asked } from './failures.ts';
import type { RegistryConnection } from './registryConnection.ts';

/** A repository of a registry, as the parts of `RegistryRepository` pass it on. */
export interface RepositoryPlace {
  readonly connection: RegistryConnection;
  /** Path within the registry: `library/alpine`. */
  readonly repository: string;
  /** `docker.io/library/alpine` */
  readonly label: string;
}

export function pullScopes({ repository }: RepositoryPlace): readonly string[] {
  return [`repository:${repository}:pull`];
}

export function pushScopes({ repository }: RepositoryPlace): readonly string[] {
  return [`repository:${repository}:pull,push`];
}

export function manifestPath({ repository }: RepositoryPlace, name: string): string {
  return `/v2/${repository}/manifests/${name}`;
}

export function blobPath({ repository }: RepositoryPlace, digest: Digest): string {
  return `/v2/${repository}/blobs/${digest}`;
}

/** @throws `Invalid` where the name is neither a tag nor a digest, and so must not be part of a URL */
export function checkedName(name: string): string {
  if (isTag(name) || isDigest(name)) return name;
  throw new EngineError('Invalid', `${JSON.stringify(name.slice(0, 200))} is neither a tag nor a digest`, {
    reference: name,
  });
}

export function askedManifest({ label, repository }: RepositoryPlace, name: string): Omit<Asked, 'registry'> {
  return isDigest(name)
    ? { repository, what: `manifest ${name}`, reference: `${label}@${name}` }
    : { repository, what: `tag "${name}"`, reference: `${label}:${name}` };
}

export function askedBlob({ label, repository }: RepositoryPlace, digest: Digest): Omit<Asked, 'registry'> {
  return { repository, what: `blob ${digest}`, reference: `${label}@${digest}` };
}
