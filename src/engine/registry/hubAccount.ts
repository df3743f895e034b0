import { isEngineError } from '../errors.ts';
import { asObject, asString, parseJson } from '../oci/json.ts';
import type { CredentialProvider, PasswordCredentials } from './credentials.ts';
import { answerError } from './failures.ts';
import { hubSite } from './hubSite.ts';
import { askSite, type SiteParts } from './siteRequest.ts';

/** Milliseconds that a token is used; it lives for ten minutes. */
const tokenLife = 5 * 60_000;
const maxTokenBytes = 1024 * 1024;

interface KnownToken {
  readonly of: string;
  /** `undefined` where Docker Hub did not take the account. */
  readonly authorization: string | undefined;
  /** Milliseconds since 1970. */
  readonly freshUntil: number;
}

/**
 * The person at Docker Hub's own site: the name and password for `docker.io`, told to `hub.docker.com` alone, which gives
 * a token for them.
 * https://docs.docker.com/reference/api/hub/latest/#tag/authentication-api
 */
export class HubAccount {
  readonly #credentials: CredentialProvider;
  #known: KnownToken | undefined;

  constructor(credentials: CredentialProvider) {
    this.#credentials = credentials;
  }

  /**
   * `Bearer …`; `undefined` where nobody is signed in, or not so that the site takes it: then one sees what is public.
   * @throws `Offline`, `TimedOut`, `RateLimited`, `RegistryError`
   */
  async authorization(parts: SiteParts, signal?: AbortSignal): Promise<string | undefined> {
    const credentials = await this.#credentials('docker.io', signal);
    if (credentials?.kind !== 'password') return undefined;
    const of = JSON.stringify(credentials);
    if (this.#known?.of === of && this.#known.freshUntil > Date.now()) return this.#known.authorization;
    const authorization = await fetchToken(parts, credentials, signal);
    this.#known = { of, authorization, freshUntil: Date.now() + tokenLife };
    return authorization;
  }

  forget(): void {
    this.#known = undefined;
  }
}

async function fetchToken(
  parts: SiteParts,
  { username, password }: PasswordCredentials,
  signal?: AbortSignal,
): Promise<string | undefined> {
  const request = {
    url: new URL('/v2/auth/token', hubSite),
    json: { identifier: username, secret: password },
    what: "Docker Hub's token",
    limit: maxTokenBytes,
  };
  const { answer, bytes } = await askSite(parts, request, signal);
  if (answer.status === 200) return tokenOf(bytes);
  const error = answerError(answer, bytes, { registry: 'docker.io', action: 'sign in' });
  if (isEngineError(error, 'RateLimited') || answer.status >= 500) throw error;
  return undefined;
}

/** A token that is none is no reason to see nothing; a parser's message, which may quote it, goes nowhere. */
function tokenOf(bytes: Uint8Array): string | undefined {
  try {
    const token = asString(asObject(parseJson(bytes, 'the token'), 'the token').access_token, 'access_token');
    return /^[\x21-\x7e]+$/.test(token) ? `Bearer ${token}` : undefined;
  } catch (error) {
    if (isEngineError(error, 'Corrupt')) return undefined;
    throw error;
  }
}
