// Runs in the page: a host for the Compare page that knows two made-up images, in the place of VS Code's.

import {
  type CompareContract,
  type ComparedFacts,
  type ComparedLayer,
  type ConfigChange,
  changeKinds,
  compareValidators,
  type FileChanges,
  type PackageRow,
} from '../../../src/protocol/comparePage.ts';
import { answerPage, type HostOptions, hostOptions } from './pageHost.ts';

export interface CompareHostOptions extends HostOptions {
  /** Stand among the others in every place that an image's author fills. */
  readonly hostile?: readonly string[];
}

const { hostile = [] } = hostOptions<CompareHostOptions>();

answerPage<CompareContract>(compareValidators, {
  read: () => undefined,
  images: () => ({ before: facts('1'), after: facts('2') }),
  config: () => config,
  packages: () => ({ changes: packages, unchanged: 118 }),
  files: async (_, send) => {
    await send(files());
    return { added: 2, removed: 1, modified: 1 + hostile.length, renamed: 1 };
  },
  open: () => undefined,
  copy: () => undefined,
  signIn: () => true,
  swap: () => undefined,
});

function facts(version: string): ComparedFacts {
  const own = ['COPY . /app', 'RUN npm ci --omit=dev', ...hostile].map((instruction, at) =>
    layer(`${version}${at}`, instruction, 1_200_000 * (at + 1)),
  );
  const layers = [layer('0', 'ADD rootfs.tar.xz /', 31_000_000), ...own];
  return {
    platform: 'linux/amd64',
    created: '12 May 2026',
    size: layers.reduce((sum, { size }) => sum + size, 0),
    unpackedSize: 210_000_000,
    layers,
  };
}

/** The second image's own first one: a layer that tells what it holds by a list that nobody vouches for. */
const unvouched = '20';

function layer(name: string, instruction: string, size: number): ComparedLayer {
  const hash = `sha256:${name.padStart(64, '0')}`;
  return {
    digest: hash,
    diffId: hash,
    instruction,
    size,
    unpackedSize: size * 3,
    filesVerified: name !== unvouched,
  };
}

const config: readonly ConfigChange[] = [
  { field: 'Variable', name: 'NODE_VERSION', before: '22.4.0', after: '24.1.0' },
  { field: 'Port', name: '8080/tcp', before: null, after: '' },
  ...hostile.flatMap((text) => [
    { field: 'Label', name: text, before: text, after: `${text}!` },
    { field: 'Variable', name: text, before: text, after: null },
    { field: 'Entrypoint', name: '', before: null, after: text },
  ]),
];

const packages: readonly PackageRow[] = [
  {
    name: 'openssl',
    manager: 'dpkg',
    before: { version: '3.5.4-1', architecture: 'amd64', source: '' },
    after: { version: '3.5.6-1', architecture: 'amd64', source: '' },
  },
  {
    name: 'libold',
    manager: 'dpkg',
    before: { version: '1.0', architecture: 'amd64', source: 'old' },
    after: null,
  },
  ...hostile.map((text) => ({
    name: text,
    manager: 'apk',
    before: { version: text, architecture: text, source: text },
    after: { version: `${text}!`, architecture: text, source: text },
  })),
];

/** In byte order of path, as far as the page needs it. */
function files(): FileChanges {
  const rows: readonly (readonly [path: string, kind: (typeof changeKinds)[number], detail: string])[] = [
    ['/app/main.js', 'modified', ''],
    ['/app/new.js', 'added', ''],
    ['/app/moved.js', 'renamed', '/srv/moved.js'],
    ['/etc/old.conf', 'removed', ''],
    ['/etc/new.conf', 'added', ''],
    ...hostile.map((text) => [`/${text.replaceAll('/', '∕')}`, 'modified', text] as const),
  ];
  return {
    paths: rows.map(([path]) => path),
    kinds: rows.map(([, kind]) => changeKinds.indexOf(kind)),
    openable: rows.map(() => true),
    isFolder: rows.map(() => false),
    sizesBefore: rows.map((_, at) => 1000 * at),
    sizesAfter: rows.map((_, at) => 1500 * at),
    details: rows.map(([, , detail]) => detail),
  };
}
