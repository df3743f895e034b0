import { endianness } from 'node:os';
import { EngineError } from '../errors.ts';
import { asObject, asString, asStringArray, optional } from './json.ts';

/** What an image runs on. Values as in Go's GOOS and GOARCH. https://github.com/opencontainers/image-spec/blob/v1.1.0/image-index.md */
export interface Platform {
  readonly os: string;
  readonly architecture: string;
  /** `v7`; absent for the architecture's usual one. */
  readonly variant?: string;
  /** Windows: `10.0.20348.1787` */
  readonly osVersion?: string;
  readonly osFeatures?: readonly string[];
}

const systems = new Set(
  'aix android darwin dragonfly freebsd hurd illumos ios js linux nacl netbsd openbsd plan9 solaris wasip1 windows zos'.split(
    ' ',
  ),
);
const architectures = new Set(
  (
    '386 amd64 amd64p32 arm armbe arm64 arm64be loong64 mips mipsle mips64 mips64le mips64p32 mips64p32le ppc ppc64 ' +
    'ppc64le riscv riscv64 s390 s390x sparc sparc64 wasm'
  ).split(' '),
);

/** @throws `Corrupt` */
export function platformFromJson(json: unknown, what: string): Platform {
  const object = asObject(json, what);
  return normalizePlatform({
    os: optional(object.os, `${what}.os`, asString) ?? '',
    architecture: optional(object.architecture, `${what}.architecture`, asString) ?? '',
    ...pick('variant', optional(object.variant, `${what}.variant`, asString)),
    ...pick('osVersion', optional(object['os.version'], `${what}.os.version`, asString)),
    ...pick('osFeatures', optional(object['os.features'], `${what}.os.features`, asStringArray)),
  });
}

/** The shape that image indexes have. */
export function platformToJson(platform: Platform): Record<string, unknown> {
  const { os, architecture, variant, osVersion, osFeatures } = platform;
  return {
    architecture,
    os,
    ...(osVersion && { 'os.version': osVersion }),
    ...(osFeatures && { 'os.features': osFeatures }),
    ...(variant && { variant }),
  };
}

/**
 * Reads `os`, `arch`, `os/arch` or `os/arch/variant` as containerd's `platforms.Parse` does (`os(version)` included); what is not said is the
 * host's.
 * @throws `Invalid`
 */
export function parsePlatform(text: string, host: Platform = hostPlatform()): Platform {
  const parts = text.split('/');
  if (parts.length > 3) throw invalid(text, 'it has more than three parts');
  const [system = '', ...rest] = parts;
  const match = /^([A-Za-z0-9_-]+)(?:\(([A-Za-z0-9_.-]*)\))?$/.exec(system);
  if (!match || !rest.every((part) => /^[A-Za-z0-9_.-]+$/.test(part)))
    throw invalid(text, 'write os/arch[/variant]');
  const [, os = '', osVersion] = match;
  const version = pick('osVersion', osVersion || undefined);
  if (rest.length === 0) return parseSinglePart(text, os, version, host);
  const [architecture = '', variant] = rest;
  return normalizePlatform({ os, architecture, ...pick('variant', variant), ...version });
}

function parseSinglePart(
  text: string,
  part: string,
  version: { osVersion?: string },
  host: Platform,
): Platform {
  const os = normalizeOs(part);
  if (systems.has(os)) {
    return { os, architecture: host.architecture, ...pick('variant', host.variant), ...version };
  }
  const platform = normalizePlatform({ os: host.os, architecture: part });
  if (architectures.has(platform.architecture)) return platform;
  throw invalid(text, 'unknown operating system or architecture');
}

function invalid(text: string, why: string): EngineError {
  return new EngineError('Invalid', `invalid platform ${JSON.stringify(text)}: ${why}`);
}

/** `linux/arm/v7` */
export function formatPlatform({ os, architecture, variant }: Platform): string {
  return [os || 'unknown', architecture || 'unknown', variant].filter(Boolean).join('/');
}

/** Attestations and the like sit in an index as `unknown/unknown`: manifests that no host runs. */
export function isUnknownPlatform({ os, architecture }: Platform): boolean {
  return os === 'unknown' || os === '' || architecture === 'unknown' || architecture === '';
}

/** containerd's `platforms.Normalize`. https://github.com/containerd/platforms/blob/v1.0.0/database.go */
export function normalizePlatform(platform: Platform): Platform {
  const { variant: _, ...rest } = platform;
  const [architecture, variant] = normalizeArchitecture(platform.architecture, platform.variant ?? '');
  return { ...rest, os: normalizeOs(platform.os), architecture, ...pick('variant', variant || undefined) };
}

function normalizeOs(os: string): string {
  const lower = os.toLowerCase();
  return lower === 'macos' ? 'darwin' : lower;
}

