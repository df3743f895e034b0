/** The package managers whose databases are read. */
export type PackageManager = 'dpkg' | 'apk' | 'rpm';

/** A package as the image's own database has it. */
export interface InstalledPackage {
  readonly manager: PackageManager;
  readonly name: string;
  /** As the package manager writes it: `epoch:version-release`, without what the package does not have. */
  readonly version: string;
  /** As the package manager names it: `amd64`, `x86_64`, `all`, `noarch`. */
  readonly architecture?: string;
  /** The name of the source package it was built from, where the database tells. */
  readonly source?: string;
}

/** What to look for where: places of one image's files. */
export interface PackageFiles {
  /** The regular file that the path leads to, links followed within the image; `undefined` where there is none. */
  open(path: string, signal?: AbortSignal): Promise<PackageFile | undefined>;
  /** Paths of what is directly in the folder that the path leads to, in byte order; none where there is no such folder. */
  list(folder: string, signal?: AbortSignal): Promise<readonly string[]>;
}

export interface PackageFile {
  /** As it was asked for. */
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  bytes(signal?: AbortSignal): AsyncIterable<Uint8Array>;
}

/** By name, then version, architecture and manager, all in code unit order. */
export function byName(one: InstalledPackage, other: InstalledPackage): number {
  return (
    compareText(one.name, other.name) ||
    compareText(one.version, other.version) ||
    compareText(one.architecture ?? '', other.architecture ?? '') ||
    compareText(one.manager, other.manager)
  );
}

function compareText(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
