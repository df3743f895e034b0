// Runs a TypeScript file of this repository on a machine that has only Node.js 20 or newer and npm:
// installs the locked dependencies where they are missing or out of date, then hands over to the Node.js of
// VS Code's extension host (the npm package `node`), which runs TypeScript as it is.
//
//   node test/support/bootstrap.mjs FILE [ARGUMENT…]

import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname), '../..');
const toolchainNode = path.join(root, 'node_modules/node/bin', windows() ? 'node.exe' : 'node');

/** Install scripts the toolchain needs, run here too because npm may be configured to block every one of them. */
const binaries = [
  {
    name: 'node',
    probe: [toolchainNode, '--version'],
    folder: 'node_modules/node',
    script: 'installArchSpecificPackage.js',
  },
  {
    name: 'esbuild',
    probe: [path.join(root, 'node_modules/.bin', windows() ? 'esbuild.cmd' : 'esbuild'), '--version'],
    folder: 'node_modules/esbuild',
    script: 'install.js',
  },
];

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];

function windows() {
  return process.platform === 'win32';
}

function fail(message) {
  console.error(`strata: ${message}`);
  process.exit(1);
}

function readJson(file) {
  return JSON.parse(readFileSync(path.join(root, file), 'utf8'));
}

/** npm records what it has installed in a lock file of its own, written last: an interrupted install has none. */
function installIsCurrent() {
  if (!existsSync(path.join(root, 'node_modules/.package-lock.json'))) return false;
  const installed = readJson('node_modules/.package-lock.json').packages;
  return Object.entries(readJson('package-lock.json').packages).every(([location, wanted]) => {
    if (location === '') return true;
    const present = installed[location];
    return present === undefined ? wanted.optional === true : present.version === wanted.version;
  });
}

function install() {
  console.log('Installing the locked dependencies (npm ci)…');
  const result = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: 'inherit',
    shell: windows(),
  });
  if (result.status !== 0) fail('npm ci failed; its message stands above.');
}

function answers([command, ...args]) {
  const options = { stdio: 'ignore', timeout: 30_000, shell: command.endsWith('.cmd') };
  return existsSync(command) && spawnSync(command, args, options).status === 0;
}

function completeBinary({ name, probe, folder, script }) {
  if (answers(probe)) return;
  console.log(`Completing the installation of ${name}…`);
  spawnSync(process.execPath, [script], { cwd: path.join(root, folder), stdio: 'inherit', timeout: 300_000 });
  if (!answers(probe)) fail(`the npm package "${name}" has no working binary; run: npm rebuild ${name}`);
}

/** Exits as the child does. A signal sent to this process alone reaches the child as well. */
function handOver([file, ...args]) {
  const child = spawn(toolchainNode, [path.resolve(root, file), ...args], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, STRATA_SYSTEM_NODE: process.execPath },
  });
  for (const signal of signals) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => fail(error.message));
  child.on('exit', (code, signal) => {
    for (const name of signals) process.removeAllListeners(name);
    if (signal === null) process.exit(code);
    process.kill(process.pid, signal);
  });
}

if (Number.parseInt(process.versions.node, 10) < 20)
  fail(`Node.js 20 or newer is needed; this is ${process.version}.`);
if (process.argv.length < 3) fail('usage: node test/support/bootstrap.mjs FILE [ARGUMENT…]');
if (!installIsCurrent()) install();
for (const binary of binaries) completeBinary(binary);
handOver(process.argv.slice(2));
