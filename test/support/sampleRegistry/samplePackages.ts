import type { HelloArchitecture } from './helloProgram.ts';

interface SamplePackage {
  readonly name: string;
  /** By version of the distribution; what has none there is not installed in it. */
  readonly versions: Readonly<Partial<Record<string, string>>>;
  readonly architecture?: 'all';
  readonly source?: string;
}

const packages: readonly SamplePackage[] = [
  { name: 'acme-base', versions: { '1.0': '1.0', '1.1': '1.1' }, architecture: 'all' },
  { name: 'acme-hello', versions: { '1.0': '2.12-1', '1.1': '2.12-1' }, source: 'acme-programs (2.12)' },
  { name: 'ca-certificates', versions: { '1.0': '20260105', '1.1': '20260105' }, architecture: 'all' },
  { name: 'libacme-log1', versions: { '1.0': '0.9.4-2' }, source: 'acme-log' },
  { name: 'libacme-trace2', versions: { '1.1': '2.0.1-1' }, source: 'acme-trace' },
  { name: 'openssl', versions: { '1.0': '1:3.5.4-1', '1.1': '1:3.5.6-1+acme1' } },
  { name: 'tzdata', versions: { '1.0': '2025c-0', '1.1': '2026a-0' }, architecture: 'all' },
];

/** dpkg's database of what the distribution has installed. */
export function packageDatabase(version: string, architecture: HelloArchitecture): string {
  return packages
    .flatMap(({ name, versions, architecture: own = architecture, source }) => {
      const installed = versions[version];
      return installed === undefined ? [] : [stanza(name, installed, own, source)];
    })
    .join('\n');
}

function stanza(name: string, version: string, architecture: string, source: string | undefined): string {
  const fields = {
    Package: name,
    Status: 'install ok installed',
    Priority: 'optional',
    Section: 'misc',
    Maintainer: 'Acme Linux <linux@acme.example>',
    Architecture: architecture,
    ...(source && { Source: source }),
    Version: version,
    Description: `${name} of Acme Linux\n Part of what every container of Acme has.`,
  };
  return Object.entries(fields)
    .map(([key, value]) => `${key}: ${value}\n`)
    .join('');
}
