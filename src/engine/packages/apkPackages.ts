import type { InstalledPackage, PackageFiles } from './installedPackage.ts';
import { requiredField, shortField } from './packageError.ts';
import { readStanzas, type Stanza, type StanzaFormat } from './stanzas.ts';

/** apk-tools 3 has moved it; what it finds in the new place it does not look for in the old. */
const databases = ['/usr/lib/apk/db/installed', '/lib/apk/db/installed'];

/** https://wiki.alpinelinux.org/wiki/Apk_spec: package, version, architecture, origin. */
const format: StanzaFormat = {
  fields: new Set(['P', 'V', 'A', 'o']),
  fieldName: (text) => text,
  continued: false,
};

/** What apk has installed. @throws `Corrupt`, `TooLarge`, `Cancelled` */
export async function* apkPackages(
  files: PackageFiles,
  signal?: AbortSignal,
): AsyncGenerator<InstalledPackage, void, undefined> {
  for (const path of databases) {
    const file = await files.open(path, signal);
    if (!file) continue;
    for await (const stanza of readStanzas(file, format, signal)) yield packageOf(stanza, path);
    return;
  }
}

function packageOf(stanza: Stanza, path: string): InstalledPackage {
  const architecture = stanza.get('A');
  const source = stanza.get('o');
  return {
    manager: 'apk',
    name: requiredField(stanza.get('P'), 'name', path),
    version: requiredField(stanza.get('V'), 'version', path),
    ...(architecture && { architecture: shortField(architecture, 'architecture', path) }),
    ...(source && { source: shortField(source, 'source', path) }),
  };
}
