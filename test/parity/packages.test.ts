import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { packageLine, packagesOf } from '../support/packages/packageWorld.ts';
import { run } from '../support/realParts/command.ts';

/** The description makes a header larger than a page of the database. */
const specification = (number: number) => `
Name: probe-${number}
${number === 1 ? '' : `Epoch: ${number - 2}`}
Version: 1.${number}
Release: ${number}.el9
Summary: A probe
License: MIT
BuildArch: noarch
%description
${'many words '.repeat(number * 900)}
%package -n library-${number}
Summary: Its library
%description -n library-${number}
${'word '.repeat(number)}
%files
%files -n library-${number}
`;

describe('packages beside dpkg-query', () => {
  it('what this machine has', async () => {
    const fields = ['Package', 'Version', 'Architecture', 'source:Package'];
    const format = `${fields.map((field) => `$\{${field}}`).join(' ')} $\{db:Status-Status}\n`;
    const output = await run('dpkg-query', ['-W', '-f', format]);
    const expected = output
      .split('\n')
      .slice(0, -1)
      .filter((line) => !line.endsWith(' config-files'))
      .map((line) => line.slice(0, line.lastIndexOf(' ')));
    const status = '/var/lib/dpkg/status';
    const packages = await packagesOf({ [status]: await readFile(status) }, 1 << 16);
    assert.ok(packages.length > 50);
    assert.deepEqual(packages.map(packageLine).toSorted(), expected.toSorted());
  });
});

describe("packages beside RPM's own tools", function () {
  this.timeout(120_000);
  let folder: string;
  let database: string;

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'strata-rpm-'));
    database = path.join(folder, 'sqlite');
    await mkdir(database);
    const files = (await Promise.all([1, 2, 3].map(buildPackages))).flat();
    await run('rpm', ['--dbpath', database, '--initdb']);
    await run('rpm', ['--dbpath', database, '--nodeps', '--justdb', '--install', ...files]);
  });

  after(() => rm(folder, { recursive: true, force: true }));

  /** In a folder of its own: builds that make the same folders at once fail. Gives the packages' files. */
  async function buildPackages(number: number): Promise<readonly string[]> {
    const top = path.join(folder, `${number}`);
    const file = path.join(folder, `${number}.spec`);
    await writeFile(file, specification(number));
    await run('rpmbuild', ['-bb', '--quiet', '--define', `_topdir ${top}`, file]);
    const built = path.join(top, 'RPMS', 'noarch');
    return (await readdir(built)).map((name) => path.join(built, name));
  }

  async function queried(dbpath: string, ...options: readonly string[]): Promise<string[]> {
    const format = '%{NAME} %{EVR} %{ARCH} %{SOURCERPM}\n';
    const output = await run('rpm', [...options, '--dbpath', dbpath, '-qa', '--queryformat', format]);
    const names = output.trim().split('\n');
    return names.map((line) => line.replace(/-[^-]+-[^-]+\.src\.rpm$/, '')).toSorted();
  }

  it('SQLite: what rpm -qa has', async () => {
    const bytes = await readFile(path.join(database, 'rpmdb.sqlite'));
    const packages = await packagesOf({ '/usr/lib/sysimage/rpm/rpmdb.sqlite': bytes }, 1 << 16);
    assert.equal(packages.length, 6);
    assert.deepEqual(packages.map(packageLine).toSorted(), await queried(database));
  });

  it('Berkeley DB, as its own tool loads it: what rpm -qa has', async () => {
    const old = path.join(folder, 'berkeley');
    await mkdir(old);
    await loadBerkeley(path.join(database, 'rpmdb.sqlite'), old);
    const bytes = await readFile(path.join(old, 'Packages'));
    const packages = await packagesOf({ '/var/lib/rpm/Packages': bytes }, 1 << 16);
    assert.equal(packages.length, 6);
    const backend = ['--define', '_db_backend bdb_ro'];
    assert.deepEqual(packages.map(packageLine).toSorted(), await queried(old, ...backend));
  });
});

/** The packages of the one database as RPM used to keep them. */
async function loadBerkeley(sqlite: string, target: string): Promise<void> {
  using database = new DatabaseSync(sqlite, { readOnly: true });
  const rows = database.prepare('SELECT hnum, hex(blob) AS hex FROM Packages').all();
  const lines = rows.flatMap(({ hnum, hex }) => [littleEndian(Number(hnum)), String(hex).toLowerCase()]);
  const highest = littleEndian(Math.max(...rows.map(({ hnum }) => Number(hnum))));
  const items = [littleEndian(0), highest, ...lines].map((line) => ` ${line}\n`).join('');
  const dump = path.join(target, 'dump');
  const header = 'VERSION=3\nformat=bytevalue\ntype=hash\ndb_pagesize=4096\nHEADER=END\n';
  await writeFile(dump, `${header}${items}DATA=END\n`);
  await run('db5.3_load', ['-f', dump, path.join(target, 'Packages')]);
}

function littleEndian(value: number): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes.toString('hex');
}
