import type { ServerResponse } from 'node:http';
import {
  type FaultServer,
  replyError,
  replyJson,
  type SeenRequest,
  startFaultServer,
} from './registryFaults/faultServer.ts';

export interface HarborProject {
  readonly isPublic?: boolean;
  /** Without the project's name. */
  readonly repositories: readonly string[];
  /** Names of the accounts that see it. */
  readonly members?: readonly string[];
}

export interface FakeHarbor {
  readonly projects: Readonly<Record<string, HarborProject>>;
  /** Passwords by user name. */
  readonly accounts?: Readonly<Record<string, string>>;
}

const token = 'harbor-token';

/** A Harbor as its users meet it: the catalogue is for administrators, its own API tells each what that one may see. */
export function startFakeHarbor(harbor: FakeHarbor): Promise<FaultServer> {
  return startFaultServer((request, response) => answer(harbor, request, response));
}

function answer(harbor: FakeHarbor, request: SeenRequest, response: ServerResponse) {
  const url = new URL(request.url, 'http://harbor.invalid');
  if (url.pathname === '/service/token') return giveToken(harbor, request, response);
  if (request.url === '/v2/' && request.headers.authorization === `Bearer ${token}`)
    return replyJson(response, 200, {});
  if (!url.pathname.startsWith('/api/')) return refuse(request, response);
  if (url.pathname === '/api/v2.0/systeminfo') return replyJson(response, 200, { auth_mode: 'db_auth' });
  const user = userOf(harbor, request);
  const names = namesAt(harbor, url.pathname, user);
  if (names === undefined) return replyError(response, user === undefined ? 401 : 403, 'FORBIDDEN');
  replyPage(response, url, names);
}

/** To nobody as well, who may do nothing with it but look at what is public. */
function giveToken(harbor: FakeHarbor, request: SeenRequest, response: ServerResponse): void {
  const isRefused = request.headers.authorization !== undefined && userOf(harbor, request) === undefined;
  if (isRefused) replyError(response, 401, 'UNAUTHORIZED');
  else replyJson(response, 200, { token });
}

/** As Harbor challenges: with a token server at `/v2/`, and at the catalogue for an administrator's password. */
function refuse({ url, headers }: SeenRequest, response: ServerResponse): void {
  const bearer = `Bearer realm="http://${headers.host}/service/token",service="harbor-registry"`;
  const challenge = url === '/v2/' && headers.authorization === undefined ? bearer : 'Basic realm="harbor"';
  replyError(response, 401, 'UNAUTHORIZED', { 'WWW-Authenticate': challenge });
}

/** Whoever brings no or a wrong password is nobody, which is no error. */
function userOf({ accounts = {} }: FakeHarbor, { headers }: SeenRequest): string | undefined {
  const [, encoded = ''] = /^Basic (.+)$/.exec(headers.authorization ?? '') ?? [];
  const [, user = '', password] = /^([^:]*):(.*)$/.exec(Buffer.from(encoded, 'base64').toString()) ?? [];
  return password !== undefined && accounts[user] === password ? user : undefined;
}

function namesAt(
  { projects }: FakeHarbor,
  path: string,
  user: string | undefined,
): readonly string[] | undefined {
  const isMember = ({ members = [] }: HarborProject) => user !== undefined && members.includes(user);
  const all = Object.entries(projects);
  const mine = all.filter(([, project]) => project.isPublic || isMember(project));
  if (path === '/api/v2.0/projects') return mine.map(([name]) => name);
  // What is a robot's own is not among all repositories: Harbor shows it what is public.
  const listed = mine.filter(([, project]) => project.isPublic || !user?.startsWith('robot$'));
  if (path === '/api/v2.0/repositories') return listed.flatMap(([name, project]) => full(name, project));
  const asked = /^\/api\/v2\.0\/projects\/([^/]+)\/repositories$/.exec(path)?.[1];
  const found = mine.find(([name]) => name === asked);
  return found && full(...found);
}

function full(name: string, { repositories }: HarborProject): readonly string[] {
  return repositories.map((repository) => `${name}/${repository}`);
}

/** At most a hundred rows, whatever is asked for. */
function replyPage(response: ServerResponse, url: URL, names: readonly string[]): void {
  const page = Number(url.searchParams.get('page') ?? 1);
  const size = Math.min(Number(url.searchParams.get('page_size') ?? 10), 100);
  const rows = names.slice((page - 1) * size, page * size).map((name) => ({ name, artifact_count: 1 }));
  const next = `<${url.pathname}?page=${page + 1}&page_size=${size}>; rel="next"`;
  const isLast = page * size >= names.length;
  const headers = { 'X-Total-Count': String(names.length), ...(!isLast && { Link: next }) };
  replyJson(response, 200, names.length === 0 ? null : rows, headers);
}
