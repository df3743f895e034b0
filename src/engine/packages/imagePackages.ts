import { apkPackages } from './apkPackages.ts';
import { dpkgPackages } from './dpkgPackages.ts';
import { byName, type InstalledPackage, type PackageFiles } from './installedPackage.ts';
import { tooLargeDatabase } from './packageError.ts';
import { maxPackages } from './packageLimits.ts';
import { rpmPackages } from './rpmPackages.ts';

/**
 * All packages of an image, by name; of one without a package database none.
 * @throws `Corrupt`, `TooLarge` with the database's `path`, `Cancelled`, and what reading its files throws
 */
export async function imagePackages(
  files: PackageFiles,
  signal?: AbortSignal,
): Promise<readonly InstalledPackage[]> {
  const packages: InstalledPackage[] = [];
  for (const read of [dpkgPackages, apkPackages, rpmPackages]) {
    for await (const one of read(files, signal)) {
      packages.push(one);
      if (packages.length > maxPackages) {
        throw tooLargeDatabase(one.manager, `it has more than ${maxPackages} packages`);
      }
    }
  }
  return packages.sort(byName);
}
