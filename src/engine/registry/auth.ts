import { EngineError } from '../errors.ts';
import { SharedTasks } from '../tasks/sharedTasks.ts';
import type { Challenge } from './challenge.ts';
import type { CredentialProvider, Credentials, PasswordCredentials } from './credentials.ts';
import { type AuthSite, basicAuthorization, credentialsText, type Token, type TokenRealm } from './tokens.ts';

/** How a registry wants to be asked, learnt from its first challenge. */
type Scheme =
  | { readonly kind: 'basic'; readonly header: string }
  | { readonly kind: 'bearer'; readonly realm: string; readonly service: string | undefined };

/**
 * The `Authorization` of each request. Tokens are kept by registry, realm, service and scope, shared by concurrent
 * requests and renewed before they expire; what a registry asked for once is brought along from then on.
 */
export class Authenticator {
  readonly #credentials: CredentialProvider;
  readonly #realm: TokenRealm;
  readonly #schemes = new Map<string, Scheme>();
  readonly #tokens = new Map<string, Token>();
  readonly #fetches = new SharedTasks<never, Token>(() => '');
  /** What a registry's challenge asked for beyond what the request had expected. */
  readonly #moreScopes = new Map<string, readonly string[]>();
  /** How often each registry's sign-in was forgotten: what was asked for before then is not kept any more. */
  readonly #forgotten = new Map<string, number>();

  constructor(credentials: CredentialProvider, realm: TokenRealm) {
    this.#credentials = credentials;
    this.#realm = realm;
  }

  /** What to send with a first try; `undefined` while the registry has not asked for anything. */
  async authorization(
    site: AuthSite,
    scopes: readonly string[],
    signal?: AbortSignal,
  ): Promise<string | undefined> {
    const scheme = this.#schemes.get(site.registry);
    if (scheme === undefined) return undefined;
    if (scheme.kind === 'basic') return scheme.header;
    return this.#bearer(site, scheme, scopes, signal);
  }

  /**
   * Answers a 401.
   * @param refused the `Authorization` that was sent with the request
   * @returns what to try next
   * @throws `Unauthorized` where there is nothing (else) to try, and what {@link TokenRealm.fetch} throws
   */
  async answer(
    site: AuthSite,
    scopes: readonly string[],
    challenges: readonly Challenge[],
    refused: string | undefined,
    signal?: AbortSignal,
  ): Promise<string> {
    const bearer = challenges.find((challenge) => challenge.scheme === 'bearer');
    if (bearer) {
      const scheme = { kind: 'bearer', realm: bearer.realm, service: bearer.service } as const;
      this.#schemes.set(site.registry, scheme);
      this.#moreScopes.set(scopeKey(site, scopes), bearer.scopes);
      this.#forgetToken(site, scheme, scopes, refused);
      return this.#bearer(site, scheme, scopes, signal);
    }
    if (challenges.some(({ scheme }) => scheme === 'basic')) return this.#basic(site, refused, signal);
    throw new EngineError('Unauthorized', `${site.registry} asks for a sign-in of an unknown kind`, {
      registry: site.registry,
      status: 401,
    });
  }

  /** Whether the registry has been given a person's credentials, for telling what a refusal means. */
  async hasCredentials(registry: string, signal?: AbortSignal): Promise<boolean> {
    return (await this.#credentials(registry, signal)) !== undefined;
  }

  /** The name and password for the registry, for an API of its own that knows no tokens; `undefined` without such. */
  async account(registry: string, signal?: AbortSignal): Promise<PasswordCredentials | undefined> {
    const credentials = await this.#credentials(registry, signal);
    return credentials?.kind === 'password' ? credentials : undefined;
  }

  /** Drops what the registry was told and has given, so that the next request brings the credentials of then. */
  forget(registry: string): void {
    this.#forgotten.set(registry, this.#age(registry) + 1);
    this.#schemes.delete(registry);
    for (const kept of [this.#tokens, this.#moreScopes])
      for (const key of kept.keys()) if (key.startsWith(`${registry}\n`)) kept.delete(key);
  }

  #age(registry: string): number {
    return this.#forgotten.get(registry) ?? 0;
  }

  async #basic(site: AuthSite, refused: string | undefined, signal?: AbortSignal): Promise<string> {
    this.#schemes.delete(site.registry);
    const age = this.#age(site.registry);
    const credentials = await this.#credentials(site.registry, signal);
    const header = credentials && basicAuthorization(credentials);
    if (header === undefined || header === refused) throw unauthorized(site, credentials);
    if (age === this.#age(site.registry)) this.#schemes.set(site.registry, { kind: 'basic', header });
    return header;
  }

  async #bearer(
    site: AuthSite,
    { realm, service }: Extract<Scheme, { kind: 'bearer' }>,
    hints: readonly string[],
    signal?: AbortSignal,
  ): Promise<string> {
    const scopes = this.#scopes(site, hints);
    const key = tokenKey(site, realm, service, scopes);
    const known = this.#tokens.get(key);
    if (known && known.freshUntil > Date.now()) return `Bearer ${known.value}`;
    const fetch = async (_: unknown, shared: AbortSignal) => {
      const credentials = await this.#credentials(site.registry, shared);
      return this.#realm.fetch({ site, realm, service, scopes, credentials }, shared);
    };
    const age = this.#age(site.registry);
    const token = await this.#fetches.run(`${key}\n${age}`, fetch, () => undefined, signal);
    if (age === this.#age(site.registry)) this.#tokens.set(key, token);
    return `Bearer ${token.value}`;
  }

  #forgetToken(
    site: AuthSite,
    { realm, service }: Extract<Scheme, { kind: 'bearer' }>,
    hints: readonly string[],
    refused: string | undefined,
  ): void {
    const key = tokenKey(site, realm, service, this.#scopes(site, hints));
    const known = this.#tokens.get(key);
    if (known && refused === `Bearer ${known.value}`) this.#tokens.delete(key);
  }

  #scopes(site: AuthSite, hints: readonly string[]): readonly string[] {
    return mergeScopes([...hints, ...(this.#moreScopes.get(scopeKey(site, hints)) ?? [])]);
  }
}

function unauthorized({ registry }: AuthSite, credentials: Credentials | undefined): EngineError {
  return new EngineError('Unauthorized', credentialsText(registry, credentials), { registry, status: 401 });
}

function scopeKey({ registry }: AuthSite, scopes: readonly string[]): string {
  return [registry, ...scopes].join('\n');
}

function tokenKey(
  site: AuthSite,
  realm: string,
  service: string | undefined,
  scopes: readonly string[],
): string {
  return [site.registry, realm, service ?? '', ...scopes].join('\n');
}

/** One scope a resource, its actions sorted: `repository:a:pull` and `repository:a:push` are `repository:a:pull,push`. */
export function mergeScopes(scopes: readonly string[]): readonly string[] {
  const actions = new Map<string, Set<string>>();
  for (const scope of scopes) {
    const colon = scope.lastIndexOf(':');
    const resource = colon < 0 ? scope : scope.slice(0, colon);
    const known = actions.get(resource) ?? new Set();
    actions.set(resource, known);
    if (colon >= 0) for (const action of scope.slice(colon + 1).split(',')) known.add(action);
  }
  return [...actions]
    .map(([resource, set]) => (set.size === 0 ? resource : `${resource}:${[...set].sort().join(',')}`))
    .sort();
}
