import type { ClientRequest, IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { cancelled, type EngineError, isEngineError, throwIfCancelled } from '../errors.ts';
import { asObject, asString, optional, parseJson } from '../oci/json.ts';
import { readCapped } from '../readCapped.ts';
import { SharedTasks } from '../tasks/sharedTasks.ts';
import type { EngineAgent } from './engineAgent.ts';
import type { EngineEndpoint } from './engineEndpoint.ts';
import { engineFailure, engineNonsense, engineSilent, engineUnreachable } from './engineErrors.ts';
import { type EngineVersion, negotiate, parseVersion } from './engineVersion.ts';

export interface EngineClientOptions {
  readonly endpoint: EngineEndpoint;
  /** The program behind `ssh://`; `ssh` */
  readonly ssh?: string;
  /** Milliseconds until an answer must have begun, and without a byte of it; 30,000. */
  readonly timeout?: number;
}

export interface EngineRequest {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Behind the version: `/images/json` */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** A tar. Closed where the request ends before it does. */
  readonly body?: AsyncIterable<Uint8Array>;
  /** Milliseconds, for what takes an engine long; 0 for no limit at all. */
  readonly timeout?: number;
}

const defaultTimeout = 30_000;
/** A list of ten thousand images takes a tenth of it. */
const maxJsonBytes = 128 * 1024 * 1024;
const maxErrorBytes = 1024 * 1024;

/** HTTP to one engine: the version of its API is agreed upon first. Making one connects to nothing. */
export class EngineClient {
  readonly endpoint: EngineEndpoint;
  readonly #ssh: string | undefined;
  readonly #timeout: number;
  readonly #asking = new SharedTasks<never, EngineVersion>(() => '');
  #agent: Promise<EngineAgent> | undefined;
  #version: EngineVersion | undefined;

  constructor({ endpoint, ssh, timeout = defaultTimeout }: EngineClientOptions) {
    this.endpoint = endpoint;
    this.#ssh = ssh;
    this.#timeout = timeout;
  }

  /** What answers. Asked once; an engine that is upgraded meanwhile still takes the old version. */
  async version(signal?: AbortSignal): Promise<EngineVersion> {
    const work = (_: unknown, shared: AbortSignal) => this.#askVersion(shared);
    this.#version ??= await this.#asking.run('version', work, () => undefined, signal);
    return this.#version;
  }

  /**
   * The answer once it has begun. The caller reads its body to the end or destroys it.
   * @throws `NotFound`, `Unauthorized`, `Forbidden`, `Conflict`, `Invalid`, `RegistryError` by the engine's status;
   *   `Offline`, `TimedOut`, `Cancelled`, `Unsupported` (too old or too new), and what the body throws
   */
  async send(request: EngineRequest, signal?: AbortSignal): Promise<IncomingMessage> {
    return this.#send(request, await this.#path(request, signal), signal);
  }

  /** A whole answer, parsed. @throws as {@link send}; `RegistryError` where it is no JSON, `TooLarge` */
  async json(request: EngineRequest, signal?: AbortSignal): Promise<unknown> {
    return this.#json(request, await this.#path(request, signal), signal);
  }

  /** The bytes of an answer; it is closed where the reader stops. @throws `Offline` where it breaks off, `TimedOut`, `Cancelled` */
  async *bytes(answer: IncomingMessage): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      yield* answer as AsyncIterable<Uint8Array>;
    } catch (error) {
      throw engineUnreachable(this.endpoint.name, error);
    } finally {
      answer.destroy();
    }
  }

  /** Reads a value out of an answer. @throws `RegistryError` where it is not what the API says */
  read<T>(parse: () => T): T {
    try {
      return parse();
    } catch (error) {
      throw engineNonsense(this.endpoint.name, error);
    }
  }

  async #askVersion(signal: AbortSignal): Promise<EngineVersion> {
    const answer = await this.#json({ method: 'GET', path: '/version' }, '/version', signal);
    return this.read(() => parseVersion(answer));
  }

  async #path({ path, query = {} }: EngineRequest, signal?: AbortSignal): Promise<string> {
    const version = negotiate(await this.version(signal), this.endpoint.name);
    const parameters = new URLSearchParams();
    for (const [name, value] of Object.entries(query)) {
      for (const item of [value ?? []].flat()) parameters.append(name, item);
    }
    return `/v${version}${path}${parameters.size > 0 ? `?${parameters}` : ''}`;
  }

  async #json(request: EngineRequest, path: string, signal?: AbortSignal): Promise<unknown> {
    const body = this.bytes(await this.#send(request, path, signal));
    const bytes = await readCapped(body, maxJsonBytes, `the answer of ${this.endpoint.name}`);
    return this.read(() => parseJson(bytes, 'the answer'));
  }

  async #send(request: EngineRequest, path: string, signal?: AbortSignal): Promise<IncomingMessage> {
    throwIfCancelled(signal);
    const { body, timeout = this.#timeout } = request;
    this.#agent ??= openAgent(this.endpoint, this.#ssh);
    const agent = await this.#agent.catch((error: unknown) => {
      this.#agent = undefined;
      throw error;
    });
    const outgoing = agent.request({
      method: request.method,
      path,
      headers: { Host: 'docker', ...(body && { 'Content-Type': 'application/x-tar' }), ...request.headers },
    });
    const answer = await this.#begun(outgoing, body, timeout, signal);
    const { statusCode: status = 0 } = answer;
    if (status < 400) return answer;
    throw engineFailure(this.endpoint.name, status, await errorMessage(this.bytes(answer)));
  }

  #begun(
    outgoing: ClientRequest,
    body: AsyncIterable<Uint8Array> | undefined,
    timeout: number,
    signal: AbortSignal | undefined,
  ): Promise<IncomingMessage> {
    const { name } = this.endpoint;
    return new Promise((resolve, reject) => {
      const watch = new Watch(name, timeout, (error) => outgoing.destroy(error), signal);
      let sourceFailure: unknown;
      outgoing.once('error', (error) => {
        watch.stop();
        reject(engineUnreachable(name, sourceFailure ?? error));
      });
      outgoing.once('response', (answer) => {
        watch.follow(answer);
        resolve(answer);
      });
      if (!body) return void outgoing.end();
      pipeline(Readable.from(body), watch.counting(), outgoing).catch((error: unknown) => {
        sourceFailure = isEngineError(error) ? error : undefined;
        outgoing.destroy(error as Error);
      });
    });
  }
}

