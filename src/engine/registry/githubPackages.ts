import { EngineError, isEngineError } from '../errors.ts';
import { asArray, asObject, asString, parseJson } from '../oci/json.ts';
import type { CredentialProvider } from './credentials.ts';
import { answerError } from './failures.ts';
import { type NumberedPage, numberedPages } from './numberedPages.ts';
import { parseLinkNext } from './paging.ts';
import { askSite, type SiteAnswer, type SiteParts } from './siteRequest.ts';
import type { Answer } from './transport.ts';

/**
 * Where GitHub lists packages. Another host than the registry, so with credentials of its own: what somebody signed in
 * to `ghcr.io` with is not sent here unless that person gave it for this host too.
 */
export const githubApi = 'api.github.com';

const pageSize = 100;
const maxPageBytes = 32 * 1024 * 1024;
const version = { Accept: 'application/vnd.github+json', 'X-GitHub-Api-Version': '2022-11-28' };

export interface GithubParts extends SiteParts {
  readonly credentials: CredentialProvider;
}

/**
 * Paths (`acme/app`) of an owner's container packages, or of one's own, as pages arrive: GitHub's registry has no
 * catalogue.
 * https://docs.github.com/en/rest/packages/packages
 * @param owner organisation or user; without one whoever the token is of
 * @throws `Unauthorized` without a token for {@link githubApi} or with a bad one, `Forbidden` for one that may not read
 * packages, `NotFound` where there is no such owner, `RateLimited`, …
 */
export async function* githubPackages(
  parts: GithubParts,
  owner: string | undefined,
  signal?: AbortSignal,
): AsyncGenerator<string, void, undefined> {
  const authorization = await requireToken(parts, signal);
  let isOrganisation = true;
  yield* numberedPages(async (page) => {
    const ask = (of: string) => fetchPage(parts, { of, page, authorization }, signal);
    if (owner === undefined) return ask('/user');
    const name = encodeURIComponent(owner);
    if (!isOrganisation) return ask(`/users/${name}`);
    try {
      return await ask(`/orgs/${name}`);
    } catch (error) {
      if (page > 1 || !isEngineError(error, 'NotFound')) throw error;
      isOrganisation = false;
      return ask(`/users/${name}`);
    }
  });
}

/** Whether GitHub takes the token that there is. @throws as {@link githubPackages} */
export async function checkGithubToken(parts: GithubParts, signal?: AbortSignal): Promise<void> {
  await fetchPage(parts, { of: '/user', page: 1, authorization: await requireToken(parts, signal) }, signal);
}

async function requireToken({ credentials }: GithubParts, signal?: AbortSignal): Promise<string> {
  const known = await credentials(githubApi, signal);
  if (known) return `Bearer ${known.kind === 'password' ? known.password : known.token}`;
  throw new EngineError('Unauthorized', `GitHub lists packages only with a token for ${githubApi}`, {
    registry: githubApi,
    status: 401,
  });
}

interface PageQuestion {
  /** `/orgs/acme` */
  readonly of: string;
  readonly page: number;
  readonly authorization: string;
}

async function fetchPage(
  parts: GithubParts,
  { of, page, authorization }: PageQuestion,
  signal?: AbortSignal,
): Promise<NumberedPage> {
  const query = new URLSearchParams({
    package_type: 'container',
    per_page: String(pageSize),
    page: String(page),
  });
  const url = new URL(`https://${githubApi}${of}/packages?${query}`);
  const what = "GitHub's list of packages";
  const headers = { ...version, Authorization: authorization };
  const asked = await askSite(parts, { url, headers, what, limit: maxPageBytes }, signal);
  if (asked.answer.status !== 200) throw refusal(asked);
  const names = asArray(parseJson(asked.bytes, what), what).map((row) => packagePath(row));
  return { names, isLast: parseLinkNext(asked.answer.headers.get('link')) === undefined };
}

/** Owners are written as they like, repositories in small letters. */
function packagePath(row: unknown): string {
  const { name, owner } = asObject(row, 'package');
  const login = asString(asObject(owner, 'owner').login, 'login');
  return `${login}/${asString(name, 'name')}`.toLowerCase();
}

function refusal({ answer, bytes }: SiteAnswer): EngineError {
  const { status } = answer;
  const facts = { registry: githubApi, status };
  const retryAt = limitedUntil(answer);
  if (retryAt) return new EngineError('RateLimited', 'GitHub limits requests', { ...facts, retryAt });
  if (status === 401) return new EngineError('Unauthorized', 'GitHub did not take the token', facts);
  if (status === 403) {
    const message = 'the GitHub token may not list packages: it needs read:packages';
    return new EngineError('Forbidden', message, facts);
  }
  return answerError(answer, bytes, { registry: githubApi });
}

/** https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api */
function limitedUntil({ status, headers }: Answer): Date | undefined {
  if (status !== 403 && status !== 429) return undefined;
  const seconds = Number(headers.get('x-ratelimit-reset'));
  if (headers.get('x-ratelimit-remaining') !== '0' || !Number.isSafeInteger(seconds)) return undefined;
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime()) ? undefined : date;
}
