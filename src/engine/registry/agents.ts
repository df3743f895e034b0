import type http from 'node:http';
import type { LookupFunction } from 'node:net';
import type { AddressGuard } from './addressGuard.ts';
import type { InsecureHosts } from './hosts.ts';
import type { ProxyChoice } from './proxyEnvironment.ts';

/** Whose word a request goes on: the registry that a person named, or where that registry pointed. */
export interface Route {
  /** Host (with port) that the registry is spoken to at. */
  readonly registryHost: string;
  readonly kind: 'registry' | 'elsewhere';
}

const agentOptions = { keepAlive: true, maxSockets: 16, scheduling: 'lifo' } as const;

/** Proxies of our own; in VS Code its patch of `http` sees to them. */
export interface Proxies {
  readonly choose: ProxyChoice;
  agent(proxy: URL, url: URL, options: ProxiedOptions): http.Agent;
}

export type ProxiedOptions = http.AgentOptions & { readonly rejectUnauthorized: boolean };

/**
 * Keep-alive agents, made on demand: per protocol, certificate check and address check. Without a proxy of ours they are
 * Node's own, so that VS Code's patch of `http` and `https` (proxies, system certificates) finds what it expects. A proxy
 * resolves names itself: then only the address guard's first check applies.
 */
export class Agents implements Disposable {
  readonly #guard: AddressGuard;
  readonly #insecure: InsecureHosts;
  readonly #proxies: Proxies | undefined;
  readonly #agents = new Map<string, http.Agent>();

  constructor(guard: AddressGuard, insecure: InsecureHosts, proxies?: Proxies) {
    this.#guard = guard;
    this.#insecure = insecure;
    this.#proxies = proxies;
  }

  /** @throws what making a proxy's agent throws */
  async agent(url: URL, { kind, registryHost }: Route): Promise<http.Agent> {
    const { directAgent } = await import('./directAgent.ts');
    const anyCertificate = this.#insecure.has(url.host);
    const proxy = this.#proxies?.choose(url);
    const place = proxy?.href ?? (kind === 'registry' ? '' : registryHost);
    const key = `${url.protocol} ${anyCertificate} ${place}`;
    const known = this.#agents.get(key);
    if (known) return known;
    const options = { ...agentOptions, rejectUnauthorized: !anyCertificate };
    const agent =
      (proxy && this.#proxies?.agent(proxy, url, options)) ??
      directAgent(url, { ...options, lookup: this.#lookup({ kind, registryHost }) });
    this.#agents.set(key, agent);
    return agent;
  }

  #lookup({ kind, registryHost }: Route): LookupFunction {
    return kind === 'registry' ? this.#guard.lookupRegistry() : this.#guard.lookupElsewhere(registryHost);
  }

  [Symbol.dispose](): void {
    for (const agent of this.#agents.values()) agent.destroy();
    this.#agents.clear();
  }
}
