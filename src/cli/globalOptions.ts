import { Option } from 'commander';

/** Options that every verb takes, before or behind its name. */
export interface GlobalOptions {
  readonly store?: string;
  readonly insecureRegistry: readonly string[];
  readonly json: boolean;
}

/** As commander hands them over, for one place of the command line. */
export interface GivenGlobalOptions {
  readonly store?: string;
  readonly insecureRegistry?: readonly string[];
  readonly json?: boolean;
}

export const globalOptionsHeading = 'Global Options:';

/** Beside the global options everywhere. */
export function helpOption(): Option {
  return new Option('-h, --help', 'Show help').helpGroup(globalOptionsHeading);
}

export function globalOptions(): Option[] {
  return [
    new Option(
      '--store <directory>',
      'Folder of the local store (default: $STRATA_STORE, else your data folder)',
    ),
    new Option(
      '--insecure-registry <host>',
      'Accept plain HTTP or an untrusted certificate from this HOST[:PORT]; may be given several times',
    ).argParser((host: string, hosts: readonly string[] | undefined) => [...(hosts ?? []), host]),
    new Option('--json', 'Print JSON Lines'),
  ].map((option) => option.helpGroup(globalOptionsHeading));
}

/** What stands behind the verb is nearer and wins; registries add up. */
export function mergeGlobalOptions(outermostFirst: readonly GivenGlobalOptions[]): GlobalOptions {
  const store = outermostFirst.findLast((given) => given.store !== undefined)?.store;
  return {
    ...(store !== undefined && { store }),
    insecureRegistry: outermostFirst.flatMap((given) => given.insecureRegistry ?? []),
    json: outermostFirst.some((given) => given.json === true),
  };
}
