import { lookup } from 'node:dns/promises';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { hostName } from './hosts.ts';
import { refusedAddress, refusedAddressCode } from './networkError.ts';

/** Where an address reaches. A `public` one is harmless to be sent to; the others are inside someone's walls. */
export type Reach = 'public' | 'private' | 'loopback' | 'linkLocal' | 'unspecified';

export interface HostAddress {
  readonly address: string;
  readonly family: number;
}

/** Turns a host's name into its addresses; rejects where there are none. */
export type HostLookup = (hostname: string) => Promise<readonly HostAddress[]>;

/** As the operating system resolves names. */
export const systemLookup: HostLookup = (hostname) => lookup(hostname, { all: true });

const subnets: Record<Exclude<Reach, 'public'>, readonly string[]> = {
  unspecified: ['0.0.0.0/8', '::/128'],
  loopback: ['127.0.0.0/8', '::1/128'],
  linkLocal: ['169.254.0.0/16', 'fe80::/10', 'fd00:ec2::254/128', '100.100.100.200/32'],
  // RFC 1918, RFC 6598, RFC 2544, RFC 6890, RFC 4193, RFC 3879 and broadcast.
  private: [
    '10.0.0.0/8',
    '172.16.0.0/12',
    '192.168.0.0/16',
    '100.64.0.0/10',
    '198.18.0.0/15',
    '192.0.0.0/24',
    '240.0.0.0/4',
    'fc00::/7',
    'fec0::/10',
  ],
};

let knownReaches: readonly (readonly [Reach, BlockList])[] | undefined;

/** Made when first asked for: that takes some 5 ms, and most runs ask no network. */
function reaches(): readonly (readonly [Reach, BlockList])[] {
  knownReaches ??= Object.entries(subnets).map(([reach, list]) => [reach as Reach, blockList(list)]);
  return knownReaches;
}

function blockList(subnets: readonly string[]): BlockList {
  const list = new BlockList();
  for (const subnet of subnets) {
    const [address = '', prefix] = subnet.split('/');
    list.addSubnet(address, Number(prefix), address.includes(':') ? 'ipv6' : 'ipv4');
  }
  return list;
}

/** IPv4 addresses in IPv6 clothing (mapped, NAT64, 6to4) count as the IPv4 address that they lead to. */
export function reachOf(address: string): Reach {
  const plain = embeddedIpv4(address) ?? address;
  const family = isIP(plain) === 6 ? 'ipv6' : 'ipv4';
  return reaches().find(([, list]) => list.check(plain, family))?.[0] ?? 'public';
}

function embeddedIpv4(address: string): string | undefined {
  if (isIP(address) !== 6) return undefined;
  // The URL parser writes every IPv6 address in one form, without zone and dotted parts.
  const canonical = new URL(`http://[${address.replace(/%.*$/, '')}]/`).hostname.slice(1, -1);
  const match =
    /^(?:::ffff:|::ffff:0:|64:ff9b::)([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(canonical) ??
    /^2002:([0-9a-f]{1,4}):([0-9a-f]{1,4}):/.exec(canonical);
  if (!match) return undefined;
  const [high = 0, low = 0] = match.slice(1).map((group) => Number.parseInt(group, 16));
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}

/**
 * Keeps a registry from sending us where only we can go: a token realm, a redirect or a foreign layer's URL must be at a
 * public address, unless the registry itself is at such an address (CVE-2026-48978, go-containerregistry #2243).
 *
 * Checked twice: before sending, by the name's addresses now, and again by the agent's `lookup` at the moment of
 * connecting, so that a name that changes its address in between (DNS rebinding) gains nothing. Where VS Code puts its
 * own agent in place of ours (a proxy is in force) only the first check applies: the proxy resolves and connects.
 */
export class AddressGuard {
  readonly #lookup: HostLookup;
  /** Every reach that connections to a registry's host have been given. */
  readonly #seen = new Map<string, Set<Reach>>();

  constructor(lookup: HostLookup = systemLookup) {
    this.#lookup = lookup;
  }

  /**
   * @param registryHost the registry that named the URL
   * @throws `Insecure` where the URL leads inside
   */
  async check(url: URL, registryHost: string): Promise<void> {
    const name = hostName(url.host);
    const trusted = await this.#trusted(registryHost);
    for (const { address } of await this.#addresses(name)) {
      const refused = refusedReach(trusted, address);
      if (refused) throw refusedAddress(url.host, `${address} is ${reachText[refused]}`);
    }
  }

  /** For connections to the registry itself: anything goes, and is remembered as where the registry is. */
  lookupRegistry(): LookupFunction {
    return lookupFunction(async (name) => {
      const addresses = await this.#lookup(name);
      this.#remember(name, addresses);
      return addresses;
    });
  }

  /** For connections to where a registry pointed. */
  lookupElsewhere(registryHost: string): LookupFunction {
    return lookupFunction(async (name) => {
      const trusted = await this.#trusted(registryHost);
      const addresses = await this.#lookup(name);
      const isRefused = addresses.some(({ address }) => refusedReach(trusted, address));
      if (isRefused) throw lookupError(name, refusedAddressCode);
      return addresses;
    });
  }

  async #trusted(registryHost: string): Promise<ReadonlySet<Reach>> {
    const name = hostName(registryHost);
    if (!this.#seen.has(name)) this.#remember(name, await this.#addresses(name));
    const own = this.#seen.get(name) ?? new Set<Reach>();
    return own.has('public') ? new Set() : own;
  }

  /** Empty where the name does not resolve here: then a connection fails by itself, or a proxy resolves it. */
  async #addresses(name: string): Promise<readonly HostAddress[]> {
    const family = isIP(name);
    if (family !== 0) return [{ address: name, family }];
    return this.#lookup(name).catch(() => []);
  }

  #remember(name: string, addresses: readonly HostAddress[]): void {
    if (addresses.length === 0) return;
    const seen = this.#seen.get(name) ?? new Set();
    for (const { address } of addresses) seen.add(reachOf(address));
    this.#seen.set(name, seen);
  }
}

/** What is on this machine may also name its neighbours: a registry under development with its storage beside it. */
function refusedReach(trusted: ReadonlySet<Reach>, address: string): Exclude<Reach, 'public'> | undefined {
  const reach = reachOf(address);
  if (reach === 'public' || trusted.has(reach)) return undefined;
  return reach === 'private' && trusted.has('loopback') ? undefined : reach;
}

const reachText: Record<Exclude<Reach, 'public'>, string> = {
  private: 'a private address',
  loopback: 'a loopback address',
  linkLocal: 'a link-local address',
  unspecified: 'an unspecified address',
};

function lookupFunction(resolve: HostLookup): LookupFunction {
  return (name, options, callback) => {
    resolve(name).then(
      (addresses) => {
        const fitting = addresses.filter(({ family }) => !options.family || options.family === family);
        const [first] = fitting;
        if (!first) return callback(lookupError(name, 'ENOTFOUND'), '', 0);
        if (options.all)
          return callback(
            null,
            fitting.map(({ address, family }) => ({ address, family })),
          );
        callback(null, first.address, first.family);
      },
      (error: NodeJS.ErrnoException) => callback(error, '', 0),
    );
  };
}

function lookupError(name: string, code: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`no address for ${name}`), { code });
}
