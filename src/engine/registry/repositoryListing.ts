import { EngineError } from '../errors.ts';
import type { Reference } from '../oci/reference.ts';
import { parsedRepository } from './foundRepository.ts';
import { isDockerHub } from './hosts.ts';
import { hubRepositories } from './hubNamespace.ts';
import type { HubSearchParts } from './hubSearch.ts';
import { isAtPlace, type RegistryPlace } from './registryPlace.ts';

export interface ListingParts {
  readonly hub: HubSearchParts;
  readonly catalog: (registry: string, signal?: AbortSignal) => AsyncIterable<string>;
}

/** A catalogue is read so far and no further: nobody browses more. */
const maxNames = 100_000;

/**
 * The repositories at a place, in the registry's order, as pages arrive; names that could not be pulled are left out.
 * Docker Hub lists by namespace, every other registry by its catalogue.
 * @throws `Unsupported` where the registry does not list its repositories, and what the requests throw
 */
export async function* listRepositories(
  parts: ListingParts,
  place: RegistryPlace,
  signal?: AbortSignal,
): AsyncGenerator<Reference, void, undefined> {
  let seen = 0;
  for await (const name of namesAt(parts, place, signal)) {
    if (++seen > maxNames) return;
    const repository = parsedRepository(place.registry, name);
    if (repository && isAtPlace(place, repository)) yield repository;
  }
}

function namesAt(
  { hub, catalog }: ListingParts,
  { registry, namespace }: RegistryPlace,
  signal?: AbortSignal,
): AsyncIterable<string> {
  if (!isDockerHub(registry)) return catalog(registry, signal);
  if (namespace !== undefined) return hubRepositories(hub, namespace, signal);
  const message = 'Docker Hub lists no repositories but those of a namespace, such as docker.io/library';
  throw new EngineError('Unsupported', message, { registry });
}
