import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { batchLauncher, shellLauncher, writeLaunchers } from '../../../src/ui/adapters/launchers.ts';

const echo = `process.stdout.write(JSON.stringify({
  words: process.argv.slice(2), asNode: process.env.ELECTRON_RUN_AS_NODE ?? null,
})); process.exitCode = 3;`;

describe('the launcher on the terminal’s PATH', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'strata-launcher-'));
  });

  afterEach(() => rm(folder, { recursive: true, force: true }));

  const run = (...words: string[]) =>
    spawnSync('strata', words, {
      env: { PATH: `${path.join(folder, 'terminal')}:/usr/bin:/bin` },
      encoding: 'utf8',
    });

  it('runs the command line with its words as they are, and ends as it does', async () => {
    const commandLine = path.join(folder, 'cli.js');
    await writeFile(commandLine, echo);
    await writeLaunchers(path.join(folder, 'terminal'), commandLine);
    const words = ['image', 'ls', '-f', "label=a b'c", '$HOME', '*', ''];
    const { stdout, status } = run(...words);
    assert.deepEqual(JSON.parse(stdout), { words, asNode: '1' });
    assert.equal(status, 3);
  });

  it('bears any folder’s name', async () => {
    const odd = path.join(folder, `it's "odd" $HOME\`x\``);
    await mkdir(odd);
    const node = path.join(odd, 'node');
    await symlink(process.execPath, node);
    const commandLine = path.join(odd, 'cli.js');
    await writeFile(commandLine, echo);
    const launcher = path.join(folder, 'strata');
    await writeFile(launcher, shellLauncher({ node, commandLine }), { mode: 0o755 });
    assert.equal(spawnSync(launcher, ['ls'], { encoding: 'utf8' }).status, 3);
  });

  it('says what to do where the extension has gone', async () => {
    await writeLaunchers(path.join(folder, 'terminal'), path.join(folder, 'gone', 'cli.js'));
    const { stderr, status } = run('image', 'ls');
    assert.match(stderr, /open its view in VS Code once/);
    assert.equal(status, 127);
  });

  it('is left alone while nothing has changed, and replaced when something has', async () => {
    const terminal = path.join(folder, 'terminal');
    const launcher = path.join(terminal, 'strata');
    await writeLaunchers(terminal, '/one/cli.js');
    const before = await stat(launcher);
    await writeLaunchers(terminal, '/one/cli.js');
    assert.equal((await stat(launcher)).ino, before.ino);
    await writeLaunchers(terminal, '/two/cli.js');
    assert.match(await readFile(launcher, 'utf8'), /'\/two\/cli\.js'/);
  });

  it('writes no name of a person, and no lone per cent sign, into a batch file', () => {
    const home = 'C:\\Users\\Zoë';
    const target = { node: 'C:\\100%\\Code.exe', commandLine: `${home}\\x\\cli.js` };
    const text = batchLauncher(target, home);
    assert.ok(text.includes('"C:\\100%%\\Code.exe" "%USERPROFILE%\\x\\cli.js" %*\r\n'), text);
    assert.doesNotMatch(text, /Zoë/);
  });
});
