import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { inRepository, repository, toolScript } from './paths.ts';
import { runChild } from './running/child.ts';
import { withLock } from './running/lock.ts';

const buildTimeout = 240_000;
const packageTimeout = 240_000;

/**
 * Set to `dist` or `package` where a run of all the tests has already built that of this source: whoever built it once
 * more would pull it from under those who are using it.
 */
export const builtMarker = 'STRATA_TEST_BUILT';

function isBuilt(): boolean {
  return process.env[builtMarker] !== undefined;
}

/** Bundles the extension, the layer worker and the command line into `dist/`. */
export async function buildExtension(): Promise<void> {
  if (!isBuilt()) await runScript('build');
}

/** Bundles what the command line needs. */
export async function buildCommandLine(): Promise<void> {
  if (isBuilt()) return;
  for (const script of ['build:worker', 'build:cli']) await runScript(script);
}

/** Bundles the webviews' pages. */
export function buildPages(): Promise<void> {
  return runScript('build:webview');
}

async function runScript(name: string): Promise<void> {
  const { code, output } = await runChild('npm', ['run', '--silent', name], {
    cwd: repository,
    output: 'capture',
    timeout: buildTimeout,
  });
  if (code !== 0) throw new Error(`npm run ${name} failed:\n${output}`);
}

/** Builds the extension and packs it; gives the path of `strata-VERSION.vsix` in the repository. */
export async function packageExtension(): Promise<string> {
  const file = await packagePath();
  if (process.env[builtMarker] === 'package') return file;
  await withLock(`${file}.lock`, buildTimeout + packageTimeout, async () => {
    await buildExtension();
    await pack(file);
  });
  return file;
}

/** Where `packageExtension` leaves the package. */
export async function packagePath(): Promise<string> {
  const manifest = JSON.parse(await readFile(inRepository('package.json'), 'utf8')) as {
    name: string;
    version: string;
  };
  return inRepository(`${manifest.name}-${manifest.version}.vsix`);
}

/** The package of this checkout, made where there is none yet. */
export async function existingPackage(): Promise<string> {
  const file = await packagePath();
  return existsSync(file) ? file : packageExtension();
}

/** Nothing is installed beside the package (`--no-dependencies`), and a warning is a fault. */
async function pack(file: string): Promise<void> {
  const args = [
    toolScript('@vscode/vsce/vsce'),
    'package',
    '--no-dependencies',
    '--allow-missing-repository',
    '--no-rewrite-relative-links',
    ...['--out', file],
  ];
  const options = { cwd: repository, output: 'capture', timeout: packageTimeout } as const;
  const { code, output } = await runChild(process.execPath, args, options);
  if (code !== 0 || /WARNING/.test(output)) throw new Error(`vsce package failed:\n${output}`);
}
