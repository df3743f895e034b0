import { EngineError, isEngineError } from '../errors.ts';
import { isRegistry, parseName, type Reference } from '../oci/reference.ts';
import { isGithubRegistry } from './hosts.ts';

/** A registry to browse, or a part of it: `ghcr.io`, `docker.io/library`, `127.0.0.1:5000`. */
export interface RegistryPlace {
  /** Host, with port. */
  readonly registry: string;
  /** First parts of its repositories' names: `library`, `acme/team`. Absent for all of the registry. */
  readonly namespace?: string;
}

/**
 * Reads `HOST[:PORT][/NAMESPACE]`, also as it is copied from a browser.
 * @throws `Invalid`
 */
export function parseRegistryPlace(text: string): RegistryPlace {
  const [registry = '', ...rest] = text
    .trim()
    .replace(/^https?:\/\//, '')
    .replace(/\/+$/, '')
    .split('/');
  if (!isHost(registry)) throw noPlace(text);
  const namespace = rest.join('/');
  if (namespace === '') return { registry };
  return { registry, namespace: namespaceOf(registry, namespace, text) };
}

export function formatRegistryPlace({ registry, namespace }: RegistryPlace): string {
  return namespace === undefined ? registry : `${registry}/${namespace}`;
}

/** The repository that the place would be if its namespace were the whole name of one; at GitHub an owner alone is none. */
export function repositoryAt({ registry, namespace }: RegistryPlace): Reference | undefined {
  if (namespace === undefined) return undefined;
  if (isGithubRegistry(registry) && !namespace.includes('/')) return undefined;
  return { registry, repository: namespace };
}

/** Whether a repository is in a place: the namespace itself, or below it. */
export function isAtPlace({ registry, namespace }: RegistryPlace, repository: Reference): boolean {
  if (repository.registry !== registry) return false;
  if (namespace === undefined) return true;
  return repository.repository === namespace || repository.repository.startsWith(`${namespace}/`);
}

/** By the rule for references: a word alone could as well be a repository of Docker Hub. */
function isHost(text: string): boolean {
  return isRegistry(text) && (/[.:]/.test(text) || text === 'localhost');
}

/** A namespace is written as a repository is. */
function namespaceOf(registry: string, namespace: string, text: string): string {
  try {
    const { tag, digest } = parseName(`${registry}/${namespace}`);
    if (tag === undefined && digest === undefined) return namespace;
  } catch (error) {
    if (!isEngineError(error, 'Invalid')) throw error;
  }
  throw noPlace(text);
}

function noPlace(text: string): EngineError {
  const shown = JSON.stringify(text.slice(0, 200));
  return new EngineError('Invalid', `${shown} is no registry; write HOST, HOST:PORT or HOST/NAMESPACE`);
}
