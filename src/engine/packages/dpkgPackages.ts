import type { InstalledPackage, PackageFile, PackageFiles } from './installedPackage.ts';
import { requiredField, shortField, tooLargeDatabase } from './packageError.ts';
import { maxStatusFiles } from './packageLimits.ts';
import { readStanzas, type Stanza, type StanzaFormat } from './stanzas.ts';

const statusFile = '/var/lib/dpkg/status';
/** Images without dpkg itself have one file a package. https://github.com/GoogleContainerTools/distroless */
const statusFolder = '/var/lib/dpkg/status.d';

/** https://manpages.debian.org/deb-control; names of fields do not depend on case. */
const format: StanzaFormat = {
  fields: new Set(['package', 'status', 'version', 'architecture', 'source']),
  fieldName: (text) => text.toLowerCase(),
  continued: true,
};

/** What dpkg has on the system: all that is unpacked, configured or not. @throws `Corrupt`, `TooLarge`, `Cancelled` */
export async function* dpkgPackages(
  files: PackageFiles,
  signal?: AbortSignal,
): AsyncGenerator<InstalledPackage, void, undefined> {
  const status = await files.open(statusFile, signal);
  if (status) yield* packagesOf(status, signal);
  for (const path of await statusFiles(files, signal)) {
    const file = await files.open(path, signal);
    if (file) yield* packagesOf(file, signal);
  }
}

async function statusFiles(files: PackageFiles, signal?: AbortSignal): Promise<readonly string[]> {
  const paths = await files.list(statusFolder, signal);
  if (paths.length > maxStatusFiles) {
    throw tooLargeDatabase(statusFolder, `it has more than ${maxStatusFiles} files`);
  }
  return paths.filter((path) => !path.endsWith('.md5sums'));
}

async function* packagesOf(
  file: PackageFile,
  signal: AbortSignal | undefined,
): AsyncGenerator<InstalledPackage, void, undefined> {
  for await (const stanza of readStanzas(file, format, signal)) {
    if (isThere(stanza)) yield packageOf(stanza, file.path);
  }
}

/** `WANT FLAG STATUS`; files of a package that is removed but for its configuration are no package. */
function isThere(stanza: Stanza): boolean {
  const status = stanza.get('status')?.split(/\s+/)[2];
  return status !== 'not-installed' && status !== 'config-files';
}

function packageOf(stanza: Stanza, path: string): InstalledPackage {
  const name = requiredField(stanza.get('package'), 'name', path);
  const architecture = stanza.get('architecture');
  return {
    manager: 'dpkg',
    name,
    version: requiredField(stanza.get('version'), 'version', path),
    ...(architecture && { architecture: shortField(architecture, 'architecture', path) }),
    source: sourceName(stanza.get('source'), path) ?? name,
  };
}

/** `NAME` or `NAME (VERSION)`; left out where it is called as the package is. */
function sourceName(text: string | undefined, path: string): string | undefined {
  const name = text?.split(/[\s(]/)[0];
  return name ? shortField(name, 'source', path) : undefined;
}
