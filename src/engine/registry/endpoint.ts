import { isEngineError } from '../errors.ts';
import { endpointHost, type InsecureHosts } from './hosts.ts';
import { networkCode } from './networkError.ts';

/** One try at a base URL; `once` asks for no repeats. */
export type EndpointCall<T> = (base: URL, once: boolean) => Promise<T>;

/**
 * The base URL of a registry. https, save that loopback and insecure hosts which do not speak TLS are spoken to in plain
 * HTTP, as Docker does; the first request finds out and what it found is kept.
 */
export class Endpoint {
  readonly host: string;
  #base: URL | undefined;
  #probe: Promise<void> | undefined;

  constructor(registry: string, insecure: InsecureHosts) {
    this.host = endpointHost(registry);
    if (!insecure.has(this.host)) this.#base = new URL(`https://${this.host}/`);
  }

  /** @param answered the HTTP status that came of a call */
  async use<T>(call: EndpointCall<T>, answered: (result: T) => number): Promise<T> {
    while (this.#base === undefined && this.#probe !== undefined) await this.#probe;
    if (this.#base !== undefined) return call(this.#base, false);
    const first = this.#findOut(call, answered);
    this.#probe = first.then(noted, noted);
    try {
      return await first;
    } finally {
      this.#probe = undefined;
    }
  }

  async #findOut<T>(call: EndpointCall<T>, answered: (result: T) => number): Promise<T> {
    const secure = new URL(`https://${this.host}/`);
    try {
      const result = await call(secure, true);
      this.#base = secure;
      return result;
    } catch (error) {
      if (!this.#mayBePlain(error)) throw error;
    }
    const plain = new URL(`http://${this.host}/`);
    const result = await call(plain, false);
    // A TLS server answers plain HTTP with 400: then it was the connection that failed, not TLS.
    if (answered(result) !== 400) this.#base = plain;
    return result;
  }

  #mayBePlain(error: unknown): boolean {
    if (!isEngineError(error, 'Offline')) return false;
    const code = networkCode(error) ?? '';
    if (code === 'ECONNREFUSED') return true;
    return code === 'EPROTO' || code === 'ECONNRESET' || code === 'EPIPE' || code.startsWith('ERR_SSL');
  }
}

function noted(): void {
  // Who waits only wants to know that the first request is over.
}
