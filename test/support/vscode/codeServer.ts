import { existsSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { inRepository, vscodeCache } from '../paths.ts';
import { runChild } from '../running/child.ts';
import { hasCommand } from '../running/command.ts';
import { withLock } from '../running/lock.ts';

/** code-server's version; its VS Code is 1.139.1 (https://github.com/coder/code-server). */
export const codeServerVersion = '4.139.1';

const installTimeout = 300_000;

/**
 * The script of VS Code's own server as the npm package `code-server` ships it, installed on first use.
 *
 * The package is put together in a folder of another name that is renamed when whole, so an interrupted
 * installation is never taken for a finished one; two at once wait for each other.
 */
export async function obtainCodeServer(): Promise<string> {
  const folder = path.join(vscodeCache, `code-server-${codeServerVersion}`);
  const server = path.join(folder, 'node_modules/code-server/lib/vscode/out/server-main.js');
  if (existsSync(server)) return server;
  await mkdir(vscodeCache, { recursive: true });
  await withLock(`${folder}.lock`, installTimeout * 2, async () => {
    if (!existsSync(server)) await install(folder);
  });
  return server;
}

async function install(folder: string): Promise<void> {
  console.log(
    `Installing VS Code's server from npm (code-server ${codeServerVersion}), about a minute, once…`,
  );
  const draft = `${folder}.draft`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { recursive: true });
  await writeFile(path.join(draft, 'package.json'), '{ "private": true }\n');
  await npm(draft, ['install', '--ignore-scripts', '--no-save', `code-server@${codeServerVersion}`]);
  const vscode = path.join(draft, 'node_modules/code-server/lib/vscode');
  await npm(vscode, ['install', '--omit=dev', '--ignore-scripts']);
  await buildLogWriter(vscode);
  await rename(draft, folder);
}

/**
 * Everything native that VS Code cannot do without comes prebuilt; its log writer does not. Without a compiler
 * VS Code runs as well, only its log files and output channels stay empty.
 */
async function buildLogWriter(vscode: string): Promise<void> {
  if (!['make', 'g++', 'python3'].every(hasCommand)) return;
  const built = await runNpm(vscode, ['rebuild', '@vscode/spdlog']);
  if (built.code !== 0)
    console.log('VS Code will run without log files: its log writer could not be compiled.');
}

async function npm(folder: string, args: string[]): Promise<void> {
  const { code, output } = await runNpm(folder, args);
  if (code !== 0) throw new Error(`npm ${args.join(' ')} failed in ${folder}:\n${output}`);
}

/** npm runs under the toolchain's Node.js, whose headers come along with it: nothing is fetched to compile. */
function runNpm(folder: string, args: string[]) {
  const node = inRepository('node_modules/node');
  return runChild('npm', [...args, '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: folder,
    output: 'capture',
    timeout: installTimeout,
    env: {
      ...process.env,
      PATH: `${path.join(node, 'bin')}${path.delimiter}${process.env.PATH ?? ''}`,
      npm_config_nodedir: path.join(node, `node_modules/node-${process.platform}-${process.arch}`),
    },
  });
}
