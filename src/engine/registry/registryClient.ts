import { EngineError, isEngineError } from '../errors.ts';
import { isRegistry, type Reference } from '../oci/reference.ts';
import { AddressGuard, type HostLookup } from './addressGuard.ts';
import { Agents, type Proxies } from './agents.ts';
import { Authenticator } from './auth.ts';
import { discardBody } from './body.ts';
import type { CredentialProvider } from './credentials.ts';
import { Endpoint } from './endpoint.ts';
import { checkGithubToken, type GithubParts, githubApi } from './githubPackages.ts';
import { InsecureHosts, isDockerHub } from './hosts.ts';
import { HubAccount } from './hubAccount.ts';
import type { HubNamespaceParts } from './hubNamespace.ts';
import { hubTags } from './hubSearch.ts';
import { MirroredRepository, type MirrorWarning } from './mirroredRepository.ts';
import { pagedNames } from './paging.ts';
import type { RateLimit } from './rateLimit.ts';
import { RegistryConnection } from './registryConnection.ts';
import type { RegistryPlace } from './registryPlace.ts';
import { RegistryRepository } from './registryRepository.ts';
import { type ListingParts, listRepositories, repositoryNames } from './repositoryListing.ts';
import type { RepositoryTags } from './repositoryTag.ts';
import { search } from './search.ts';
import type { SearchOptions, SearchResult, SearchSnapshot } from './searchResult.ts';
import { Sender } from './sender.ts';
import { TokenRealm } from './tokens.ts';
import { type RequestRecord, Transport } from './transport.ts';

export interface RegistryOptions {
  readonly credentials: CredentialProvider;
  /** Hosts (with port) where plain HTTP or an untrusted certificate is accepted, loopback aside. */
  readonly insecureRegistries?: readonly string[];
  /** Milliseconds without a byte after which a connection is given up; 30,000. */
  readonly idleTimeout?: number;
  /** Milliseconds that anything but a blob may take, retries and waits included; 300,000. */
  readonly totalTimeout?: number;
  /** Hosts (with port) to read a registry's images from first, by the registry; see `MirroredRepository`. */
  readonly mirrors?: ReadonlyMap<string, readonly string[]>;
  /** Told, once for each, of a mirror that fails. */
  readonly onWarning?: (message: string, error: unknown) => void;
  /** `strata/0.1.0` */
  readonly userAgent: string;
  /** Told of each request, for a log; holds no secret. */
  readonly onRequest?: (record: RequestRecord) => void;
  /** None by default: VS Code's own patch of `http` sees to proxies. */
  readonly proxies?: Proxies | undefined;
  /** `https://HOST[:PORT]` of what is asked in place of Docker Hub's search: a mirror. */
  readonly hubSearch?: string;
  /** How host names become addresses; as the operating system does. */
  readonly lookup?: HostLookup;
}

const defaultIdleTimeout = 30_000;
const defaultTotalTimeout = 300_000;

/** Speaks to registries: holds the connections, tokens and back-offs that their repositories share. */
export class RegistryClient implements AsyncDisposable {
  readonly #insecure: InsecureHosts;
  readonly #agents: Agents;
  readonly #transport: Transport;
  readonly #sender: Sender;
  readonly #auth: Authenticator;
  readonly #credentials: CredentialProvider;
  readonly #hubAccount: HubAccount;
  readonly #hubSearch: string | undefined;
  readonly #mirrors: ReadonlyMap<string, readonly string[]>;
  readonly #timeouts: { readonly idleTimeout: number; readonly totalTimeout: number };
  readonly #connections = new Map<string, RegistryConnection>();
  readonly #warned = new Set<string>();
  readonly #onWarning: MirrorWarning;

  constructor(options: RegistryOptions) {
    const { idleTimeout = defaultIdleTimeout, totalTimeout = defaultTotalTimeout } = options;
    this.#timeouts = { idleTimeout, totalTimeout };
    this.#credentials = options.credentials;
    this.#hubAccount = new HubAccount(options.credentials);
    this.#hubSearch = options.hubSearch;
    this.#mirrors = options.mirrors ?? new Map();
    this.#onWarning = options.onWarning ?? (() => undefined);
    this.#insecure = new InsecureHosts(options.insecureRegistries);
    const guard = new AddressGuard(options.lookup);
    this.#agents = new Agents(guard, this.#insecure, options.proxies);
    const { userAgent, onRequest } = options;
    this.#transport = new Transport({ agents: this.#agents, userAgent, idleTimeout, onRequest });
    this.#sender = new Sender(this.#transport, guard);
    this.#auth = new Authenticator(options.credentials, new TokenRealm(this.#sender, idleTimeout));
  }

