import assert from 'node:assert/strict';
import { imagePackages } from '../../../src/engine/packages/imagePackages.ts';
import { maxLineBytes } from '../../../src/engine/packages/packageLimits.ts';
import { packageLine, packagesOf, type WorldFiles, worldOf } from '../../support/packages/packageWorld.ts';

const dpkg = '/var/lib/dpkg/status';
const apk = '/lib/apk/db/installed';
const newApk = '/usr/lib/apk/db/installed';

const bash = 'Package: bash\nStatus: install ok installed\nArchitecture: amd64\nVersion: 5.2.15-2+b7\n';
const busybox = 'C:Q1abc=\nP:busybox\nV:1.36.1-r29\nA:x86_64\no:busybox\nF:bin\nR:busybox\na:0:0:755\n';

const cases: readonly (readonly [what: string, files: WorldFiles, packages: readonly string[]])[] = [
  ['nothing', {}, []],
  ['an empty database', { [dpkg]: '' }, []],
  ['a package', { [dpkg]: bash }, ['bash 5.2.15-2+b7 amd64 bash']],
  [
    'packages by name, whatever their order',
    { [dpkg]: 'Package: zlib1g\nVersion: 1\n\n\n \nPackage: apt\nVersion: 2\n\n' },
    ['apt 2 - apt', 'zlib1g 1 - zlib1g'],
  ],
  [
    'one for two architectures, with an epoch and a source of another name and version',
    {
      [dpkg]: ['i386', 'amd64']
        .map((it) => `Package: libc6\nArchitecture: ${it}\nVersion: 2:2.36-9\nSource: glibc (2.36-8)\n`)
        .join('\n'),
    },
    ['libc6 2:2.36-9 amd64 glibc', 'libc6 2:2.36-9 i386 glibc'],
  ],
  [
    'what is unpacked or half there, not what is gone but for its configuration',
    {
      [dpkg]: [
        'installed',
        'unpacked',
        'half-configured',
        'half-installed',
        'triggers-pending',
        'config-files',
        'not-installed',
      ]
        .map((status) => `Package: ${status}\nStatus: install ok ${status}\nVersion: 1\n`)
        .join('\n'),
    },
    ['half-configured', 'half-installed', 'installed', 'triggers-pending', 'unpacked'].map(
      (name) => `${name} 1 - ${name}`,
    ),
  ],
  [
    'fields written in another case, folded lines that look like fields, windows line ends',
    { [dpkg]: 'PACKAGE: a\r\nDescription: x\r\n Version: 9\r\n\tVersion: 8\r\nversion: 1\r\n' },
    ['a 1 - a'],
  ],
  [
    "a distroless image's files, sums left out",
    {
      '/var/lib/dpkg/status.d/base': 'Package: base-files\nVersion: 12.4\nArchitecture: amd64\n',
      '/var/lib/dpkg/status.d/base.md5sums': '0123  usr/bin/x\n',
      '/var/lib/dpkg/status.d/dHpkYXRh': 'Package: tzdata\nVersion: 2026a-0\nArchitecture: all',
    },
    ['base-files 12.4 amd64 base-files', 'tzdata 2026a-0 all tzdata'],
  ],
  [
    "apk's",
    { [apk]: `${busybox}\nP:musl\nV:1.2.5-r8\nA:x86_64\n` },
    ['busybox 1.36.1-r29 x86_64 busybox', 'musl 1.2.5-r8 x86_64 -'],
  ],
  ["apk's new place before its old one", { [apk]: busybox, [newApk]: 'P:musl\nV:1\n' }, ['musl 1 - -']],
  ['several managers', { [apk]: 'P:b\nV:1\n', [dpkg]: 'Package: a\nVersion: 1\n' }, ['a 1 - a', 'b 1 - -']],
  ['names that are no ASCII, split anywhere', { [apk]: 'P:größe-日本\nV:1\n' }, ['größe-日本 1 - -']],
];

const refusals: readonly (readonly [what: string, files: WorldFiles, reason: string])[] = [
  ['a line that is no field', { [dpkg]: 'Package: a\nVersion 1\n' }, 'Corrupt'],
  ['bytes that are no text', { [apk]: Buffer.from([0xff, 0, 1, 2, 10, 3]) }, 'Corrupt'],
  ['a package without a name', { [apk]: 'V:1\n' }, 'Corrupt'],
  ['a package without a version', { [dpkg]: 'Package: a\nStatus: install ok installed\n' }, 'Corrupt'],
  ['a name without end', { [apk]: `P:${'n'.repeat(5000)}\nV:1\n` }, 'Corrupt'],
  ['a line without end', { [apk]: `P:${'n'.repeat(maxLineBytes)}` }, 'TooLarge'],
];

describe('package databases that are text', () => {
  for (const [what, files, expected] of cases) {
    it(`give ${what}`, async () => {
      for (const pieceSize of [1, 7, 4096]) {
        assert.deepEqual((await packagesOf(files, pieceSize)).map(packageLine), expected);
      }
    });
  }

  for (const [what, files, reason] of refusals) {
    it(`are refused for ${what}`, async () => {
      const [path] = Object.keys(files);
      await assert.rejects(packagesOf(files, 1 << 16), { reason, facts: { path } });
    });
  }

  it('are refused for more packages than any image has', async () => {
    const many = 'P:a\nV:1\n\n'.repeat(200_001);
    await assert.rejects(packagesOf({ [apk]: many }, 1 << 16), { reason: 'TooLarge' });
  });

  it('are left once nobody wants them any more', async () => {
    const world = worldOf({ [dpkg]: bash });
    await assert.rejects(imagePackages(world, AbortSignal.abort()), { reason: 'Cancelled' });
  });
});
