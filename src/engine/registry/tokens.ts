import { EngineError, isEngineError } from '../errors.ts';
import { asObject, asString, type JsonObject, optional, parseJson } from '../oci/json.ts';
import { discardBody, readBody } from './body.ts';
import type { Credentials } from './credentials.ts';
import { answerError } from './failures.ts';
import { parseUrl } from './hosts.ts';
import type { Sender } from './sender.ts';
import type { Answer, WireRequest } from './transport.ts';

/** The registry that a token is for, as far as its realm must know. */
export interface AuthSite {
  /** As a person names it: `docker.io`. */
  readonly registry: string;
  /** Where it is spoken to. */
  readonly base: URL;
}

export interface TokenRequest {
  readonly site: AuthSite;
  readonly realm: string;
  readonly service: string | undefined;
  readonly scopes: readonly string[];
  readonly credentials: Credentials | undefined;
}

export interface Token {
  readonly value: string;
  /** Milliseconds since 1970 after which it is not used any more: a little before it expires. */
  readonly freshUntil: number;
}

const clientId = 'strata';
const maxTokenBytes = 1024 * 1024;
/** Seconds, where the realm does not say: https://distribution.github.io/distribution/spec/auth/token/ */
const defaultLifetime = 60;

/** Gets bearer tokens: https://distribution.github.io/distribution/spec/auth/token/ and …/oauth/ */
export class TokenRealm {
  readonly #sender: Sender;
  readonly #idleTimeout: number;

  constructor(sender: Sender, idleTimeout: number) {
    this.#sender = sender;
    this.#idleTimeout = idleTimeout;
  }

  /** @throws `Insecure` for a realm that must not be asked, `Unauthorized`, `Forbidden`, `RegistryError`, … */
  async fetch(request: TokenRequest, signal?: AbortSignal): Promise<Token> {
    const realm = checkedRealm(request);
    const asked = Date.now();
    const answer = await this.#ask(request, realm, signal);
    const bytes = await this.#read(request, answer, signal);
    if (answer.status !== 200) throw refusal(request, answer, bytes);
    return tokenFromJson(bytes, request.site.registry, asked);
  }

  async #ask(request: TokenRequest, realm: URL, signal?: AbortSignal): Promise<Answer> {
    if (request.credentials?.kind !== 'identityToken') {
      return this.#sender.send(getRequest(request, realm), signal);
    }
    const answer = await this.#sender.send(refreshRequest(request, realm, request.credentials.token), signal);
    if (!lacksRefreshGrant(answer.status)) return answer;
    discardBody(answer);
    return this.#sender.send(getRequest(request, realm), signal);
  }

  #read({ site }: TokenRequest, answer: Answer, signal?: AbortSignal): Promise<Uint8Array> {
    const what = `the token of ${site.registry}`;
    return readBody(answer, { limit: maxTokenBytes, idleTimeout: this.#idleTimeout, what }, signal);
  }
}

/** GCR answers 404, ACR has answered 400, Artifactory 401 and others 405 where they do not know the grant. */
function lacksRefreshGrant(status: number): boolean {
  return status === 400 || status === 401 || status === 404 || status === 405;
}

function checkedRealm({ realm, site }: TokenRequest): URL {
  const url = parseUrl(realm, site.base);
  const facts = { registry: site.registry };
  if (url === undefined || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    throw new EngineError(
      'RegistryError',
      `${site.registry} names a token realm that is no web address`,
      facts,
    );
  }
  if (url.protocol === 'http:' && site.base.protocol !== 'http:') {
    const message = `${site.registry} names a token realm without TLS (${url.host}), which is refused`;
    throw new EngineError('Insecure', message, facts);
  }
  url.username = '';
  url.password = '';
  url.hash = '';
  return url;
}

function getRequest(request: TokenRequest, realm: URL): WireRequest {
  const url = new URL(realm);
  const { service, scopes, credentials } = request;
  if (service !== undefined) url.searchParams.set('service', service);
  for (const scope of scopes) url.searchParams.append('scope', scope);
  if (credentials?.kind === 'password') url.searchParams.set('account', credentials.username);
  const authorization = credentials && basicAuthorization(credentials);
  return {
    method: 'GET',
    url,
    headers: { Accept: 'application/json', ...(authorization && { Authorization: authorization }) },
    route: routeTo(request, realm),
  };
}

function refreshRequest(request: TokenRequest, realm: URL, token: string): WireRequest {
  const { service, scopes } = request;
  const form = new URLSearchParams({
    grant_type: 'refresh_token',
    ...(service !== undefined && { service }),
    client_id: clientId,
    ...(scopes.length > 0 && { scope: scopes.join(' ') }),
    refresh_token: token,
  });
  return {
    method: 'POST',
    url: realm,
    headers: { Accept: 'application/json', 'Content-Type': 'application/x-www-form-urlencoded' },
    body: Buffer.from(form.toString()),
    route: routeTo(request, realm),
  };
}

function routeTo({ site }: TokenRequest, realm: URL): WireRequest['route'] {
  const kind = realm.origin === site.base.origin ? 'registry' : 'elsewhere';
  return { registryHost: site.base.host, kind };
}

/** https://www.rfc-editor.org/rfc/rfc7617; an identity token has no user name, as containerd sends it. */
export function basicAuthorization(credentials: Credentials): string {
  const pair =
    credentials.kind === 'password'
      ? `${credentials.username}:${credentials.password}`
      : `:${credentials.token}`;
  return `Basic ${Buffer.from(pair).toString('base64')}`;
}

function tokenFromJson(bytes: Uint8Array, registry: string, asked: number): Token {
  try {
    const object = asObject(parseJson(bytes, 'the token'), 'the token');
    const value = tokenValue(object);
    const given = object.expires_in;
    const lifetime = typeof given === 'number' && given > 0 ? Math.min(given, 86_400) : defaultLifetime;
    return { value, freshUntil: asked + (lifetime - Math.min(lifetime / 4, 30)) * 1000 };
  } catch (error) {
    if (!isEngineError(error, 'Corrupt')) throw error;
    // The cause is left out: a parser's message may quote the token.
    throw new EngineError('RegistryError', `the token server of ${registry} gave no token`, { registry });
  }
}

function tokenValue(object: JsonObject): string {
  const value =
    optional(object.token, 'token', asString) || optional(object.access_token, 'access_token', asString);
  // What cannot stand in a header would be an error that quotes it.
  if (!value || /[^\x21-\x7e]/.test(value)) throw new EngineError('Corrupt', 'the token is missing');
  return value;
}

function refusal({ site, credentials }: TokenRequest, answer: Answer, bytes: Uint8Array): EngineError {
  const { registry } = site;
  const facts = { registry, status: answer.status };
  if (answer.status === 401 || (answer.status === 400 && credentials !== undefined)) {
    return new EngineError('Unauthorized', credentialsText(registry, credentials), facts);
  }
  if (answer.status === 403) {
    const message = `the token server of ${registry} refused access (403)`;
    return new EngineError(credentials ? 'Forbidden' : 'Unauthorized', message, facts);
  }
  return answerError(answer, bytes, { registry, action: 'sign in' });
}

/** What a person reads where a registry takes no credentials or not these. */
export function credentialsText(registry: string, credentials: Credentials | undefined): string {
  if (credentials === undefined) return `${registry} wants a sign-in`;
  const wrong =
    credentials.kind === 'password' ? 'wrong user name or password' : 'the identity token is not valid';
  return `sign-in to ${registry} was refused: ${wrong}`;
}
