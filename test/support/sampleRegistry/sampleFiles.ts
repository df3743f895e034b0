import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { rootCertificates } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { type HelloArchitecture, helloProgram } from './helloProgram.ts';
import { directory, file, type LayerFile, symlink } from './layerTar.ts';
import { packageDatabase } from './samplePackages.ts';

const modulesDirectory = fileURLToPath(new URL('../../../node_modules/', import.meta.url));

/** A package of this project's own lock file, as `npm ci` would have put it into an image. */
export function packageFiles(name: string, into: string): LayerFile[] {
  const root = path.join(modulesDirectory, name);
  const names = readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)).replaceAll(path.sep, '/'))
    .filter((relative) => !relative.startsWith('node_modules/'))
    .sort();
  return names.map((relative) =>
    file(`${into}/${name}/${relative}`, readFileSync(path.join(root, relative))),
  );
}

/** One file of a package. */
export function packageFile(name: string, relative: string): Buffer {
  return readFileSync(path.join(modulesDirectory, name, relative));
}

/** What a small Linux distribution has before anything is installed. */
export function distributionFiles(version: string, architecture: HelloArchitecture): LayerFile[] {
  return [
    directory('tmp', 0o1777),
    directory('root', 0o700),
    directory('proc', 0o555),
    directory('usr/bin'),
    symlink('bin', 'usr/bin'),
    file('etc/os-release', osRelease(version)),
    file('etc/acme-release', `${version}\n`),
    file('etc/passwd', passwd()),
    file('etc/group', 'root:x:0:\nnobody:x:65534:\n'),
    file('etc/shadow', 'root:*:20000:0:99999:7:::\nnobody:*:20000:0:99999:7:::\n', 0o640),
    file('etc/nsswitch.conf', 'passwd: files\ngroup: files\nhosts: files dns\n'),
    file('etc/motd', `Welcome to Acme Linux ${version}.\n`),
    file('etc/profile', 'export PATH=/usr/local/bin:/usr/bin\numask 022\n'),
    file(
      'usr/bin/hello',
      helloProgram(architecture, `hello from Acme Linux ${version} on ${architecture}`),
      0o755,
    ),
    file('usr/share/doc/acme-base/changelog', changelog(version)),
    file('var/lib/dpkg/status', packageDatabase(version, architecture)),
  ];
}

export function passwd(...more: string[]): string {
  const lines = ['root:x:0:0:root:/root:/usr/bin/sh', 'nobody:x:65534:65534:nobody:/:/usr/sbin/nologin'];
  return [...lines, ...more, ''].join('\n');
}

/** The certificates that Node itself trusts. */
export function certificateFiles(): LayerFile[] {
  return [
    file('etc/ssl/certs/ca-certificates.crt', `${rootCertificates.join('\n')}\n`),
    symlink('etc/ssl/cert.pem', 'certs/ca-certificates.crt'),
  ];
}

function osRelease(version: string): string {
  const fields = {
    NAME: 'Acme Linux',
    ID: 'acme',
    ID_LIKE: 'debian',
    VERSION_ID: version,
    PRETTY_NAME: `Acme Linux ${version}`,
    HOME_URL: 'https://acme.example/linux',
    SUPPORT_URL: 'https://acme.example/support',
  };
  return Object.entries(fields)
    .map(([key, value]) => `${key}="${value}"\n`)
    .join('');
}

function changelog(version: string): string {
  const entries = ['1.1 Time zones follow the 2026a data; /etc/motd says who we are.', '1.0 First release.'];
  return `${entries.slice(version === '1.0' ? 1 : 0).join('\n')}\n`;
}
