import { EngineError, isEngineError } from '../errors.ts';
import type { Authenticator } from './auth.ts';
import { discardBody, readBody } from './body.ts';
import { parseChallenges } from './challenge.ts';
import { withDeadline } from './deadline.ts';
import type { Endpoint } from './endpoint.ts';
import { type Asked, answerError } from './failures.ts';
import { parseRateLimit, type RateLimit } from './rateLimit.ts';
import type { Sender } from './sender.ts';
import { type AuthSite, basicAuthorization } from './tokens.ts';
import type { Answer, Method, WireRequest } from './transport.ts';

/** A request to a registry, before it has a host and credentials. */
export interface RegistryCall {
  readonly method: Method;
  /** Path (with query) on the registry, or a whole URL that the registry gave. */
  readonly path: string | URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: WireRequest['body'];
  /** What a token must allow: `repository:library/alpine:pull`. */
  readonly scopes: readonly string[];
  /** Not tried again by itself, where a repeat needs to know first what arrived. */
  readonly once?: boolean;
  /** What it is about, as the user would write it: for errors. */
  readonly reference?: string | undefined;
}

export interface ConnectionParts {
  readonly registry: string;
  readonly endpoint: Endpoint;
  readonly sender: Sender;
  readonly auth: Authenticator;
  /** Milliseconds. */
  readonly idleTimeout: number;
  /** Milliseconds. */
  readonly totalTimeout: number;
}

const maxErrorBytes = 1024 * 1024;

/** One registry as its repositories ask it: with its base URL found out, credentials added and challenges answered. */
export class RegistryConnection {
  readonly registry: string;
  readonly idleTimeout: number;
  readonly #parts: ConnectionParts;
  #rateLimit: RateLimit | undefined;

  constructor(parts: ConnectionParts) {
    this.registry = parts.registry;
    this.idleTimeout = parts.idleTimeout;
    this.#parts = parts;
  }

  /** What the registry said last, if it ever did. */
  get rateLimit(): RateLimit | undefined {
    return this.#rateLimit;
  }

  /** Host (with port) that is spoken to. */
  get host(): string {
    return this.#parts.endpoint.host;
  }

  /** Any status may come back, a 401 only after the challenge has been answered in vain. */
  async request(call: RegistryCall, signal?: AbortSignal): Promise<Answer> {
    const answer = await this.#parts.endpoint
      .use((base, once) => this.#authorized(base, call, once, signal))
      .catch((error: unknown) => {
        throw withReference(error, call.reference);
      });
    this.#rateLimit = parseRateLimit(answer.headers) ?? this.#rateLimit;
    return answer;
  }

  /**
   * A GET of the API that the registry's maker put beside `/v2/`, which knows no tokens: the name and password for this
   * registry go along, where there are such and they are wanted, to its own origin and nowhere else. Any status may come.
   */
  async requestApi(path: `/${string}`, as: 'account' | 'nobody', signal?: AbortSignal): Promise<Answer> {
    const account = as === 'account' ? await this.#parts.auth.account(this.registry, signal) : undefined;
    const authorization = account && basicAuthorization(account);
    const headers = { Accept: 'application/json' };
    // Nobody's questions are guesses: a server that fails at one is not asked again.
    const call = { method: 'GET', path, headers, scopes: [], once: as === 'nobody' } as const;
    return this.#parts.endpoint.use(async (base, once) => {
      const answer = await this.#send(base, call, authorization, once, signal);
      this.#parts.endpoint.answered(base, answer.status);
      return answer;
    });
  }

  /** The user name for this registry, where there is one with a password. */
  async accountName(signal?: AbortSignal): Promise<string | undefined> {
    return (await this.#parts.auth.account(this.registry, signal))?.username;
  }

  /** Runs an operation of requests and small bodies under the total time limit. */
  bounded<T>(signal: AbortSignal | undefined, run: (signal: AbortSignal) => Promise<T>): Promise<T> {
    return withDeadline(this.#parts.totalTimeout, this.registry, signal, run);
  }

  read(answer: Answer, limit: number, what: string, signal?: AbortSignal): Promise<Uint8Array> {
    return readBody(answer, { limit, idleTimeout: this.idleTimeout, what }, signal);
  }

  /** Sends where the registry pointed, without credentials. */
  requestElsewhere(
    url: URL,
    headers: Readonly<Record<string, string>>,
    signal?: AbortSignal,
  ): Promise<Answer> {
    if (url.protocol === 'http:' && this.#parts.endpoint.base?.protocol !== 'http:') {
      const message = `refused to fetch from ${url.host} without TLS`;
      throw new EngineError('Insecure', message, { registry: this.registry });
    }
    const route = { registryHost: this.host, kind: 'elsewhere' } as const;
    return this.#parts.sender.send({ method: 'GET', url, headers, route }, signal);
  }

  /** The error that an answer without success means; reads its body. */
  async failure(
    answer: Answer,
    asked: Omit<Asked, 'registry' | 'signedIn'>,
    signal?: AbortSignal,
  ): Promise<EngineError> {
    const bytes = await this.read(answer, maxErrorBytes, `the error of ${this.registry}`, signal);
    const signedIn = answer.status === 401 && (await this.#parts.auth.hasCredentials(this.registry, signal));
    return answerError(answer, bytes, { ...asked, registry: this.registry, signedIn });
  }

  async #authorized(base: URL, call: RegistryCall, once: boolean, signal?: AbortSignal): Promise<Answer> {
    const site: AuthSite = { registry: this.registry, base };
    const { auth } = this.#parts;
    const authorization = await auth.authorization(site, call.scopes, signal);
    const answer = await this.#send(base, call, authorization, once, signal);
    this.#parts.endpoint.answered(base, answer.status);
    if (!isChallenge(answer, base) || isStream(call.body)) return answer;
    const challenges = parseChallenges(answer.headers.get('www-authenticate'));
    if (challenges.length === 0) return answer;
    discardBody(answer);
    const next = await auth.answer(site, call.scopes, challenges, authorization, signal);
    const second = await this.#send(base, call, next, once, signal);
    if (isChallenge(second, base) && next.startsWith('Basic ')) {
      discardBody(second);
      // Throws, since what was refused is all there is.
      await auth.answer(site, call.scopes, challenges, next, signal);
    }
    return second;
  }

  #send(
    base: URL,
    call: RegistryCall,
    authorization: string | undefined,
    once: boolean,
    signal?: AbortSignal,
  ): Promise<Answer> {
    const url = new URL(call.path, base);
    const isOwn = url.origin === base.origin;
    const request: WireRequest = {
      method: call.method,
      url,
      headers: {
        ...call.headers,
        ...(isOwn && authorization !== undefined && { Authorization: authorization }),
      },
      ...(call.body !== undefined && { body: call.body }),
      route: { registryHost: this.host, kind: isOwn ? 'registry' : 'elsewhere' },
    };
    return this.#parts.sender.send(request, signal, { once: once || call.once === true });
  }
}

/** Whoever signs in knows of registries and scopes alone. */
function withReference(error: unknown, reference: string | undefined): unknown {
  if (reference === undefined || !isEngineError(error, 'Unauthorized', 'Forbidden')) return error;
  return new EngineError(error.reason, error.message, { reference, ...error.facts }, error.cause);
}

/** A 401 from where a redirect led is that host's affair. */
function isChallenge({ status, url }: Answer, base: URL): boolean {
  return status === 401 && url.origin === base.origin;
}

function isStream(body: RegistryCall['body']): boolean {
  return body !== undefined && !(body instanceof Uint8Array);
}
