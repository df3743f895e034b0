import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

const moved = 'strata: the Strata extension is not where it was; open its view in VS Code once';

/** The programs that a launcher starts. */
export interface LauncherTarget {
  /** The extension host's own Node, or Electron, which is one when asked. */
  readonly node: string;
  readonly commandLine: string;
}

/** Makes `strata` in a folder: a shell script, and a batch file where Windows is. What is there already is left alone. */
export async function writeLaunchers(folder: string, commandLine: string): Promise<void> {
  const target = { node: process.execPath, commandLine };
  await mkdir(folder, { recursive: true });
  await replaceWhereOther(join(folder, 'strata'), shellLauncher(target));
  if (process.platform === 'win32') {
    await replaceWhereOther(join(folder, 'strata.cmd'), batchLauncher(target, homedir()));
  }
}

/** For every POSIX shell, the one of Git for Windows included. */
export function shellLauncher({ node, commandLine }: LauncherTarget): string {
  return `#!/bin/sh
# Written by the Strata extension for VS Code, which writes it again where it has changed.
node=${shellQuoted(node)}
command_line=${shellQuoted(commandLine)}
if [ ! -f "$node" ] || [ ! -f "$command_line" ]; then
  echo '${moved}' >&2
  exit 127
fi
ELECTRON_RUN_AS_NODE=1
export ELECTRON_RUN_AS_NODE
exec "$node" "$command_line" "$@"
`;
}

/** @param home is not written out: a batch file has no encoding of its own, and people have names */
export function batchLauncher({ node, commandLine }: LauncherTarget, home: string): string {
  const quoted = (path: string) => `"${batchPath(path, home)}"`;
  const lines = [
    '@echo off',
    'rem Written by the Strata extension for VS Code, which writes it again where it has changed.',
    'setlocal',
    `if not exist ${quoted(node)} goto moved`,
    `if not exist ${quoted(commandLine)} goto moved`,
    'set ELECTRON_RUN_AS_NODE=1',
    `${quoted(node)} ${quoted(commandLine)} %*`,
    'exit /b %errorlevel%',
    ':moved',
    `echo ${moved} 1>&2`,
    'exit /b 127',
  ];
  return `${lines.join('\r\n')}\r\n`;
}

function shellQuoted(path: string): string {
  return `'${path.replaceAll("'", `'\\''`)}'`;
}

function batchPath(path: string, home: string): string {
  const literal = (text: string) => text.replaceAll('%', '%%');
  return path.startsWith(home) ? `%USERPROFILE%${literal(path.slice(home.length))}` : literal(path);
}

/** At once, since a terminal of another window may be running it. */
async function replaceWhereOther(path: string, content: string): Promise<void> {
  if ((await textOf(path)) === content) return;
  const draft = `${path}.${randomUUID().slice(0, 8)}`;
  try {
    await writeFile(draft, content, { mode: 0o755 });
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

async function textOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