/** Ends a request whose signal fires, or on which no byte has moved for too long. */
class Watch {
  readonly #timer: NodeJS.Timeout | undefined;
  readonly #signal: AbortSignal | undefined;
  #end: (error: EngineError) => void;

  constructor(
    name: string,
    timeout: number,
    end: (error: EngineError) => void,
    signal: AbortSignal | undefined,
  ) {
    this.#end = end;
    this.#signal = signal;
    if (timeout > 0) this.#timer = setTimeout(() => this.#end(engineSilent(name, timeout)), timeout);
    signal?.addEventListener('abort', this.#onAbort, { once: true });
  }

  readonly #onAbort = (): void => this.#end(cancelled(this.#signal));

  /** From here on it is the answer's body that must not fall silent. */
  follow(answer: IncomingMessage): void {
    this.#end = (error) => answer.destroy(error);
    this.#timer?.refresh();
    const push = answer.push.bind(answer);
    // Every byte counts as it arrives: a reader may be slow without the engine being so.
    answer.push = (chunk, encoding) => {
      this.#timer?.refresh();
      return push(chunk, encoding);
    };
    answer.once('close', () => this.stop());
  }

  /** Lets the bytes that are sent pass, each a sign of life. */
  counting(): (source: AsyncIterable<Uint8Array>) => AsyncGenerator<Uint8Array, void, undefined> {
    const timer = this.#timer;
    return async function* (source) {
      for await (const chunk of source) {
        timer?.refresh();
        yield chunk;
      }
    };
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#signal?.removeEventListener('abort', this.#onAbort);
  }
}

/** Loads TLS and what else connections need only now: most runs ask no engine. */
async function openAgent(endpoint: EngineEndpoint, ssh: string | undefined): Promise<EngineAgent> {
  const { EngineAgent } = await import('./engineAgent.ts');
  return EngineAgent.open(endpoint, ssh);
}

async function errorMessage(body: AsyncIterable<Uint8Array>): Promise<string> {
  const bytes = await readCapped(body, maxErrorBytes, 'the error of the engine');
  const text = Buffer.from(bytes).toString();
  try {
    const body = asObject(parseJson(text, 'the error'), 'the error');
    return optional(body.message, 'message', asString) ?? '';
  } catch (error) {
    // Proxies on the way answer with pages of their own.
    if (isEngineError(error, 'Corrupt')) return '';
    throw error;
  }
}
