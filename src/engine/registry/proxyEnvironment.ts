import { BlockList, isIP } from 'node:net';
import { hostName, isLoopbackHost } from './hosts.ts';

/** The proxy that a request to the URL goes through; `undefined` for none. */
export type ProxyChoice = (url: URL) => URL | undefined;

/**
 * Reads `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` (upper or lower case) as Docker's own programs do: `example.com` keeps
 * its subdomains too from the proxy, `.example.com` only these, networks are CIDR, `*` is everything, and loopback is
 * never asked through a proxy. https://pkg.go.dev/golang.org/x/net/http/httpproxy#Config
 * @returns `undefined` where no proxy is set
 */
export function proxyFromEnvironment(environment: NodeJS.ProcessEnv): ProxyChoice | undefined {
  const read = (name: string): string | undefined =>
    environment[name]?.trim() || environment[name.toLowerCase()]?.trim() || undefined;
  const https = proxyUrl(read('HTTPS_PROXY'));
  const http = proxyUrl(read('HTTP_PROXY'));
  if (!https && !http) return undefined;
  const isExempt = exemption(read('NO_PROXY') ?? '');
  return (url) => {
    if (isLoopbackHost(url.host) || isExempt(hostName(url.host), portOf(url))) return undefined;
    return url.protocol === 'https:' ? https : http;
  };
}

/** Without a scheme it is spoken to in plain HTTP. */
function proxyUrl(text: string | undefined): URL | undefined {
  if (text === undefined) return undefined;
  const withScheme = /^https?:\/\//i.test(text) ? text : `http://${text}`;
  return URL.canParse(withScheme) ? new URL(withScheme) : undefined;
}

function portOf({ port, protocol }: URL): string {
  return port || (protocol === 'https:' ? '443' : '80');
}

type Exemption = (host: string, port: string) => boolean;

function exemption(noProxy: string): Exemption {
  const rules = noProxy
    .toLowerCase()
    .split(/[,\s]+/)
    .filter(Boolean)
    .map(rule);
  return (host, port) => rules.some((applies) => applies(host, port));
}

function rule(text: string): Exemption {
  if (text === '*') return () => true;
  if (text.includes('/')) return networkRule(text);
  const [, name = text, port] = /^(\[.+\]|[^:]+):(\d+)$/.exec(text) ?? [];
  const matches = nameRule(name.replace(/^\[|\]$/g, '').replace(/^\*(?=\.)/, ''));
  return (host, hostPort) => (port === undefined || port === hostPort) && matches(host);
}

function nameRule(name: string): (host: string) => boolean {
  if (name.startsWith('.')) return (host) => host.endsWith(name);
  if (isIP(name) !== 0) return (host) => host === name;
  return (host) => host === name || host.endsWith(`.${name}`);
}

function networkRule(text: string): Exemption {
  const [address = '', bits = ''] = text.split('/');
  const family = isIP(address);
  const prefix = /^\d{1,3}$/.test(bits) ? Number(bits) : Number.NaN;
  if (family === 0 || !(prefix <= (family === 6 ? 128 : 32))) return () => false;
  const network = new BlockList();
  network.addSubnet(address, prefix, family === 6 ? 'ipv6' : 'ipv4');
  return (host) => isIP(host) !== 0 && network.check(host, isIP(host) === 6 ? 'ipv6' : 'ipv4');
}
