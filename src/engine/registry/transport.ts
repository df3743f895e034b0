import { Readable } from 'node:stream';
import { cancelled, throwIfCancelled } from '../errors.ts';
import type { Agents, Route } from './agents.ts';
import { networkError, timedOut } from './networkError.ts';

export type Method = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** One HTTP request as it goes over the wire. */
export interface WireRequest {
  readonly method: Method;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** Bytes can be sent again, a stream cannot. */
  readonly body?: Uint8Array | AsyncIterable<Uint8Array>;
  readonly route: Route;
}

export interface HeaderReader {
  get(name: string): string | null;
}

/** The head of a response with its body still to be read; whoever has it reads, discards or destroys the body. */
export interface Answer {
  readonly url: URL;
  readonly status: number;
  readonly headers: HeaderReader;
  /** As on the wire: never inflated. */
  readonly body: Readable;
}

/** What is told of each request; the URL without its query, which may be signed. */
export interface RequestRecord {
  readonly method: Method;
  readonly url: string;
  /** Absent where no answer came. */
  readonly status?: number;
  /** Milliseconds to the head of the answer. */
  readonly duration: number;
}

export interface TransportOptions {
  readonly agents: Agents;
  readonly userAgent: string;
  /** Milliseconds. */
  readonly idleTimeout: number;
  readonly onRequest?: ((record: RequestRecord) => void) | undefined;
}

/** The only place that sends. One request, one answer: no retry, no redirect, no credentials of its own. */
export class Transport {
  readonly #options: TransportOptions;
  readonly #counts = new Map<string, number>();

  constructor(options: TransportOptions) {
    this.#options = options;
  }

  /** Requests sent so far, by host (with port). */
  get counts(): ReadonlyMap<string, number> {
    return this.#counts;
  }

  /** @throws `Offline`, `TimedOut` (no byte for the idle time), `Insecure`, `Cancelled` */
  async send(request: WireRequest, signal?: AbortSignal): Promise<Answer> {
    throwIfCancelled(signal);
    const { default: fetch } = await import('node-fetch');
    using watch = new Watch(request.url.host, this.#options.idleTimeout, signal);
    const content = contentOf(request.body, watch);
    this.#count(request.url.host);
    const started = performance.now();
    try {
      const response = await fetch(request.url.href, {
        method: request.method,
        headers: {
          'User-Agent': this.#options.userAgent,
          // By hand, since VS Code's patched agents would otherwise open a socket a request.
          Connection: 'keep-alive',
          ...request.headers,
        },
        ...(content && { body: content.body }),
        redirect: 'manual',
        compress: false,
        agent: await this.#options.agents.agent(request.url, request.route),
        signal: watch.signal,
      });
      this.#record(request, started, response.status);
      // Built as a PassThrough by node-fetch, typed as the older interface.
      const body = response.body as Readable;
      return { url: request.url, status: response.status, headers: response.headers, body };
    } catch (error) {
      this.#record(request, started);
      if (watch.signal.aborted) throw cancelled(watch.signal);
      throw networkError(content?.error ?? error, request.url.host);
    }
  }

  #count(host: string): void {
    this.#counts.set(host, (this.#counts.get(host) ?? 0) + 1);
  }

  #record({ method, url }: WireRequest, started: number, status?: number): void {
    this.#options.onRequest?.({
      method,
      url: url.origin + url.pathname,
      ...(status !== undefined && { status }),
      duration: performance.now() - started,
    });
  }
}

/** Aborts a request whose caller left or whose peer is silent, until its head is here. */
class Watch implements Disposable {
  readonly #controller = new AbortController();
  readonly #caller: AbortSignal | undefined;
  readonly #timer: NodeJS.Timeout;
  readonly #onAbort = () => this.#controller.abort(this.#caller?.reason);

  constructor(host: string, idleTimeout: number, caller: AbortSignal | undefined) {
    this.#caller = caller;
    this.#timer = setTimeout(() => this.#controller.abort(timedOut(host, idleTimeout)), idleTimeout);
    caller?.addEventListener('abort', this.#onAbort, { once: true });
    if (caller?.aborted) this.#onAbort();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  touch(): void {
    this.#timer.refresh();
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#caller?.removeEventListener('abort', this.#onAbort);
  }
}

interface Content {
  readonly body: Buffer | Readable;
  /** Why the content could not be read, if that is what ended the request. */
  readonly error?: unknown;
}

function contentOf(body: WireRequest['body'], watch: Watch): Content | undefined {
  if (body === undefined) return undefined;
  if (!(body instanceof Uint8Array)) return new StreamedContent(body, watch);
  return { body: Buffer.from(body.buffer, body.byteOffset, body.byteLength) };
}

class StreamedContent implements Content {
  readonly body: Readable;
  error: unknown;

  constructor(source: AsyncIterable<Uint8Array>, watch: Watch) {
    this.body = Readable.from(this.#read(source, watch), { objectMode: false });
  }

  async *#read(source: AsyncIterable<Uint8Array>, watch: Watch): AsyncGenerator<Uint8Array> {
    try {
      for await (const chunk of source) {
        watch.touch();
        yield chunk;
      }
    } catch (error) {
      this.error = error;
      throw error;
    }
    watch.touch();
  }
}
