import { EngineError, isEngineError } from '../errors.ts';
import { discardBody } from './body.ts';
import { askedManifest, checkedName, manifestPath, type RepositoryPlace } from './repositoryPlace.ts';

/** What registries answer with that do not delete, or not by tag. */
const refusals = [400, 405, 415, 501];

/**
 * Deletes a manifest with all its tags (by digest), or a tag alone.
 * https://github.com/opencontainers/distribution-spec/blob/v1.1.0/spec.md#deleting-tags
 * @throws `NotFound`, `Unsupported` where the registry does not offer it, `Unauthorized`, `Forbidden`, …
 */
export async function deleteManifest(
  place: RepositoryPlace,
  name: string,
  signal?: AbortSignal,
): Promise<void> {
  const { connection, repository, label } = place;
  const path = manifestPath(place, checkedName(name));
  const asked = { ...askedManifest(place, name), action: 'delete from it' };
  const scopes = [`repository:${repository}:pull,delete`];
  const call = { method: 'DELETE', path, scopes, reference: asked.reference } as const;
  const answer = await connection.request(call, signal);
  if (answer.status >= 200 && answer.status < 300) return discardBody(answer);
  const error = await connection.failure(answer, asked, signal);
  if (!refusals.includes(answer.status) || !isEngineError(error, 'RegistryError')) throw error;
  const message = `${connection.registry} does not delete ${asked.what} of ${label}`;
  throw new EngineError('Unsupported', message, error.facts, error);
}
