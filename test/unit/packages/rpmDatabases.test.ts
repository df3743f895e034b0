import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { isEngineError } from '../../../src/engine/errors.ts';
import { packageLine, packagesOf, type WorldFiles } from '../../support/packages/packageWorld.ts';
import {
  berkeleyOf,
  fillSqlite,
  headerOf,
  ndbOf,
  type RpmFacts,
  rpmHeaderOf,
  writeSqlite,
} from '../../support/packages/rpmDatabases.ts';
import { pseudoRandom } from '../../support/pseudoRandom.ts';

const facts: readonly RpmFacts[] = [
  {
    name: 'bash',
    version: '5.1.8',
    release: '6.el9',
    architecture: 'x86_64',
    sourceRpm: 'bash-5.1.8-6.el9.src.rpm',
  },
  {
    name: 'shadow-utils',
    version: '4.9',
    release: '6.el9',
    epoch: 2,
    architecture: 'x86_64',
    padding: 90_000,
  },
  { name: 'zlib', version: '1.2', release: '1', epoch: 0, architecture: 'i686', padding: 700 },
  { name: 'gpg-pubkey', version: 'fd431d51', release: '4ae0493b', padding: 3000 },
];
const lines = [
  'bash 5.1.8-6.el9 x86_64 bash',
  'gpg-pubkey fd431d51-4ae0493b - -',
  'shadow-utils 2:4.9-6.el9 x86_64 -',
  'zlib 0:1.2-1 i686 -',
];
const headers = facts.map(rpmHeaderOf);

describe("RPM's databases", () => {
  const folder = mkdtempSync(join(tmpdir(), 'strata-rpm-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  let count = 0;

  function sqliteOf(blobs: readonly Buffer[], pageSize?: number): Buffer {
    const file = join(folder, `${count++}.sqlite`);
    writeSqlite(file, blobs, pageSize);
    return readFileSync(file);
  }

  const kinds: readonly (readonly [name: string, path: string, of: (blobs: readonly Buffer[]) => Buffer])[] =
    [
      ['SQLite', '/var/lib/rpm/rpmdb.sqlite', (blobs) => sqliteOf(blobs)],
      ['SQLite in small pages', '/usr/lib/sysimage/rpm/rpmdb.sqlite', (blobs) => sqliteOf(blobs, 512)],
      ['SQLite in large pages', '/usr/share/rpm/rpmdb.sqlite', (blobs) => sqliteOf(blobs, 65_536)],
      ['ndb', '/usr/lib/sysimage/rpm/Packages.db', ndbOf],
      ['Berkeley DB', '/var/lib/rpm/Packages', (blobs) => berkeleyOf(blobs)],
      ['Berkeley DB of a big-endian machine', '/var/lib/rpm/Packages', (blobs) => berkeleyOf(blobs, 'big')],
    ];

  for (const [name, path, of] of kinds) {
    it(`are read: ${name}`, async () => {
      assert.deepEqual((await packagesOf({ [path]: of(headers) }, 1 << 16)).map(packageLine), lines);
    });

    it(`hold nothing before the first package: ${name}`, async () => {
      assert.deepEqual(await packagesOf({ [path]: of([]) }, 1 << 16), []);
    });

    it(`are refused by reason or read, whatever is damaged: ${name}`, async () => {
      const whole = of(headers);
      const random = pseudoRandom(path.length);
      for (let round = 0; round < 60; round++) await survives({ [path]: damaged(whole, random) });
    });
  }

  it('are read over several levels of pages', async () => {
    const many = Array.from({ length: 3000 }, (_, number) => `p${String(number).padStart(4, '0')}`);
    const blobs = many.map((name) => rpmHeaderOf({ name, version: '1', release: '1', padding: 40 }));
    const packages = await packagesOf({ '/var/lib/rpm/rpmdb.sqlite': sqliteOf(blobs, 512) }, 1 << 16);
    assert.deepEqual(
      packages.map(({ name }) => name),
      many,
    );
  });

  it('are read with what SQLite has committed but not yet put in its place', async () => {
    const file = join(folder, 'log.sqlite');
    const database = new DatabaseSync(file);
    database.exec('PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0');
    fillSqlite(database, headers);
    const [main, log] = [readFileSync(file), readFileSync(`${file}-wal`)];
    database.close();
    const path = '/var/lib/rpm/rpmdb.sqlite';
    assert.deepEqual(
      (await packagesOf({ [path]: main, [`${path}-wal`]: log }, 1 << 16)).map(packageLine),
      lines,
    );
    const cut = log.subarray(0, log.length - 5000);
    assert.equal(
      (await packagesOf({ [path]: main, [`${path}-wal`]: cut }, 1 << 16)).length < lines.length,
      true,
    );
    const random = pseudoRandom(3);
    for (let round = 0; round < 60; round++) {
      await survives({ [path]: main, [`${path}-wal`]: damaged(log, random) });
    }
  });

  it('are read once where one place is there before another', async () => {
    const other = rpmHeaderOf({ name: 'other', version: '1', release: '1' });
    const packages = await packagesOf({
      '/usr/lib/sysimage/rpm/rpmdb.sqlite': sqliteOf(headers),
      '/var/lib/rpm/rpmdb.sqlite': sqliteOf([other]),
    });
    assert.deepEqual(packages.map(packageLine), lines);
  });

  const refusals: readonly (readonly [what: string, header: Buffer])[] = [
    ['a header that is cut off', rpmHeaderOf(facts[0] ?? {}).subarray(0, 60)],
    ['a header of nothing', Buffer.alloc(4)],
    ['counts beyond all bounds', Buffer.alloc(32, 0xff)],
    ['a package without a name', rpmHeaderOf({ version: '1', release: '1' })],
    [
      'a name that is a number',
      headerOf([
        [1000, 7],
        [1001, '1'],
        [1002, '1'],
      ]),
    ],
    ['a name without end', rpmHeaderOf({ name: 'n'.repeat(5000), version: '1', release: '1' })],
  ];
  for (const [what, header] of refusals) {
    it(`are refused for ${what}`, async () => {
      for (const [, path, of] of kinds) {
        await assert.rejects(packagesOf({ [path]: of([header]) }, 1 << 16), {
          reason: 'Corrupt',
          facts: { path },
        });
      }
    });
  }

  it('are refused for pages that lead round in circles', async () => {
    const bytes = sqliteOf(headers, 512);
    const root = bytes.indexOf(Buffer.of(0x05), 512);
    bytes.writeUInt32BE(root / 512 + 1, root + 8);
    await assert.rejects(packagesOf({ '/var/lib/rpm/rpmdb.sqlite': bytes }, 1 << 16), { reason: 'Corrupt' });
  });
});

/** Some bytes other, or the end gone. */
function damaged(whole: Buffer, random: () => number): Buffer {
  const copy = Buffer.from(whole);
  const near = random() < 0.5 ? Math.min(copy.length, 5000) : copy.length;
  for (let count = Math.ceil(random() * 12); count > 0; count--) {
    copy[Math.floor(random() * near)] = random() < 0.3 ? 0xff : Math.floor(random() * 256);
  }
  return random() < 0.2 ? copy.subarray(0, Math.floor(random() * copy.length)) : copy;
}

async function survives(files: WorldFiles): Promise<void> {
  try {
    await packagesOf(files, 1 << 16);
  } catch (error) {
    if (!isEngineError(error, 'Corrupt', 'TooLarge')) throw error;
  }
}
