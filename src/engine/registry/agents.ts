import http from 'node:http';
import https from 'node:https';
import type { AddressGuard } from './addressGuard.ts';
import type { InsecureHosts } from './hosts.ts';

/** Whose word a request goes on: the registry that a person named, or where that registry pointed. */
export interface Route {
  /** Host (with port) that the registry is spoken to at. */
  readonly registryHost: string;
  readonly kind: 'registry' | 'elsewhere';
}

const maxSocketsPerHost = 16;

/**
 * Keep-alive agents, made on demand: per protocol, certificate check and address check. They are Node's own, so that
 * VS Code's patch of `http` and `https` (proxies, system certificates) finds what it expects.
 */
export class Agents implements Disposable {
  readonly #guard: AddressGuard;
  readonly #insecure: InsecureHosts;
  readonly #agents = new Map<string, http.Agent>();

  constructor(guard: AddressGuard, insecure: InsecureHosts) {
    this.#guard = guard;
    this.#insecure = insecure;
  }

  agent(url: URL, { kind, registryHost }: Route): http.Agent {
    const anyCertificate = this.#insecure.has(url.host);
    const key = `${url.protocol} ${anyCertificate} ${kind === 'registry' ? '' : registryHost}`;
    const known = this.#agents.get(key);
    if (known) return known;
    const agent = this.#make(url, anyCertificate, { kind, registryHost });
    this.#agents.set(key, agent);
    return agent;
  }

  #make(url: URL, anyCertificate: boolean, { kind, registryHost }: Route): http.Agent {
    const options = {
      keepAlive: true,
      maxSockets: maxSocketsPerHost,
      scheduling: 'lifo' as const,
      lookup: kind === 'registry' ? this.#guard.lookupRegistry() : this.#guard.lookupElsewhere(registryHost),
    };
    if (url.protocol === 'http:') return new http.Agent(options);
    return new https.Agent({ ...options, rejectUnauthorized: !anyCertificate });
  }

  [Symbol.dispose](): void {
    for (const agent of this.#agents.values()) agent.destroy();
    this.#agents.clear();
  }
}