  /** The repository that a reference is in; its tag and digest do not matter. */
  repository(reference: Reference): RegistryRepository {
    const connection = this.#connection(reference.registry);
    const mirrors = this.#mirrors.get(reference.registry) ?? [];
    if (mirrors.length === 0) return new RegistryRepository(connection, reference);
    return new MirroredRepository(
      connection,
      mirrors.map((mirror) => this.#connection(mirror)),
      reference,
      (message, error) => this.#warnOnce(message, error),
    );
  }

  /**
   * Asks a registry for nothing but to be let in, as `docker login` does.
   * https://distribution.github.io/distribution/spec/api/#api-version-check
   * GitHub's API, which is no registry and has sign-ins all the same, is asked for packages.
   * @throws `Unauthorized`, `Forbidden` where it does not take the credentials that it wants, and what {@link Transport.send} throws
   */
  async ping(registry: string, signal?: AbortSignal): Promise<void> {
    if (registry === githubApi) return checkGithubToken(this.#github(), signal);
    const connection = this.#connection(registry);
    await connection.bounded(signal, async (bounded) => {
      const answer = await connection.request({ method: 'GET', path: '/v2/', scopes: [] }, bounded);
      if (answer.status !== 200) throw await connection.failure(answer, { action: 'sign in' }, bounded);
      discardBody(answer);
    });
  }

  /** Drops the tokens and the sign-in of a registry: from now on it is asked with the credentials of then. */
  forget(registry: string): void {
    this.#auth.forget(registry);
    if (isDockerHub(registry)) this.#hubAccount.forget();
  }

  /**
   * Names of the registry's repositories, as pages arrive.
   * https://distribution.github.io/distribution/spec/api/#catalog
   * @throws `Unsupported` where the registry has no catalogue
   */
  async *catalog(registry: string, signal?: AbortSignal): AsyncGenerator<string, void, undefined> {
    // It answers as if one might sign in for it; there is none.
    if (isDockerHub(registry))
      throw new EngineError('Unsupported', `${registry} has no catalogue`, { registry });
    const list = {
      path: '/v2/_catalog',
      member: 'repositories',
      scopes: ['registry:catalog:*'],
      asked: { action: 'list its repositories' },
    } as const;
    try {
      yield* pagedNames(this.#connection(registry), list, signal);
    } catch (error) {
      if (!isEngineError(error, 'NotFound')) throw error;
      throw new EngineError('Unsupported', `${registry} has no catalogue`, error.facts, error);
    }
  }

  /** The repositories of a registry, or of a namespace of it: see {@link listRepositories}. */
  repositories(place: RegistryPlace, signal?: AbortSignal): AsyncGenerator<Reference, void, undefined> {
    return listRepositories(this.#listing(), place, signal);
  }

  /** Repositories by a word of their name, in Docker Hub or (`HOST/TERM`) another registry: see {@link search}. */
  async search(
    text: string,
    options?: SearchOptions,
    signal?: AbortSignal,
  ): Promise<readonly SearchResult[]> {
    let found: readonly SearchResult[] = [];
    for await (const { results } of this.searchSnapshots(text, options, signal)) found = results;
    return found;
  }

  /** As {@link search}, telling what is found while more of it comes: the last is all. */
  searchSnapshots(
    text: string,
    options?: SearchOptions,
    signal?: AbortSignal,
  ): AsyncGenerator<SearchSnapshot, void, undefined> {
    const parts = this.#listing();
    const catalog = (registry: string, cancel?: AbortSignal) => repositoryNames(parts, { registry }, cancel);
    return search({ ...parts, catalog }, text, options, signal);
  }

  /**
   * What Docker Hub's own site tells of the tags that were pushed last; `undefined` of other registries' repositories.
   * @throws what {@link search} throws
   */
  async hubTags(
    { registry, repository }: Reference,
    signal?: AbortSignal,
  ): Promise<RepositoryTags | undefined> {
    return isDockerHub(registry) ? hubTags(this.#hub(), repository, signal) : undefined;
  }

  /** What the registry last said of its rate limit; `undefined` where it never did. */
  rateLimit(registry: string): RateLimit | undefined {
    return this.#connections.get(registry)?.rateLimit;
  }

  /** Requests sent so far, by host (with port). */
  requestCounts(): ReadonlyMap<string, number> {
    return this.#transport.counts;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#agents[Symbol.dispose]();
  }

  #warnOnce(message: string, error: unknown): void {
    if (this.#warned.size < this.#warned.add(message).size) this.#onWarning(message, error);
  }

  #listing(): ListingParts {
    return {
      hub: this.#hub(),
      github: this.#github(),
      connection: (registry) => this.#connection(registry),
      catalog: (registry, signal) => this.catalog(registry, signal),
    };
  }

  #hub(): HubNamespaceParts {
    const [account, origin] = [this.#hubAccount, this.#hubSearch];
    return { sender: this.#sender, insecure: this.#insecure, account, origin, ...this.#timeouts };
  }

  #github(): GithubParts {
    return { sender: this.#sender, credentials: this.#credentials, ...this.#timeouts };
  }

  #connection(registry: string): RegistryConnection {
    const known = this.#connections.get(registry);
    if (known) return known;
    if (!isRegistry(registry)) {
      throw new EngineError('Invalid', `${JSON.stringify(registry.slice(0, 200))} is no registry's host`);
    }
    const connection = new RegistryConnection({
      registry,
      endpoint: new Endpoint(registry, this.#insecure),
      sender: this.#sender,
      auth: this.#auth,
      ...this.#timeouts,
    });
    this.#connections.set(registry, connection);
    return connection;
  }
}
