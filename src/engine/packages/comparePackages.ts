import { byName, type InstalledPackage } from './installedPackage.ts';

/** A package that is not the same in two images. */
export interface PackageChange {
  readonly name: string;
  readonly change: 'added' | 'removed' | 'modified';
  /** `null` where it was not there. */
  readonly before: InstalledPackage | null;
  readonly after: InstalledPackage | null;
}

export interface PackageComparison {
  /** By name. */
  readonly changes: readonly PackageChange[];
  /** Packages that both images have alike. */
  readonly unchanged: number;
}

export interface ComparePackagesOptions {
  /** Images for two processors have every package for another: that is then no change. */
  readonly ignoreArchitecture?: boolean;
}

/**
 * Which package went from which version to which, which came and which went. A package that is there several times
 * (architectures, kernels) is compared with its like first.
 */
export function comparePackages(
  before: readonly InstalledPackage[],
  after: readonly InstalledPackage[],
  { ignoreArchitecture = false }: ComparePackagesOptions = {},
): PackageComparison {
  const alike: Key = ignoreArchitecture ? byVersion : byVersionAndArchitecture;
  const unequal = pairUp(before, after, alike);
  const keys: readonly Key[] = ignoreArchitecture ? [bySelf] : [byArchitecture, bySelf];
  const changes: PackageChange[] = [];
  let rest = unequal;
  for (const key of keys) {
    const pairs = pairUp(rest.before, rest.after, key);
    changes.push(...pairs.together.map(([one, other]) => changeOf(one, other)));
    rest = pairs;
  }
  changes.push(...rest.before.map((one) => changeOf(one, null)));
  changes.push(...rest.after.map((one) => changeOf(null, one)));
  return { changes: changes.sort(inOrder), unchanged: unequal.together.length };
}

/** What two packages have to have in common to be compared with each other. */
type Key = (one: InstalledPackage) => string;

const bySelf: Key = ({ manager, name }) => JSON.stringify([manager, name]);
const byVersion: Key = ({ manager, name, version }) => JSON.stringify([manager, name, version]);
const byArchitecture: Key = ({ manager, name, architecture }) =>
  JSON.stringify([manager, name, architecture]);
const byVersionAndArchitecture: Key = ({ manager, name, version, architecture }) =>
  JSON.stringify([manager, name, version, architecture]);

interface Pairs {
  readonly together: readonly (readonly [before: InstalledPackage, after: InstalledPackage])[];
  /** Those without a partner. */
  readonly before: readonly InstalledPackage[];
  readonly after: readonly InstalledPackage[];
}

function pairUp(before: readonly InstalledPackage[], after: readonly InstalledPackage[], key: Key): Pairs {
  const waiting = new Map<string, InstalledPackage[]>();
  // The first of a key is to be the last of its list, where it is taken from.
  for (const one of after.toReversed()) {
    const others = waiting.get(key(one));
    if (others) others.push(one);
    else waiting.set(key(one), [one]);
  }
  const together: (readonly [InstalledPackage, InstalledPackage])[] = [];
  const taken = new Set<InstalledPackage>();
  const alone = before.filter((one) => {
    const other = waiting.get(key(one))?.pop();
    if (!other) return true;
    together.push([one, other]);
    taken.add(other);
    return false;
  });
  return { together, before: alone, after: after.filter((one) => !taken.has(one)) };
}

function changeOf(before: InstalledPackage | null, after: InstalledPackage | null): PackageChange {
  const change = !before ? 'added' : after ? 'modified' : 'removed';
  return { name: (after ?? before)?.name ?? '', change, before, after };
}

function inOrder(one: PackageChange, other: PackageChange): number {
  return byName(thatOf(one), thatOf(other));
}

function thatOf({ before, after }: PackageChange): InstalledPackage {
  const one = after ?? before;
  if (!one) throw new RangeError('a change has two sides, one of which is something');
  return one;
}
