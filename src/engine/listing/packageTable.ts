import type { InstalledPackage } from '../packages/installedPackage.ts';

export const packageHeader: readonly string[] = ['PACKAGE', 'VERSION', 'ARCHITECTURE', 'SOURCE', 'MANAGER'];

/** A row of `packages` for people. */
export function packageCells(one: InstalledPackage): string[] {
  return [one.name, one.version, one.architecture ?? '', one.source ?? '', one.manager];
}
