import { readBody } from './body.ts';
import { withDeadline } from './deadline.ts';
import type { Sender } from './sender.ts';
import type { Answer } from './transport.ts';

/** How the web API of a registry's vendor is asked: a site of its own, which is no registry. */
export interface SiteParts {
  readonly sender: Sender;
  /** Milliseconds. */
  readonly idleTimeout: number;
  /** Milliseconds. */
  readonly totalTimeout: number;
}

export interface SiteRequest {
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  /** Makes it a POST of JSON, which follows no redirect to another origin. */
  readonly json?: unknown;
  /** For errors: `Docker Hub's answer`. */
  readonly what: string;
  /** Bytes. */
  readonly limit: number;
}

export interface SiteAnswer {
  readonly answer: Answer;
  readonly bytes: Uint8Array;
}

/**
 * One request, answered with any status. An `Authorization` among the headers stays behind where a redirect leads to
 * another origin.
 * @throws `Offline`, `TimedOut`, `TooLarge`, `Insecure`, `Cancelled`
 */
export function askSite(parts: SiteParts, request: SiteRequest, signal?: AbortSignal): Promise<SiteAnswer> {
  const { url, json, what, limit } = request;
  const headers = { Accept: 'application/json', ...request.headers };
  const route = { registryHost: url.host, kind: 'registry' } as const;
  return withDeadline(parts.totalTimeout, url.host, signal, async (bounded) => {
    const wire =
      json === undefined
        ? ({ method: 'GET', url, headers, route } as const)
        : ({
            method: 'POST',
            url,
            headers: { ...headers, ...jsonType },
            route,
            body: jsonBody(json),
          } as const);
    const answer = await parts.sender.send(wire, bounded);
    const bytes = await readBody(answer, { limit, idleTimeout: parts.idleTimeout, what }, bounded);
    return { answer, bytes };
  });
}

const jsonType = { 'Content-Type': 'application/json' };

function jsonBody(value: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(value));
}
