import { homedir } from 'node:os';
import { posix, win32 } from 'node:path';

/** What the choice depends on; the process's own by default. */
export interface Surroundings {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
}

/**
 * The store that the editor and the command line share: `$STRATA_STORE`, else a folder of its own among the user's
 * application data. On Linux as https://specifications.freedesktop.org/basedir-spec/latest/ says, which wants a relative
 * `XDG_DATA_HOME` ignored.
 */
export function defaultStoreDirectory(
  { platform, env, home }: Surroundings = { platform: process.platform, env: process.env, home: homedir() },
): string {
  if (env.STRATA_STORE) return env.STRATA_STORE;
  switch (platform) {
    case 'win32':
      return win32.join(env.LOCALAPPDATA || win32.join(home, 'AppData', 'Local'), 'Strata', 'store');
    case 'darwin':
      return posix.join(home, 'Library', 'Application Support', 'Strata', 'store');
    default: {
      const data = env.XDG_DATA_HOME;
      return posix.join(
        data && posix.isAbsolute(data) ? data : posix.join(home, '.local', 'share'),
        'strata',
        'store',
      );
    }
  }
}
