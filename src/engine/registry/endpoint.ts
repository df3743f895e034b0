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
  /** With port. */
  readonly host: string;
  #base: URL | undefined;
  #probe: Promise<void> | undefined;
  #wake: (() => void) | undefined;

  constructor(registry: string, insecure: InsecureHosts) {
    this.host = endpointHost(registry);
    if (!insecure.has(this.host)) this.#base = this.#secure();
  }

  /** Known once the host has answered, or from the start where only https will do. */
  get base(): URL | undefined {
    return this.#base;
  }

  /** Whoever calls tells of the host's first answer by {@link answered}. */
  async use<T>(call: EndpointCall<T>): Promise<T> {
    while (this.#base === undefined && this.#probe !== undefined) await this.#probe;
    if (this.#base !== undefined) return call(this.#base, false);
    this.#probe = new Promise((resolve) => {
      this.#wake = resolve;
    });
    try {
      return await this.#findOut(call);
    } finally {
      this.#endProbe();
    }
  }

  /** A TLS server answers plain HTTP with 400: then it was the connection that had failed, not TLS. */
  answered(base: URL, status: number): void {
    if (this.#base !== undefined || (base.protocol === 'http:' && status === 400)) return;
    this.#base = base;
    this.#endProbe();
  }

  #endProbe(): void {
    this.#probe = undefined;
    this.#wake?.();
  }

  async #findOut<T>(call: EndpointCall<T>): Promise<T> {
    try {
      return await call(this.#secure(), true);
    } catch (error) {
      if (this.#base !== undefined || !mayBePlain(error)) throw error;
    }
    return call(new URL(`http://${this.host}/`), false);
  }

  #secure(): URL {
    return new URL(`https://${this.host}/`);
  }
}

/** Refused counts too: without a port in its name the plain host is at another. */
function mayBePlain(error: unknown): boolean {
  if (!isEngineError(error, 'Offline')) return false;
  const code = networkCode(error) ?? '';
  return ['ECONNREFUSED', 'EPROTO', 'ECONNRESET', 'EPIPE'].includes(code) || code.startsWith('ERR_SSL');
}