function normalizeArchitecture(
  architecture: string,
  variant: string,
): [architecture: string, variant: string] {
  const arch = architecture.toLowerCase();
  const given = variant.toLowerCase();
  switch (arch) {
    case 'i386':
      return ['386', ''];
    case 'x86_64':
    case 'x86-64':
    case 'amd64':
      return ['amd64', given === 'v1' ? '' : given];
    case 'aarch64':
    case 'arm64':
      return ['arm64', given === '8' || given === 'v8' || given === 'v8.0' ? '' : given];
    case 'armhf':
      return ['arm', 'v7'];
    case 'armel':
      return ['arm', 'v6'];
    case 'arm':
      return ['arm', given === '' ? 'v7' : /^[5-8]$/.test(given) ? `v${given}` : given];
    default:
      return [arch, given];
  }
}

/** The host's platform: its own on Linux and, since images are Linux images, `linux` with its architecture elsewhere. */
export function hostPlatform(): Platform {
  return { os: 'linux', ...hostArchitecture() };
}

function hostArchitecture(): { architecture: string; variant?: string } {
  switch (process.arch) {
    case 'x64':
      return { architecture: 'amd64' };
    case 'ia32':
      return { architecture: '386' };
    case 'arm':
      return { architecture: 'arm', variant: `v${armVersion()}` };
    case 'ppc64':
      return { architecture: endianness() === 'LE' ? 'ppc64le' : 'ppc64' };
    default:
      return { architecture: process.arch };
  }
}

function armVersion(): string {
  const { variables } = process.config as { variables: Record<string, unknown> };
  return String(variables.arm_version ?? '7');
}

/**
 * The candidate that a host of the wanted platform should run: the same variant, else the nearest older one, else the
 * architecture it can also run (containerd's `platforms.Only`); on Windows the same build, newest revision first.
 * Of equals the first. `undefined` where none runs.
 */
export function bestMatch<T extends { readonly platform?: Platform }>(
  candidates: readonly T[],
  wanted: Platform,
): T | undefined {
  const ranks = runnablePlatforms(normalizePlatform(wanted));
  let best: { candidate: T; rank: number; revision: number } | undefined;
  for (const candidate of candidates) {
    if (!candidate.platform) continue;
    const platform = normalizePlatform(candidate.platform);
    const rank = ranks.findIndex((accepted) => runs(accepted, platform));
    if (rank < 0) continue;
    const revision = windowsRevision(platform, wanted);
    if (!best || rank < best.rank || (rank === best.rank && revision > best.revision)) {
      best = { candidate, rank, revision };
    }
  }
  return best?.candidate;
}

/** Best first. https://github.com/containerd/platforms/blob/v1.0.0/compare.go (`platformVector`) */
function runnablePlatforms(platform: Platform): Platform[] {
  const { variant: given, ...bare } = platform;
  const version = Number(given?.replace(/^v/, '').split('.')[0] ?? Number.NaN);
  const older = (from: number, to: number) =>
    Array.from({ length: Math.max(0, from - to) }, (_, step) =>
      normalizePlatform({ ...bare, variant: `v${from - 1 - step}` }),
    );
  switch (platform.architecture) {
    case 'amd64':
      return [platform, ...(version > 1 ? older(version, 1) : []), { ...bare, architecture: '386' }];
    case 'arm':
      return [platform, ...(version > 5 ? older(version, 5) : [])];
    case 'arm64':
      return [
        platform,
        ...(version > 8 || (given?.includes('.') ?? false) ? [bare] : []),
        ...runnablePlatforms({ ...bare, architecture: 'arm', variant: 'v8' }),
      ];
    default:
      return [platform];
  }
}

function runs(accepted: Platform, platform: Platform): boolean {
  return (
    accepted.os === platform.os &&
    accepted.architecture === platform.architecture &&
    (accepted.variant ?? '') === (platform.variant ?? '') &&
    sameWindowsBuild(accepted, platform)
  );
}

/** A Windows host runs images of its own build (`10.0.20348`); without a version on either side anything goes. */
function sameWindowsBuild(accepted: Platform, platform: Platform): boolean {
  if (accepted.os !== 'windows' || !accepted.osVersion || !platform.osVersion) return true;
  const build = (version: string) => version.split('.').slice(0, 3).join('.');
  return build(accepted.osVersion) === build(platform.osVersion);
}

/** Among images of one build the newest revision wins, and any revision over none. */
function windowsRevision(platform: Platform, wanted: Platform): number {
  if (wanted.os !== 'windows') return 0;
  return platform.osVersion ? Number(platform.osVersion.split('.')[3] ?? 0) : -1;
}

function pick<K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } {
  return (value === undefined ? {} : { [key]: value }) as { [P in K]?: V };
}
