import { setImmediate as nextTurn } from 'node:timers/promises';
import { throwIfCancelled } from '../errors.ts';
import { berkeleyHash } from './berkeleyHash.ts';
import { holdFile } from './heldFile.ts';
import type { InstalledPackage, PackageFile, PackageFiles } from './installedPackage.ts';
import { ndbHeaders } from './ndbPackages.ts';
import { rpmPackage } from './rpmHeader.ts';
import { SqliteFile } from './sqliteFile.ts';
import { sqliteTable } from './sqliteTable.ts';
import { withLog } from './sqliteWal.ts';

/** Where RPM has kept its database; one may be a link to another. */
const folders = ['/usr/lib/sysimage/rpm', '/var/lib/rpm', '/usr/share/rpm'];

type Headers = (bytes: Buffer, path: string) => Generator<Buffer>;

/** The newest first. https://github.com/rpm-software-management/rpm/blob/rpm-4.18.x/lib/backend/dbi.c */
const formats: readonly (readonly [name: string, headers: Headers])[] = [
  ['rpmdb.sqlite', sqliteHeaders],
  ['Packages.db', ndbHeaders],
  ['Packages', berkeleyHeaders],
];

/** Packages read before other work gets its turn: a few milliseconds. */
const portion = 64;

/** What RPM has installed, the keys that it trusts included, as `rpm -qa` has it. @throws `Corrupt`, `TooLarge`, `Cancelled` */
export async function* rpmPackages(
  files: PackageFiles,
  signal?: AbortSignal,
): AsyncGenerator<InstalledPackage, void, undefined> {
  for (const folder of folders) {
    for (const [name, headers] of formats) {
      const file = await files.open(`${folder}/${name}`, signal);
      if (!file) continue;
      const log = headers === sqliteHeaders ? await files.open(`${file.path}-wal`, signal) : undefined;
      yield* packagesOf(file, log, headers, signal);
      return;
    }
  }
}

async function* packagesOf(
  file: PackageFile,
  log: PackageFile | undefined,
  headers: Headers,
  signal: AbortSignal | undefined,
): AsyncGenerator<InstalledPackage, void, undefined> {
  const held = await holdFile(file, signal);
  const bytes = log ? withLog(held, await holdFile(log, signal), log.path) : held;
  // A database that nothing was ever written to.
  if (bytes.length === 0) return;
  let count = 0;
  for (const header of headers(bytes, file.path)) {
    if (count++ % portion === 0) await nextTurn();
    throwIfCancelled(signal);
    yield rpmPackage(header, file.path);
  }
}

/** `Packages (hnum INTEGER PRIMARY KEY, blob BLOB)`; the first stands in the row's ID. */
function* sqliteHeaders(bytes: Buffer, path: string): Generator<Buffer> {
  for (const [, blob] of sqliteTable(new SqliteFile(bytes, path), 'Packages')) {
    if (Buffer.isBuffer(blob)) yield blob;
  }
}

/** Under the key 0 stands the highest number so far, not a package. */
function* berkeleyHeaders(bytes: Buffer, path: string): Generator<Buffer> {
  for (const { key, value } of berkeleyHash(bytes, path)) {
    if (key.some((byte) => byte !== 0)) yield value;
  }
}
