const dockerHub = 'docker.io';
const dockerHubEndpoint = 'registry-1.docker.io';

/** Where a registry is spoken to: Docker Hub's name is not the host that serves it. */
export function endpointHost(registry: string): string {
  return registry === dockerHub ? dockerHubEndpoint : registry;
}

/** The registry as people name it, by the host that serves it. */
export function registryOfHost(host: string): string {
  return host === dockerHubEndpoint ? dockerHub : host;
}

export function isDockerHub(registry: string): boolean {
  return registry === dockerHub;
}

/** GitHub's registry, whose repositories are `OWNER/NAME`. */
export function isGithubRegistry(registry: string): boolean {
  return registry === 'ghcr.io';
}

/** The host without port and without the brackets of an IPv6 address. */
export function hostName(host: string): string {
  const withoutPort = host.startsWith('[') ? host.slice(0, host.indexOf(']') + 1) : host.replace(/:\d+$/, '');
  return withoutPort.replace(/^\[|\]$/g, '').toLowerCase();
}

/** 127.0.0.0/8, ::1 and `localhost`, with or without a port. */
export function isLoopbackHost(host: string): boolean {
  const name = hostName(host);
  return name === 'localhost' || name === '::1' || /^127(?:\.\d{1,3}){3}$/.test(name);
}

/** Which hosts may speak plain HTTP or show an untrusted certificate, by Docker's rule: loopback and those listed. */
export class InsecureHosts {
  readonly #listed: ReadonlySet<string>;

  /** @param listed `HOST[:PORT]` each, matched as a whole */
  constructor(listed: readonly string[] = []) {
    this.#listed = new Set(listed.map((host) => endpointHost(host.toLowerCase())));
  }

  has(host: string): boolean {
    return isLoopbackHost(host) || this.#listed.has(host.toLowerCase());
  }
}

/** `undefined` where the text is no URL. */
export function parseUrl(text: string, base?: URL): URL | undefined {
  return URL.canParse(text, base?.href) ? new URL(text, base?.href) : undefined;
}
