import type { PackageChange } from '../engine/packages/comparePackages.ts';
import type { InstalledPackage } from '../engine/packages/installedPackage.ts';

/** `C package openssl: 3.5.4 -> 3.5.6`: the letters of paths, but a path begins with a slash. */
export function packageChangeText({ name, before, after }: PackageChange): string {
  if (!before) return `A package ${name}${after ? `: ${after.version}` : ''}`;
  if (!after) return `D package ${name}: ${before.version}`;
  const withArchitecture = before.version === after.version;
  return `C package ${name}: ${versionText(before, withArchitecture)} -> ${versionText(after, withArchitecture)}`;
}

/** The architecture only where it is what differs. */
function versionText({ version, architecture }: InstalledPackage, withArchitecture: boolean): string {
  return withArchitecture && architecture !== undefined ? `${version} (${architecture})` : version;
}

export function packageChangeJson({ name, change, before, after }: PackageChange): object {
  const { manager = null } = after ?? before ?? {};
  return { package: name, manager, change, before: sideJson(before), after: sideJson(after) };
}

function sideJson(side: InstalledPackage | null): object | null {
  return side && { version: side.version, architecture: side.architecture ?? null };
}
