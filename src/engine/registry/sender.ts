import { EngineError, isEngineError } from '../errors.ts';
import type { AddressGuard } from './addressGuard.ts';
import { discardBody } from './body.ts';
import { parseUrl } from './hosts.ts';
import { delayAfterAnswer, delayAfterFailure, HostPauses } from './retry.ts';
import type { Answer, Transport, WireRequest } from './transport.ts';

const maxRedirects = 10;

export interface SendOptions {
  /** Ask once, whatever happens: for finding out whether a host speaks TLS. */
  readonly once?: boolean;
}

/** Requests as the engine means them: tried again where that helps, and led where the registry points. */
export class Sender {
  readonly #transport: Transport;
  readonly #guard: AddressGuard;
  readonly #pauses = new HostPauses();

  constructor(transport: Transport, guard: AddressGuard) {
    this.#transport = transport;
    this.#guard = guard;
  }

  /**
   * Follows redirects by hand: credentials stay behind on any change of origin, https never becomes http, and nothing
   * leads to an address that the registry itself is not at.
   * @throws `Insecure`, `RegistryError` for endless redirects, and what {@link Transport.send} throws
   */
  async send(request: WireRequest, signal?: AbortSignal, options: SendOptions = {}): Promise<Answer> {
    let hop = request;
    for (let redirects = 0; redirects <= maxRedirects; redirects++) {
      await this.#checkRoute(hop);
      const answer = await this.#retried(hop, signal, options);
      const target = redirectTarget(answer);
      if (target === undefined || !mayFollow(hop, answer.status, target)) return answer;
      discardBody(answer);
      hop = redirected(hop, target);
    }
    throw new EngineError('RegistryError', `${request.url.host} redirects in circles`, {
      registry: request.url.host,
    });
  }

  async #checkRoute({ url, route }: WireRequest): Promise<void> {
    if (route.kind === 'elsewhere') await this.#guard.check(url, route.registryHost);
  }

  async #retried(
    request: WireRequest,
    signal?: AbortSignal,
    { once = false }: SendOptions = {},
  ): Promise<Answer> {
    const { host } = request.url;
    for (let attempt = 1; ; attempt++) {
      await this.#pauses.pass(host, signal);
      const outcome = await this.#transport.send(request, signal).catch(asEngineError);
      const delay = once || !repeatable(request) ? undefined : delayAfter(outcome, attempt);
      if (delay !== undefined) this.#pauses.hold(host, delay);
      if (outcome instanceof EngineError) {
        if (delay === undefined) throw outcome;
      } else {
        if (delay === undefined) return outcome;
        discardBody(outcome);
      }
    }
  }
}

function asEngineError(error: unknown): EngineError {
  if (isEngineError(error)) return error;
  throw error;
}

function delayAfter(outcome: Answer | EngineError, attempt: number): number | undefined {
  return outcome instanceof EngineError
    ? delayAfterFailure(outcome, attempt)
    : delayAfterAnswer(outcome, attempt);
}

function repeatable({ body }: WireRequest): boolean {
  return body === undefined || body instanceof Uint8Array;
}

const redirectStatuses: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

function redirectTarget({ url, status, headers }: Answer): URL | undefined {
  const location = headers.get('location');
  if (location === null || !redirectStatuses.has(status)) return undefined;
  const target = parseUrl(location, url);
  if (target === undefined) {
    throw new EngineError('RegistryError', `${url.host} redirects to something that is no address`, {
      registry: url.host,
    });
  }
  return target;
}

/** What a request carries is for the host that it was meant for; and 301 to 303 would make a GET of it. */
function mayFollow(request: WireRequest, status: number, target: URL): boolean {
  if (request.method === 'GET' || request.method === 'HEAD') return true;
  const isSameRequest = (status === 307 || status === 308) && repeatable(request);
  return isSameRequest && target.origin === request.url.origin;
}

function redirected(hop: WireRequest, target: URL): WireRequest {
  if (target.protocol !== 'https:' && target.protocol !== 'http:') {
    throw insecureRedirect(hop.url, `to a ${target.protocol.slice(0, -1)} address`);
  }
  if (hop.url.protocol === 'https:' && target.protocol === 'http:') {
    throw insecureRedirect(hop.url, `from https to http (${target.host})`);
  }
  if (target.origin === hop.url.origin) return { ...hop, url: target };
  target.username = '';
  target.password = '';
  return {
    ...hop,
    url: target,
    headers: withoutCredentials(hop.headers),
    route: { ...hop.route, kind: 'elsewhere' },
  };
}

function withoutCredentials(headers: WireRequest['headers']): WireRequest['headers'] {
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => !/^(?:authorization|cookie)$/i.test(name)),
  );
}

function insecureRedirect(from: URL, how: string): EngineError {
  return new EngineError('Insecure', `${from.host} redirects ${how}, which is refused`, {
    registry: from.host,
  });
}
