import { isEngineError } from '../errors.ts';
import { asArray, asObject, asString, type JsonObject, parseJson } from '../oci/json.ts';
import { discardBody } from './body.ts';
import { type NumberedPage, numberedPages } from './numberedPages.ts';
import { parseLinkNext } from './paging.ts';
import type { RegistryConnection } from './registryConnection.ts';

const api = '/api/v2.0';
/** The most that Harbor gives at once. */
const pageSize = 100;
const maxPageBytes = 32 * 1024 * 1024;

/**
 * Whether a registry is a Harbor, which says so to anybody; the person's credentials are not sent with the question.
 * What cannot be found out is no Harbor.
 */
export async function isHarbor(connection: RegistryConnection, signal?: AbortSignal): Promise<boolean> {
  try {
    return await connection.bounded(signal, async (bounded) => {
      const answer = await connection.requestApi(`${api}/systeminfo`, 'nobody', bounded);
      if (answer.status !== 200) {
        discardBody(answer);
        return false;
      }
      const what = `the system information of ${connection.registry}`;
      const bytes = await connection.read(answer, 1024 * 1024, what, bounded);
      return typeof asObject(parseJson(bytes, what), what).auth_mode === 'string';
    });
  } catch (error) {
    if (!isEngineError(error) || error.reason === 'Cancelled') throw error;
    return false;
  }
}

/**
 * Paths (`project/app`) of the repositories that Harbor's own API shows to the account, or to nobody, as pages arrive: its
 * catalogue is for administrators.
 * https://github.com/goharbor/harbor/blob/main/api/v2.0/swagger.yaml
 * @param namespace begins with a project; without one all projects' are listed
 * @throws `Unauthorized`, `Forbidden`, `NotFound` of a project, and what the requests throw
 */
export async function* harborRepositories(
  connection: RegistryConnection,
  namespace: string | undefined,
  signal?: AbortSignal,
): AsyncGenerator<string, void, undefined> {
  const [project] = namespace?.split('/') ?? [];
  if (project !== undefined) return yield* projectRepositories(connection, project, signal);
  const seen = new Set<string>();
  for await (const name of namesOf(connection, '/repositories', signal)) {
    seen.add(name);
    yield name;
  }
  if (!(await isRobot(connection, signal))) return;
  // To a robot that list has what is public and no more; its own projects have theirs.
  for await (const own of namesOf(connection, '/projects', signal))
    for await (const name of projectRepositories(connection, own, signal)) if (!seen.has(name)) yield name;
}

/** Robot accounts are the only ones with these in their names: `robot$project+builder`. */
async function isRobot(connection: RegistryConnection, signal?: AbortSignal): Promise<boolean> {
  return /[$+]/.test((await connection.accountName(signal)) ?? '');
}

function projectRepositories(connection: RegistryConnection, project: string, signal?: AbortSignal) {
  return namesOf(connection, `/projects/${encodeURIComponent(project)}/repositories`, signal);
}

function namesOf(
  connection: RegistryConnection,
  path: string,
  signal?: AbortSignal,
): AsyncGenerator<string, void, undefined> {
  return numberedPages((page) =>
    connection.bounded(signal, (bounded) =>
      fetchPage(connection, `${api}${path}?page=${page}&page_size=${pageSize}`, bounded),
    ),
  );
}

async function fetchPage(
  connection: RegistryConnection,
  path: `/${string}`,
  signal: AbortSignal,
): Promise<NumberedPage> {
  const answer = await connection.requestApi(path, 'account', signal);
  if (answer.status !== 200)
    throw await connection.failure(answer, { action: 'list its repositories' }, signal);
  const what = `the list of repositories of ${connection.registry}`;
  const rows = parseJson(await connection.read(answer, maxPageBytes, what, signal), what);
  // Go writes a list that holds nothing as null.
  const names = asArray(rows ?? [], what).map((row) => nameOf(asObject(row, 'row')));
  return { names, isLast: parseLinkNext(answer.headers.get('link')) === undefined };
}

function nameOf({ name }: JsonObject): string {
  return asString(name, 'name');
}
