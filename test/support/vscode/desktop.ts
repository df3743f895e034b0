import { existsSync, realpathSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { downloadAndUnzipVSCode } from '@vscode/test-electron';
import { artifacts, vscodeCache } from '../paths.ts';
import { type ChildOptions, runChild } from '../running/child.ts';
import { findCommand, hasCommand } from '../running/command.ts';
import type { HostTestRun } from './runHostTests.ts';
import { type Settings, writeUserSettings } from './settings.ts';

const probeAddress = 'https://update.code.visualstudio.com/api/releases/stable';
const probeTimeout = 3000;

/** The desktop VS Code: its own program, and whether it needs a display made for it. */
export interface Desktop {
  readonly executable: string;
  readonly virtualDisplay: boolean;
}

/**
 * Desktop VS Code for tests: an installed one, else a downloaded one where its vendor answers within three
 * seconds. `undefined` where neither can be had, where there is no display to show it on, or where
 * `STRATA_VSCODE` is `server`.
 */
export async function findDesktop(): Promise<Desktop | undefined> {
  if (process.env.STRATA_VSCODE === 'server') return undefined;
  const display = hasDisplay();
  if (!display && !hasCommand('xvfb-run')) return undefined;
  const executable = installedDesktop() ?? (await downloadedDesktop());
  return executable === undefined ? undefined : { executable, virtualDisplay: !display };
}

/** Whether a window can be shown to somebody. */
export function hasDisplay(): boolean {
  if (process.platform !== 'linux') return true;
  return Boolean(process.env.DISPLAY) || Boolean(process.env.WAYLAND_DISPLAY);
}

/** The program of an installed VS Code: `STRATA_VSCODE`, else where its installers put it. */
export function installedDesktop(): string | undefined {
  const named = process.env.STRATA_VSCODE;
  if (named !== undefined && named !== 'server') return named;
  return candidates().find((file) => existsSync(file));
}

function candidates(): string[] {
  if (process.platform === 'darwin') {
    const application = 'Visual Studio Code.app/Contents/MacOS';
    return ['/Applications', path.join(homedir(), 'Applications')].flatMap((folder) =>
      ['Code', 'Electron'].map((name) => path.join(folder, application, name)),
    );
  }
  if (process.platform === 'win32') {
    return [process.env.LOCALAPPDATA && `${process.env.LOCALAPPDATA}\\Programs`, process.env.ProgramFiles]
      .filter((folder) => folder !== undefined && folder !== '')
      .map((folder) => `${folder}\\Microsoft VS Code\\Code.exe`);
  }
  return ['/usr/share/code/code', ...besideLauncher()];
}

/** On Linux `code` is a script in `bin/`, a folder below the program of the same name. */
function besideLauncher(): string[] {
  const launcher = findCommand('code');
  return launcher === undefined ? [] : [path.join(path.dirname(realpathSync(launcher)), '..', 'code')];
}

async function downloadedDesktop(): Promise<string | undefined> {
  if (!(await vendorAnswers())) return undefined;
  return downloadAndUnzipVSCode({ version: 'stable', cachePath: vscodeCache });
}

async function vendorAnswers(): Promise<boolean> {
  try {
    return (await fetch(probeAddress, { signal: AbortSignal.timeout(probeTimeout) })).ok;
  } catch {
    return false;
  }
}

/** What this machine's own Docker engines have is no business of the tests. */
export const hostTestSettings: Settings = { 'strata.images.hiddenEngines': ['*'] };

/** Runs the tests in a desktop VS Code with a profile of their own. */
export async function runDesktopTests(desktop: Desktop, run: HostTestRun): Promise<void> {
  console.log(`Host: desktop VS Code, ${desktop.executable}`);
  const userDataDirectory = path.join(run.scratch, 'profile');
  await writeUserSettings(userDataDirectory, hostTestSettings);
  const args = [
    path.join(run.scratch, 'workspace'),
    ...profileArguments(userDataDirectory, path.join(run.scratch, 'extensions')),
    `--extensionDevelopmentPath=${run.extension}`,
    `--extensionTestsPath=${run.tests}`,
  ];
  const options: ChildOptions = {
    output: 'capture',
    timeout: run.timeout,
    env: { ...process.env, ...run.env, ELECTRON_RUN_AS_NODE: undefined },
  };
  const { timedOut, output } = await (desktop.virtualDisplay
    ? runChild('xvfb-run', ['--auto-servernum', desktop.executable, ...args], options)
    : runChild(desktop.executable, args, options));
  await mkdir(artifacts, { recursive: true });
  await writeFile(path.join(artifacts, 'host-tests-desktop.log'), output);
  if (timedOut) throw new Error(`the host tests took longer than ${run.timeout / 1000} s`);
}

/** Arguments that keep a desktop VS Code apart from the person's own. */
export function profileArguments(userDataDirectory: string, extensionsDirectory: string): string[] {
  return [
    `--user-data-dir=${userDataDirectory}`,
    `--extensions-dir=${extensionsDirectory}`,
    '--disable-workspace-trust',
    '--skip-welcome',
    '--skip-release-notes',
    '--disable-updates',
    '--new-window',
    ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
  ];
}
