import { readFileSync } from 'node:fs';
import { findChromium } from '../vscode/chromium.ts';
import { runChild } from './child.ts';
import { hasCommand } from './command.ts';

const installTimeout = 420_000;

/** A program that a stage needs and npm cannot bring. */
export interface SystemPart {
  readonly name: string;
  /** Debian and Ubuntu packages that bring it. */
  readonly packages: readonly string[];
  /** How to get it elsewhere. */
  readonly hint: string;
  present(): boolean;
}

function part(
  name: string,
  commands: readonly string[],
  packages: readonly string[],
  hint: string,
): SystemPart {
  return { name, packages, hint, present: () => commands.every(hasCommand) };
}

export const git = part('git', ['git'], ['git'], 'https://git-scm.com/downloads');

export const openssl = part('openssl', ['openssl'], ['openssl'], 'https://openssl.org');

export const dockerRegistry = part(
  'docker-registry',
  ['docker-registry'],
  ['docker-registry'],
  'https://github.com/distribution/distribution, its binary on the PATH as docker-registry',
);

export const dockerEngine = part(
  'dockerd',
  ['dockerd', 'docker', 'containerd', 'runc'],
  ['docker.io', 'containerd', 'runc'],
  'https://docs.docker.com/engine/install/',
);

export const podman = part('podman', ['podman'], ['podman'], 'https://podman.io/docs/installation');

export const skopeo = part('skopeo', ['skopeo'], ['skopeo'], 'https://github.com/containers/skopeo');

export const zstd = part('zstd', ['zstd'], ['zstd'], 'https://facebook.github.io/zstd');

export const xz = part('xz', ['xz'], ['xz-utils'], 'https://tukaani.org/xz');

export const bzip2 = part('bzip2', ['bzip2'], ['bzip2'], 'https://sourceware.org/bzip2');

export const buildah = part('buildah', ['buildah'], ['buildah'], 'https://buildah.io');

export const umoci = part('umoci', ['umoci'], ['umoci'], 'https://umo.ci');

export const rpm = part('rpm', ['rpm', 'rpmbuild'], ['rpm'], 'https://rpm.org');

export const berkeleyDb = part(
  'db5.3_load',
  ['db5.3_load'],
  ['db5.3-util'],
  "Debian's package db5.3-util: Berkeley DB's own tools",
);

export const chromium: SystemPart = {
  name: 'chromium',
  packages: ['chromium'],
  hint: 'install Chromium, Chrome or Edge, or set STRATA_CHROMIUM to one',
  present: () => findChromium() !== undefined,
};

/** Debian's own package archive: real images are built from it. */
export const debianArchive: SystemPart = {
  name: 'a Debian system',
  packages: [],
  hint: 'run on Debian or Ubuntu, in a container for example',
  present: () => hasCommand('apt-get') && hasCommand('dpkg-deb'),
};

/**
 * Installs the parts that are missing where that can be done without asking: as root on Debian or Ubuntu.
 * @returns the parts that are still missing
 */
export async function completeParts(wanted: Iterable<SystemPart>): Promise<SystemPart[]> {
  const missing = [...new Set(wanted)].filter((part) => !part.present());
  const packages = missing.flatMap((part) => part.packages);
  if (packages.length === 0 || !canInstall()) return missing;
  console.log(`Installing what is missing: ${packages.join(' ')}`);
  await apt(['update', '--quiet']);
  await apt(['install', '--yes', '--quiet', '--no-install-recommends', ...packages]);
  return missing.filter((part) => !part.present());
}

function canInstall(): boolean {
  return process.getuid?.() === 0 && hasCommand('apt-get') && isDebianLike();
}

function isDebianLike(): boolean {
  return /^ID(_LIKE)?=.*\b(debian|ubuntu)\b/m.test(readFileSync('/etc/os-release', 'utf8'));
}

async function apt(args: readonly string[]): Promise<void> {
  const { code, output } = await runChild('apt-get', args, {
    output: 'capture',
    timeout: installTimeout,
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
  if (code !== 0) console.error(`apt-get ${args.join(' ')} failed:\n${output}`);
}
