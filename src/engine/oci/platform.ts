import { endianness } from 'node:os';
import { EngineError } from '../errors.ts';
import { asObject, asStringArray, optional, stringField } from './json.ts';
import { compareWindowsVersions, windowsRuns } from './windowsVersion.ts';

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
  const os = stringField(object, 'os', what) ?? '';
  const architecture = stringField(object, 'architecture', what) ?? '';
  const variant = stringField(object, 'variant', what);
  const osVersion = stringField(object, 'os.version', what);
  const osFeatures = optional(object['os.features'], `${what}.os.features`, asStringArray);
  if (osVersion === undefined && osFeatures === undefined) return usualPlatform(os, architecture, variant);
  return normalizePlatform({
    os,
    architecture,
    ...pick('variant', variant),
    ...pick('osVersion', osVersion),
    ...pick('osFeatures', osFeatures),
  });
}

interface UsualPlatform {
  readonly os: string;
  readonly architecture: string;
  readonly variant: string | undefined;
  readonly platform: Platform;
}

/** The same few platforms come again and again, thousands of times in a long list of images. */
const usualPlatforms: UsualPlatform[] = [];
const maxUsualPlatforms = 16;

function usualPlatform(os: string, architecture: string, variant: string | undefined): Platform {
  for (const usual of usualPlatforms) {
    if (usual.os === os && usual.architecture === architecture && usual.variant === variant)
      return usual.platform;
  }
  const platform = normalizePlatform({ os, architecture, ...pick('variant', variant) });
  if (usualPlatforms.length < maxUsualPlatforms) usualPlatforms.push({ os, architecture, variant, platform });
  return platform;
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
      return ['arm64', normalizeArm64Variant(given)];
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

function normalizeArm64Variant(variant: string): string {
  if (['8', 'v8', 'v8.0'].includes(variant)) return '';
  return ['9', '9.0', 'v9.0'].includes(variant) ? 'v9' : variant;
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
    case 'mipsel':
      return { architecture: 'mipsle' };
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
 * architecture it can also run (containerd's `platforms.Only`); on Windows the newest version that it runs.
 * Of equals the first. `undefined` where none runs.
 */
export function bestMatch<T extends { readonly platform?: Platform }>(
  candidates: readonly T[],
  wanted: Platform,
): T | undefined {
  const accepted = runnablePlatforms(normalizePlatform(wanted));
  let best: { candidate: T; rank: number } | undefined;
  for (const candidate of candidates) {
    if (!candidate.platform) continue;
    const platform = normalizePlatform(candidate.platform);
    const rank = accepted.findIndex((one) => runs(one, platform));
    if (rank < 0) continue;
    const isBetter =
      !best || rank < best.rank || (rank === best.rank && isNewerWindows(platform, best.candidate.platform));
    if (isBetter) best = { candidate, rank };
  }
  return best?.candidate;
}

/** Best first. https://github.com/containerd/platforms/blob/v1.0.0/compare.go (`platformVector`) */
function runnablePlatforms(platform: Platform): Platform[] {
  const { variant, ...bare } = platform;
  const withVariants = (variants: readonly string[]) =>
    variants.map((older) => normalizePlatform({ ...bare, variant: older }));
  switch (platform.architecture) {
    case 'amd64':
      return [platform, ...withVariants(olderVersions(variant, 1)), { ...bare, architecture: '386' }];
    case 'arm':
      return [platform, ...withVariants(olderVersions(variant, 5))];
    case 'arm64':
      return [
        platform,
        ...withVariants(olderArm64Variants(variant ?? 'v8')),
        ...runnablePlatforms({ ...bare, architecture: 'arm', variant: 'v8' }),
      ];
    default:
      return [platform];
  }
}

/** `v7` down to, say, `v5`: `v6`, `v5`. None where the variant is no plain version. */
function olderVersions(variant: string | undefined, oldest: number): string[] {
  const version = /^v?(\d{1,2})$/.exec(variant ?? '')?.[1];
  const count = version === undefined ? 0 : Math.max(0, Number(version) - oldest);
  return Array.from({ length: count }, (_, step) => `v${Number(version) - 1 - step}`);
}

/** v9.x runs what v9.0 to v9.x and v8.0 to v8.(x+5) run: v9.0 came out of v8.5. */
function olderArm64Variants(variant: string): string[] {
  const [, major, minor = '0'] = /^v?([89])(?:\.(\d{1,2}))?$/.exec(variant) ?? [];
  const minors = (series: number, from: number) =>
    Array.from({ length: Math.max(0, from + 1) }, (_, step) => `v${series}.${from - step}`);
  if (major === '9') return [...minors(9, Number(minor) - 1), ...minors(8, Number(minor) + 5)];
  return major === '8' ? minors(8, Number(minor) - 1) : [];
}

function runs(accepted: Platform, platform: Platform): boolean {
  return (
    accepted.os === platform.os &&
    accepted.architecture === platform.architecture &&
    (accepted.variant ?? '') === (platform.variant ?? '') &&
    (accepted.os !== 'windows' || windowsRuns(accepted.osVersion, platform.osVersion))
  );
}

function isNewerWindows(platform: Platform, than: Platform | undefined): boolean {
  return platform.os === 'windows' && compareWindowsVersions(platform.osVersion, than?.osVersion) > 0;
}

function pick<K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } {
  return (value === undefined ? {} : { [key]: value }) as { [P in K]?: V };
}
