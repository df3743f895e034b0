import { EngineError, isEngineError } from '../errors.ts';
import type { Reference } from '../oci/reference.ts';
import { parsedRepository } from './foundRepository.ts';
import { type GithubParts, githubPackages } from './githubPackages.ts';
import { harborRepositories, isHarbor } from './harborRepositories.ts';
import { isDockerHub, isGithubRegistry } from './hosts.ts';
import { type HubNamespaceParts, hubRepositories } from './hubNamespace.ts';
import type { RegistryConnection } from './registryConnection.ts';
import { isAtPlace, type RegistryPlace } from './registryPlace.ts';

export interface ListingParts {
  readonly hub: HubNamespaceParts;
  readonly github: GithubParts;
  readonly connection: (registry: string) => RegistryConnection;
  readonly catalog: (registry: string, signal?: AbortSignal) => AsyncIterable<string>;
}

/** A catalogue is read so far and no further: nobody browses more. */
const maxNames = 100_000;

/**
 * The repositories at a place, in the registry's order, as pages arrive; names that could not be pulled are left out.
 * Docker Hub and GitHub list by namespace at their own sites, a Harbor whose catalogue is closed by its own API, every
 * other registry by its catalogue.
 * @throws `Unsupported` where the registry does not list its repositories, and what the requests throw
 */
export async function* listRepositories(
  parts: ListingParts,
  place: RegistryPlace,
  signal?: AbortSignal,
): AsyncGenerator<Reference, void, undefined> {
  let seen = 0;
  for await (const name of repositoryNames(parts, place, signal)) {
    if (++seen > maxNames) return;
    const repository = parsedRepository(place.registry, name);
    if (repository && isAtPlace(place, repository)) yield repository;
  }
}

/** Paths of the repositories at a place, and maybe of others of its registry. @throws as {@link listRepositories} */
export function repositoryNames(
  parts: ListingParts,
  place: RegistryPlace,
  signal?: AbortSignal,
): AsyncIterable<string> {
  const { registry, namespace } = place;
  if (isGithubRegistry(registry)) return githubPackages(parts.github, namespace?.split('/')[0], signal);
  if (!isDockerHub(registry)) return catalogNames(parts, place, signal);
  if (namespace !== undefined) return hubRepositories(parts.hub, namespace, signal);
  const message = 'Docker Hub lists no repositories but those of a namespace, such as docker.io/library';
  throw new EngineError('Unsupported', message, { registry });
}

/** A catalogue that is closed, or has nothing for this person, may be that of a Harbor, which knows another way. */
async function* catalogNames(
  { catalog, connection }: ListingParts,
  { registry, namespace }: RegistryPlace,
  signal?: AbortSignal,
): AsyncGenerator<string, void, undefined> {
  let refusal: unknown;
  let isEmpty = true;
  try {
    for await (const name of catalog(registry, signal)) {
      isEmpty = false;
      yield name;
    }
  } catch (error) {
    if (!isEngineError(error, 'Unauthorized', 'Forbidden', 'Unsupported')) throw error;
    refusal = error;
  }
  if (isEmpty && (await isHarbor(connection(registry), signal)))
    return yield* harborRepositories(connection(registry), namespace, signal);
  if (refusal !== undefined) throw refusal;
}
